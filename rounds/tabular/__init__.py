"""Tables in and out of the record: CSV and spreadsheets.

Read ``cells``, ``columns`` and ``resources`` (what a table holds), then ``importer`` (rows into the
record) and ``exports`` (rows into files). ``files`` reads and writes files, ``parsing`` understands
what people type into cells.
"""
