"""What all parts of the site use and what knows nothing of the record.

Start with ``dates``: a date is a span of days; ``times`` has moments, ``text_fields`` and
``time_fields`` the form fields. ``clock`` says what day it is for a page, ``translated_text`` picks
the language of a text, ``plain_text`` says which characters it may hold. ``triggers`` has rules of
the database, ``databases`` the choice of a server.
"""
