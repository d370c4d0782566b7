"""The settings of database and cache servers, from their URLs."""

from typing import Any

import dj_database_url


def database_settings(url: str, pool_size: int, patience: int) -> Any:
    """The settings of a database server. One that does not answer must not hold up requests.

    ``pool_size``: most connections of a process, 0 behind PgBouncer. ``patience``: seconds that a
    request waits for one.
    """
    parsed: Any = dj_database_url.parse(url)
    options = {
        "connect_timeout": patience,
        # a machine that vanished closes no connection: give up if it acknowledges nothing so long
        "tcp_user_timeout": 10_000,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 2,
        **parsed.get("OPTIONS", {}),
    }
    if pool_size:
        options["pool"] = {
            "min_size": 1,
            "max_size": pool_size,
            "timeout": patience,
            "reconnect_timeout": 1,  # then a request tries again; the pool would wait ever longer
        }
    else:
        # PgBouncer may use another connection for each transaction, so nothing may outlive one
        parsed |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
        parsed["DISABLE_SERVER_SIDE_CURSORS"] = True
        options["prepare_threshold"] = None
    return parsed | {"OPTIONS": options}


def cache_settings(url: str, name: str, backend: str, **limits: int) -> dict[str, Any]:
    """The settings of a cache: of Redis at ``url``, else of a ``backend`` in each process.

    ``limits`` are for that of a process; Redis has its own.
    """
    if url:
        return {
            "BACKEND": "nafta.operations.redis_cache.FailSoftRedisCache",
            "LOCATION": url,
            "KEY_PREFIX": name,
            "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 1},  # seconds
        }
    return {"BACKEND": backend, "LOCATION": name, "OPTIONS": limits}
