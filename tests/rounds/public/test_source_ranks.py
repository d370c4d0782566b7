"""The rank of a source, as readers and other programs see it."""

import csv
import io
import re
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils.html import strip_tags

from rounds.models import Source
from tests import world as worlds
from tests.sheets import csv_file, load, refusals, table, upload

pytestmark = pytest.mark.django_db

RANKS = {
    "official": "official text",
    "newsroom": "newsroom",
    "trade": "trade press",
    "other": "other site",
}


@pytest.fixture
def ranked(world: SimpleNamespace) -> SimpleNamespace:
    """The statement ``said`` has a source of each rank, the worst of them as its own."""
    world.ranked = {
        rank: worlds.create_source(slug=f"of-{rank}", publisher=f"P {rank}", rank=rank)
        for rank in RANKS
    }
    world.said.source = world.ranked["other"]
    world.said.save()
    world.said.other_sources.set(world.ranked[rank] for rank in ("trade", "official", "newsroom"))
    return world


def listed(client: Client, address: str) -> list[str]:
    page = client.get(address).content.decode()
    return re.findall(r'href="/sources/(of-[a-z]+)/"', page)


def rows(client: Client, address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(address).content.decode("utf-8-sig"))))


@pytest.mark.parametrize("rank", RANKS)
def test_the_list_has_those_of_a_rank(client: Client, ranked: SimpleNamespace, rank: str) -> None:
    address = f"/sources/?rank={rank}"
    assert listed(client, address) == [f"of-{rank}"]
    ranks = {row["key"]: row["rank"] for row in rows(client, f"{address}&_export=csv")}
    assert ranks[f"of-{rank}"] == rank
    assert set(ranks.values()) == {rank}


@pytest.mark.parametrize("rank", ["best", "OFFICIAL", "official text"])
def test_a_rank_that_there_is_not_is_refused(
    client: Client, ranked: SimpleNamespace, rank: str
) -> None:
    response = client.get("/sources/", {"rank": rank})
    assert response.status_code == 400
    assert f"“{rank}” is not a kind of source." in response.content.decode()


def test_the_list_comes_in_the_order_of_ranks(client: Client, ranked: SimpleNamespace) -> None:
    best_first = [f"of-{rank}" for rank in RANKS]
    assert listed(client, "/sources/?sort=rank") == best_first
    assert listed(client, "/sources/?sort=-rank") == best_first[::-1]


@pytest.mark.parametrize(("rank", "label"), RANKS.items())
def test_its_page_says_it(client: Client, ranked: SimpleNamespace, rank: str, label: str) -> None:
    dateline = client.get(f"/sources/of-{rank}/").content.decode().split('"dateline">')[1]
    assert dateline.split("</p>")[0].strip().lower() == label


def test_the_best_source_of_a_statement_is_first(client: Client, ranked: SimpleNamespace) -> None:
    address = f"/statements/{ranked.said.slug}/"
    assert listed(client, address) == ["of-official", "of-newsroom", "of-trade", "of-other"]
    text = " ".join(strip_tags(client.get(address).content.decode()).split())
    assert all(f"P {rank}: " in text for rank in RANKS)
    assert f"{ranked.ranked['official']}, official text; P newsroom: " in text
    # the links to the publication itself are those of the row's own source, wherever it stands
    assert f"{ranked.ranked['other']}, other site (read it there)" in text


def test_its_own_source_is_first_among_equals(client: Client, ranked: SimpleNamespace) -> None:
    Source.objects.filter(slug__startswith="of-").update(rank="trade")
    found = listed(client, f"/statements/{ranked.said.slug}/")
    assert found == ["of-other", "of-newsroom", "of-official", "of-trade"]


def test_the_best_source_of_a_proposal_an_issue_and_a_round_is_first(
    client: Client, ranked: SimpleNamespace
) -> None:
    for record in (ranked.half, ranked.fish, ranked.bilateral):
        record.source = ranked.ranked["trade"]
        record.save()
        record.other_sources.set([ranked.ranked["official"]])
        assert listed(client, record.get_absolute_url())[:2] == ["of-official", "of-trade"]


def test_the_api_has_it_and_leaves_the_source_of_a_row(
    client: Client, ranked: SimpleNamespace
) -> None:
    said = client.get(f"/api/v1/statements/{ranked.said.slug}").json()
    assert (said["source"]["key"], said["source"]["rank"]) == ("of-other", "other")
    assert [one["rank"] for one in said["other_sources"]] == ["official", "newsroom", "trade"]
    assert client.get("/api/v1/sources/of-trade").json()["rank"] == "trade"


def test_the_export_and_the_import_of_the_admin_have_it(
    admin_client: Client, ranked: SimpleNamespace
) -> None:
    exported = table(admin_client, Source)
    cells = {row["slug"]: row["rank"] for row in exported}
    assert {rank: cells[f"of-{rank}"] for rank in RANKS} == {rank: rank for rank in RANKS}
    row = next(row for row in exported if row["slug"] == "of-other")
    note = {"correction": "Read again."}
    load(admin_client, Source, csv_file([row | {"rank": "official"}]), **note)
    assert Source.objects.get(slug="of-other").rank == "official"
    without = {name: cell for name, cell in row.items() if name != "rank"}
    load(admin_client, Source, csv_file([without | {"title": "Another title"}]), **note)
    source = Source.objects.get(slug="of-other")
    assert (source.title, source.rank) == ("Another title", "official")
    preview = upload(admin_client, Source, csv_file([row | {"rank": "best"}]))
    assert [(column, "official" in why) for _line, column, why in refusals(preview)] == [
        ("rank", True)
    ]


@pytest.mark.parametrize("address", ["/admin/rounds/source/?rank__exact=trade"])
def test_the_list_of_the_admin_has_those_of_a_rank(
    admin_client: Client, ranked: SimpleNamespace, address: str
) -> None:
    shown = admin_client.get(address).context["cl"].queryset
    assert [source.slug for source in shown] == ["of-trade"]
