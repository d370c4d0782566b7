"""An outcome is found by its words, its kind, its parties and its source; so is its issue."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from issues.models import Outcome, PartyOutcome
from nafta.search.models import SearchDocument
from rounds.models import Edition, Source, State
from rounds.publishing.states import set_state
from tests.world import SECRET, create_outcome, create_source, create_world, days


@pytest.fixture
def outcome(world: SimpleNamespace) -> Outcome:
    return create_outcome(
        slug="water-shared",
        issue=world.water,
        dates=days("2010-03-09"),
        kind="agreed-in-part",
        line="Sixteen years, a review after six",
        gists={"arden": "Gave up the half", "brume": "Keeps its dam"},
        source=create_source(slug="treaty", title="The treaty"),
        other_sources=[world.herald],
        translations={"line_fr": "Seize ans, examen au bout de six"},
    )


def found(client: Client, address: str) -> list[tuple[str, str]]:
    """Kind and key of each row that the search lists, names included."""
    rows: list[dict[str, Any]] = client.get(f"{address}&_export=json").json()["rows"]
    return [(row["kind"], row["key"]) for row in rows]


@pytest.mark.parametrize(
    "query",
    [
        "q=sixteen years",
        "q=gave up half",
        "q=water outcome",
        "q=water agreed in part",
        "kind=outcome",
        "kind=outcome&party=brume",
        "kind=outcome&issue=water",
        "kind=outcome&source=treaty",
        "kind=outcome&source=herald",
        "kind=outcome&year=2010",
        "status=outcome-agreed-in-part",
        "q=seize examen",
    ],
)
def test_an_outcome_is_found(client: Client, outcome: Outcome, query: str) -> None:
    assert ("outcome", "water-shared") in found(client, f"/search/?{query}")


@pytest.mark.parametrize(
    "query",
    [
        "kind=outcome&party=corrie",
        "kind=outcome&issue=fish",
        "kind=outcome&round=round-2",
        "status=outcome-agreed",
        "status=agreed",
        "kind=outcome&year=2011",
    ],
)
def test_and_by_nothing_that_it_is_not_related_to(
    client: Client, outcome: Outcome, query: str
) -> None:
    assert ("outcome", "water-shared") not in found(client, f"/search/?{query}")


def test_a_deadline_that_moved_is_no_issue_that_moved_elsewhere(
    client: Client, world: SimpleNamespace
) -> None:
    create_outcome(slug="to-the-lake", issue=world.water, dates=days("2010-03-09"), kind="moved")
    assert found(client, "/search/?status=outcome-moved") == [("outcome", "to-the-lake")]
    assert ("outcome", "to-the-lake") not in found(client, "/search/?status=missed")


def test_its_issue_and_its_source_are_found_with_it_while_it_is_published(
    client: Client, outcome: Outcome
) -> None:
    address = "/search/?q=sixteen review"
    assert ("issue", "water") in found(client, address)
    assert ("issue", "water") in found(client, "/fr/search/?q=seize examen")
    assert ("source", "treaty") in found(client, "/search/?q=treaty")
    PartyOutcome.objects.filter(party__code="arden").update(gist="Took nothing")
    assert ("issue", "water") in found(client, "/search/?q=took nothing")
    set_state([outcome], State.DRAFT)
    assert found(client, "/search/?q=sixteen") == []
    assert found(client, "/search/?q=treaty") == []
    assert not SearchDocument.objects.filter(kind="outcome").exists()


def test_its_page_of_results_tells_the_kind_and_each_party(
    client: Client, outcome: Outcome
) -> None:
    page = client.get("/search/?q=sixteen").content.decode()
    assert "/issues/water/#outcome" in page
    for text in ("agreed in part", "Arden: Gave up the half; Brume: Keeps its dam"):
        assert text in page
    assert SECRET not in page


def test_a_source_that_an_outcome_alone_cites_raises_the_edition(
    transactional_db: None,
) -> None:
    """Its name stands on the pages of the outcome."""
    world = create_world()
    source = create_source(slug="treaty")
    further = create_source(slug="further")
    create_outcome(
        issue=world.water, dates=days("2010-03-09"), source=source, other_sources=[further]
    )
    marks = [Edition.objects.get().mark]
    for record in (source, further):
        Source.objects.filter(pk=record.pk).update(title="Renamed")
        marks.append(Edition.objects.get().mark)
    assert len(set(marks)) == 3
