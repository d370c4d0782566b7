"""The record as a Frictionless data package: one CSV a table.

``tables`` lists the tables, ``reader`` and ``writer`` are load_record and dump_record,
``public_export`` is what readers download.
"""
