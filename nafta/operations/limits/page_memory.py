"""The cached pages of a process, bounded by bytes: without ``CACHE_URL`` they are kept here.

A page of the record has three kilobytes compressed, a table for download hundreds; a number of
pages says little about memory.
"""

import pickle
import time
from threading import Lock
from typing import Any

from cachetools import LRUCache
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache

from nafta.operations.metrics import PAGES_BYTES

LARGEST_PART = 4  # a page larger than the memory divided by this is not kept
ENTRY_BYTES = 500  # of an entry besides its page: the key, and the cache's own lists


class Memory:
    """Pickled pages, each with the time at which it expires, the least recently used out first."""

    def __init__(self, max_bytes: int) -> None:
        self.lock = Lock()
        self.entries: LRUCache[str, tuple[float, bytes]] = LRUCache(
            max_bytes, getsizeof=lambda entry: len(entry[1]) + ENTRY_BYTES
        )


memories: dict[str, Memory] = {}  # by the name of the cache: each thread has a backend of its own


class PageMemory(BaseCache):
    """A cache backend that keeps ``OPTIONS["MAX_BYTES"]`` at most."""

    def __init__(self, name: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self.memory = memories.setdefault(name, Memory(params["OPTIONS"]["MAX_BYTES"]))

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        key = self.make_and_validate_key(key, version)
        with self.memory.lock:
            expires_at, pickled = self.memory.entries.get(key, (0.0, b""))
        return pickle.loads(pickled) if expires_at > time.time() else default  # noqa: S301 - ours

    def set(
        self,
        key: str,
        value: Any,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> None:
        key = self.make_and_validate_key(key, version)
        pickled = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
        expires_at = self.get_backend_timeout(timeout)
        entry = (float("inf") if expires_at is None else expires_at, pickled)
        entries = self.memory.entries
        with self.memory.lock:
            entries.pop(key, None)
            if entries.getsizeof(entry) <= entries.maxsize / LARGEST_PART:
                entries[key] = entry
            PAGES_BYTES.set(entries.currsize)

    def add(
        self,
        key: str,
        value: Any,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> bool:
        is_new = self.get(key, None, version) is None
        if is_new:
            self.set(key, value, timeout, version)
        return is_new

    def touch(
        self,
        key: str,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> bool:
        value = self.get(key, None, version)
        if value is not None:
            self.set(key, value, timeout, version)
        return value is not None

    def delete(self, key: str, version: int | None = None) -> bool:
        key = self.make_and_validate_key(key, version)
        with self.memory.lock:
            entry = self.memory.entries.pop(key, None)
            PAGES_BYTES.set(self.memory.entries.currsize)
        return entry is not None

    def clear(self) -> None:
        with self.memory.lock:
            self.memory.entries.clear()
            PAGES_BYTES.set(0)
