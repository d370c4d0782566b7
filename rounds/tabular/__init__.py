"""Tables in and out of the record: CSV and spreadsheets.

Read ``cell_codecs``, ``columns``, ``base`` and ``resources`` (what a table holds), then ``rows``
and ``importer`` (rows into the record) and ``exports`` (rows of a page into files). ``files`` reads
and writes files, ``parsing`` understands what people type into cells.
"""
