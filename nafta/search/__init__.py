"""Full-text search over the record.

Read ``query_parser`` (words into a ``query``), ``backend`` (the SQL against the index, whose table
is in ``models``), ``filters``, ``forms``, ``highlight``. ``vocabulary`` holds the words that are
understood.
"""
