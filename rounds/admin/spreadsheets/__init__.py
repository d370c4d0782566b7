"""Lists of the record as spreadsheets: export, and import with a preview.

Read ``admin`` (the pages) and ``forms`` first, then what becomes of a file: ``row_reader`` (its
rows), ``storing`` (what they do to the record) and ``preview`` (what the editor sees of it).
"""
