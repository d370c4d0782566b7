"""Template tags and filters of the record.

``language`` shows texts in the reader's language, ``times`` days and moments, ``links`` links to
records, ``corrections`` what differs between two texts; ``asked`` keeps the query string in forms.
"""
