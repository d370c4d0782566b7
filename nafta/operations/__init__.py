"""Running the site: middleware, page cache, embargoes, health checks, logs, metrics, backups.

Start with ``middleware`` and ``page_cache``; ``embedded_postgres`` is the database of
``make demo``.
"""
