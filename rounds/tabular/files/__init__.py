"""Spreadsheet files: which kind they are, their encoding, and their cells.

``formats`` is what the admin uses; ``csv_files`` and ``xlsx_files`` read into ``sheets``.
"""
