"""The public site as files, for any static server: ``manage.py bake``.

``addresses`` says which address becomes which file, ``rewriting`` makes the links of a page lead
there, ``oven`` makes one file, ``folder`` keeps what was made before, and ``bakery`` follows the
links from the front page until all is made.
"""
