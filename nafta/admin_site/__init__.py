"""The admin as a site: its index, logging in, sessions, second factor.

Start with ``site``; the pages of records are in ``rounds.admin`` and ``issues.admin``.
"""
