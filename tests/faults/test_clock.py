"""The time that an answer takes tells nobody whether a draft has the key that was asked for."""

import math
import random
import statistics
import time
from collections import Counter
from collections.abc import Callable
from itertools import groupby

from tests.faults.machines import Database, Visitor, Web

PAIRS = 50
DRAFT, ABSENT = "hushhush", "nonesuch"
LEVEL = 0.01  # the chance that any of the kinds differs by chance alone
ADDRESSES = [
    *(f"/{page}/{{key}}/" for page in ("people", "sources", "statements", "rounds", "issues")),
    *("/proposals/{key}/", "/issues/{key}/feed/", "/people/{key}/feed/", "/rounds/{key}/feed/"),
    *("/cite/position/{key}/us/", "/people/{key}/?_export=csv"),
    *(f"/embed/{kind}/{{key}}/" for kind in ("issues", "charts", "statements")),
    *(f"/cards/{kind}/{{key}}.png" for kind in ("issues", "rounds", "statements")),
    *("/oembed/?url=http://127.0.0.1/statements/{key}/", "/data/{key}.csv"),
    *(f"/api/v1/{kind}/{{key}}" for kind in ("people", "sources", "statements", "rounds")),
    *(f"/api/v1/{kind}/{{key}}" for kind in ("deadlines", "issues", "measures", "proposals")),
    *("/api/v1/issues/{key}/matrix", "/api/v1/progress/{key}/autos"),
    *("/api/v1/statements?person={key}", "/api/v1/statements?source={key}"),
    *("/api/v1/statements?cursor=2017-10-10.{key}", "/api/v1/matrix?as_of={key}"),
    *("/corrections/?of=statement:{key}", "/corrections/?of=issue:{key}"),
    *("/search/?person={key}", "/search/?source={key}", "/search/?issue={key}"),
    *("/search/?page=0.2017-10-10.statement.{key}", "/search/?q={key}"),
    *("/timeline/?person={key}&year=2017", "/timeline/?page=statement.2017-08-10.{key}"),
    *("/people/?party={key}", "/embed/matrix/?as_of={key}", "/moved/?from={key}&to={key}"),
]
PLANT = f"""
from tests.world import *
source = create_source(slug="{DRAFT}")
draft = {{"state": "draft", "source": source}}
person = create_person(slug="{DRAFT}")
issue = create_issue(slug="{DRAFT}", **draft)
create_measure(slug="{DRAFT}", issue=issue, **draft)
create_proposal(slug="{DRAFT}", issue=issue, dates=days("2017-10-10"), **draft)
create_round(slug="{DRAFT}", dates=days("2017-10-10"), **draft)
create_deadline(slug="{DRAFT}", dates=days("2017-10-10"), **draft)
create_statement(slug="{DRAFT}", dates=days("2017-10-10"), speakers=[person], **draft)
for number in range(20):
    create_statement(dates=days("2017-10-10"), speakers=[person], **draft)
"""


def milliseconds(visitor: Visitor, path: str) -> float:
    began = time.perf_counter()
    answer = visitor.get(path)
    taken = time.perf_counter() - began
    assert answer.status < 500, path
    return 1000 * taken


def rank_test(first: list[float], second: list[float]) -> float:
    """The probability of ranks as unlike as these by chance: two-sided, by the normal distribution.

    H. B. Mann and D. R. Whitney, On a test of whether one of two random variables is stochastically
    larger than the other, 1947; with the correction for ties.
    """
    values = sorted([(value, 0) for value in first] + [(value, 1) for value in second])
    rank_sum, before = 0.0, 0
    for _value, group in groupby(values, key=lambda pair: pair[0]):
        tied = list(group)
        rank = before + (len(tied) + 1) / 2
        rank_sum += rank * sum(1 for _value, which in tied if which == 0)
        before += len(tied)
    n, m, total = len(first), len(second), len(values)
    ties = sum(count**3 - count for count in Counter(value for value, _ in values).values())
    spread = math.sqrt(n * m / 12 * (total + 1 - ties / (total * (total - 1))))
    if not spread:
        return 1.0
    distance = abs(rank_sum - n * (n + 1) / 2 - n * m / 2) / spread
    return math.erfc(distance / math.sqrt(2))


def test_the_rank_test_finds_a_difference(chance: random.Random) -> None:
    times = [[chance.gauss(5, 0.5) for _time in range(PAIRS)] for _kind in range(2)]
    slower = [value + 1.0 for value in times[1]]
    assert rank_test(times[0], slower) < LEVEL / len(ADDRESSES)
    assert rank_test(times[0], times[0]) > 0.9
    assert 0.02 < rank_test([1, 2, 3, 4], [4, 5, 6, 7]) < 0.04


def test_a_draft_takes_as_long_as_nothing(
    database: Callable[..., Database], web: Callable[..., Web], chance: random.Random
) -> None:
    server = database("primary")
    site = web(server.url, workers=1, KEEP_PAGES="no")
    site.manage("shell", "--verbosity=0", "-c", PLANT)
    with server.connect() as connection:
        connection.execute("ANALYZE")
    visitor = site.visitor()
    likelihoods = {}
    for address in ADDRESSES:
        times: dict[str, list[float]] = {DRAFT: [], ABSENT: []}
        for key in (DRAFT, ABSENT) * 3:  # what is read once is read
            milliseconds(visitor, address.format(key=key))
        for _pair in range(PAIRS):
            for key in chance.sample((DRAFT, ABSENT), 2):
                times[key].append(milliseconds(visitor, address.format(key=key)))
        likelihoods[address] = rank_test(times[DRAFT], times[ABSENT])
        print(
            f"{likelihoods[address]:.3f}  {statistics.median(times[DRAFT]):7.2f} ms a draft,"
            f" {statistics.median(times[ABSENT]):7.2f} ms nothing  {address}"
        )
    least = min(likelihoods, key=lambda address: likelihoods[address])
    print(f"{len(ADDRESSES)} kinds, {PAIRS} pairs of each; least likely: {least}")
    assert likelihoods[least] > LEVEL / len(ADDRESSES), least
