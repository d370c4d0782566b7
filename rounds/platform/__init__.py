"""What every part of the site stands on and that knows nothing of the record.

Start with ``dates``: a date is a span of days. ``clock`` says what day it is for a page.
``translated_text`` picks the language of a text, ``plain_text`` says what a text may hold,
``databases`` which server is read.
"""
