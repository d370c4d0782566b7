"""Feeds and sitemaps.

``publication_log`` is what was published when; ``feeds`` and ``sitemaps`` show it.
"""
