"""Template tags and filters of the record.

``language`` shows texts in the reader's language, ``times`` days and moments, ``links`` links to
records, ``differences`` what differs between two texts. ``query_string`` keeps the filters of a
page in its forms.
"""
