"""The pages of a process: bounded by bytes, whatever their number."""

import threading
from collections.abc import Callable

import pytest
from prometheus_client import REGISTRY

from nafta.operations.limits.page_memory import ENTRY_BYTES, PageMemory, memories

KILOBYTE = 1_000
PAGE_BYTES = 9 * KILOBYTE - 200  # with what an entry costs, ten go into 100 kB
MAX_BYTES = 100 * KILOBYTE


@pytest.fixture
def make_memory(request: pytest.FixtureRequest) -> Callable[[], PageMemory]:
    """Backends of one memory, as two threads have them."""
    name = request.node.name
    memories.pop(name, None)
    return lambda: PageMemory(name, {"OPTIONS": {"MAX_BYTES": MAX_BYTES}})


def held(memory: PageMemory, count: int) -> list[int]:
    return [number for number in range(count) if memory.get(f"page-{number}")]


def test_the_least_recently_used_pages_go_first(make_memory: Callable[[], PageMemory]) -> None:
    memory = make_memory()
    for number in range(10):
        memory.set(f"page-{number}", b"x" * PAGE_BYTES)
    assert held(memory, 10) == list(range(10))
    memory.get("page-0")
    memory.set("page-10", b"x" * PAGE_BYTES)
    assert held(memory, 11) == [0, 2, 3, 4, 5, 6, 7, 8, 9, 10]


def test_however_many_pages_it_stays_within_its_bytes(
    make_memory: Callable[[], PageMemory],
) -> None:
    memory = make_memory()
    for number in range(1_000):
        memory.set(f"page-{number}", b"x" * (number * 37 % 20_000))
        used = REGISTRY.get_sample_value("site_pages_bytes")
        assert used
        assert used <= MAX_BYTES
    memory.clear()
    assert REGISTRY.get_sample_value("site_pages_bytes") == 0


def test_a_page_of_more_than_a_quarter_is_not_kept_and_displaces_none(
    make_memory: Callable[[], PageMemory],
) -> None:
    memory = make_memory()
    memory.set("page-0", b"x" * PAGE_BYTES)
    memory.set("large", b"x" * (MAX_BYTES // 4 - ENTRY_BYTES - 100))
    assert memory.get("large")
    memory.set("large", b"x" * (MAX_BYTES // 4))
    assert memory.get("large") is None
    assert memory.get("page-0")


def test_what_one_thread_keeps_another_finds_until_it_expires(
    make_memory: Callable[[], PageMemory],
) -> None:
    memory, other = make_memory(), make_memory()
    memory.set("page", {"body": b"x"}, 60)
    assert other.get("page") == {"body": b"x"}
    other.set("page", {"body": b"y"}, -1)
    assert memory.get("page", "none") == "none"
    memory.set("page", "for good", None)
    assert other.get("page") == "for good"
    assert other.delete("page")
    assert not memory.delete("page")


def test_threads_at_once_break_nothing(make_memory: Callable[[], PageMemory]) -> None:
    faults: list[Exception] = []

    def use(seed: int) -> None:
        memory = make_memory()
        try:
            for number in range(2_000):
                memory.set(f"page-{(number * seed) % 97}", b"x" * (number * seed % 9_000))
                memory.get(f"page-{number % 97}")
                if number % 50 == 0:
                    memory.delete(f"page-{number % 97}")
        except Exception as error:
            faults.append(error)

    threads = [threading.Thread(target=use, args=[seed]) for seed in (3, 5, 7, 11)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    entries = make_memory().memory.entries
    assert entries.currsize == sum(len(page) + ENTRY_BYTES for _time, page in entries.values())
    assert entries.currsize <= MAX_BYTES
