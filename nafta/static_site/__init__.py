"""The public site as files, for any static server: ``manage.py bake``.

``bake`` follows the links from the front page until all is made, ``render`` makes one file,
``output`` keeps what was made before, ``links`` makes the links of a page lead to files, and
``url_map`` says which address becomes which file.
"""
