"""Running the site: page cache, health checks, logs, metrics, backups, middleware.

Start with ``middleware`` and ``page_cache``; ``embedded_postgres`` is the database of
``make demo``.
"""
