"""The site: settings, addresses, and all pages and services that need both apps.

``urls`` says where each page is, ``pages`` makes them, ``queries`` is what the timeline asks. Then
one package a subject: ``search``, ``api``, ``data_package``, ``syndication``, ``sharing``,
``static_site``, ``admin_site``, ``operations``. ``record`` holds the shipped record.
"""
