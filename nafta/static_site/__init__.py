"""The public site as files, for any static server: ``manage.py bake``.

``bake`` crawls the links from the front page on, ``render`` makes a file of a URL, ``links``
rewrites the links of a page, ``url_map`` says which URL becomes which file, ``output`` switches the
folder from the last version to the new one.
"""
