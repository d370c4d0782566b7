"""The record: who met, when, where, what was said, by whom, and how we know.

``models`` first. ``history`` is what was written when, ``publishing`` how it gets before readers,
``tabular`` its tables in and out. The editors' side (``admin``) and the readers' side (``public``)
stand on these and never import each other; ``platform`` knows nothing of the record.
"""
