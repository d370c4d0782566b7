"""Cells as people and spreadsheet programs write them: days, numbers, names.

Read ``cells`` first; ``headings`` matches the first row with the columns of a table.
"""
