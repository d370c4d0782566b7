"""A Redis cache that may fail: without it the site is slower, and no request waits for it.

django-redis has ``IGNORE_EXCEPTIONS`` for the errors, but waits for a server that does not answer
until the timeout at each call. See decision 0059.
"""

import logging
import time
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

Result = TypeVar("Result")
Fallback = TypeVar("Fallback")
RETRY_SECONDS = 1.0  # after an error, answer without the server for so long
logger = logging.getLogger(__name__)


class FailSoftRedisCache(RedisCache):
    """A Redis or Valkey server. While it fails, reads find nothing and writes do nothing."""

    retry_at = 0.0  # monotonic seconds; shared, since all caches of a process have one server

    def get(self, key: str, default: object = None, version: int | None = None) -> Any:
        return self._call(partial(super().get, key, default, version), default)

    def set(
        self,
        key: str,
        value: object,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> None:
        self._call(partial(super().set, key, value, timeout, version), None)

    def add(
        self,
        key: str,
        value: object,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> bool:
        return self._call(partial(super().add, key, value, timeout, version), False)

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Raise ValueError if the server fails, as Django does for a missing key."""
        value = self._call(partial(super().incr, key, delta, version), None)
        if value is None:
            raise ValueError(f"The cache does not answer: {key!r}")
        return value

    def _call(self, command: Callable[[], Result], fallback: Fallback) -> Result | Fallback:
        """Return the result of ``command``; after an error, and for a while then, ``fallback``."""
        if time.monotonic() < FailSoftRedisCache.retry_at:
            return fallback
        try:
            return command()
        except RedisError as error:
            FailSoftRedisCache.retry_at = time.monotonic() + RETRY_SECONDS
            logger.warning("The cache does not answer: %s", error)
            return fallback
