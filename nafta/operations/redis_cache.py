"""The cache that processes share."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

PAUSE = 1.0  # seconds that a server is left alone which did not answer
logger = logging.getLogger(__name__)


class Shared(RedisCache):
    """A Redis or Valkey. While it is gone nothing is found in it and nothing kept: that costs
    speed, and nothing else.
    """

    gone_until = 0.0  # of the process: its threads and caches have one server

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._asked(lambda: super(Shared, self).get(key, default, version), default)

    def set(self, key: Any, *args: Any, **kwargs: Any) -> None:
        self._asked(lambda: super(Shared, self).set(key, *args, **kwargs), None)

    def add(self, key: Any, *args: Any, **kwargs: Any) -> bool:
        return bool(self._asked(lambda: super(Shared, self).add(key, *args, **kwargs), False))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """Raises ValueError, as for a key that is not there."""
        found: int | None = self._asked(lambda: super(Shared, self).incr(key, delta, version), None)
        if found is None:
            raise ValueError(f"The cache does not answer: {key!r}")
        return found

    def _asked(self, question: Callable[[], Any], otherwise: Any) -> Any:
        if time.monotonic() < Shared.gone_until:
            return otherwise
        try:
            return question()
        except RedisError as error:
            Shared.gone_until = time.monotonic() + PAUSE
            logger.warning("The cache does not answer: %s", error)
            return otherwise
