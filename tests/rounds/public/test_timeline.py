"""The whole story on one page, and in pages where it is too long for one."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils.formats import date_format

from nafta import queries
from rounds.models import Deadline, Source
from rounds.public import charts
from rounds.public.charts import MARKS
from rounds.public.deadlines import deadline_items
from rounds.public.timeline import TimelineItem
from rounds.tabular.base import RecordResource
from rounds.tabular.resources import DeadlineResource, RoundResource, StatementResource
from tests import world as worlds
from tests.world import day, days


def items(client: Client, query: str = "") -> list[TimelineItem]:
    found: list[TimelineItem] = client.get(f"/timeline/{query}").context["items"]
    return found


def anchors(client: Client, query: str = "") -> list[str]:
    return [item.anchor for item in items(client, query)]


def test_every_kind_of_thing_is_there_newest_first(client: Client, world: SimpleNamespace) -> None:
    found = items(client)
    assert {item.kind for item in found} == {
        "round",
        "meeting",
        "deadline",
        "proposal",
        "statement",
    }
    assert [item.first for item in found] == sorted((item.first for item in found), reverse=True)
    assert len({item.anchor for item in found}) == len(found)


@pytest.mark.slow
def test_every_item_has_an_anchor_and_a_permanent_address(
    client: Client, world: SimpleNamespace
) -> None:
    page = client.get("/timeline/").content.decode()
    for item in items(client):
        assert f'id="{item.anchor}"' in page
        path, _, fragment = item.url.partition("#")
        assert client.get(path).status_code == 200
        assert not fragment or f'id="{fragment}"' in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?kind=deadline", {"deadline-by-june", "deadline-by-may"}),
        ("?kind=meeting", {"meeting-lake-summit", "meeting-bilateral"}),
        ("?kind=proposal&party=brume", {"proposal-a-third"}),
        ("?kind=round&issue=water", {"round-round-1", "round-round-2"}),
        ("?kind=statement&party=arden&issue=water", {"statement-alder-on-water"}),
        ("?kind=meeting&year=2010&party=corrie", set()),
        ("?kind=deadline&issue=water", set()),
        ("?kind=proposal&round=round-2", {"proposal-a-third"}),
    ],
)
def test_filters_are_plain_links(
    client: Client, world: SimpleNamespace, query: str, found: set[str]
) -> None:
    assert set(anchors(client, query)) == found


def test_a_cancelled_meeting_looks_cancelled(client: Client, world: SimpleNamespace) -> None:
    page = client.get("/timeline/?kind=meeting").content.decode()
    assert "<s>20 February 2010</s>" in page
    assert "cancelled" in page


def test_a_round_never_held_and_one_without_an_end_say_so(
    client: Client, world: SimpleNamespace
) -> None:
    worlds.create_round(
        slug="round-9",
        number=9,
        dates=days("2010-05-01"),
        status="cancelled",
        replaced_by=world.round2,
        parties=[world.arden],
    )
    worlds.create_round(slug="open", kind="permanent-round", dates=days("2010-06-01", "open"))
    page = client.get("/rounds/round-9/").content.decode()
    assert "To be at the table:" in page
    assert "At the table:" not in page
    assert "What was said" not in page  # nothing could be
    assert "held; no end recorded" in client.get("/rounds/open/").content.decode()
    assert "held; no end recorded" in client.get("/rounds/").content.decode()


def test_dates_as_first_announced_are_struck_through(
    client: Client, world: SimpleNamespace
) -> None:
    assert "<s>8–10 January 2010</s>" in client.get("/timeline/?kind=round").content.decode()


def test_a_slipped_deadline_leads_to_the_next(client: Client, world: SimpleNamespace) -> None:
    page = client.get("/timeline/?kind=deadline").content.decode()
    assert re.search(r"Superseded by: <a href=\"/deadlines/#deadline-by-june\">By june</a>", page)


def test_the_deadlines_have_a_page_that_tells_how_they_slipped(
    client: Client, world: SimpleNamespace
) -> None:
    page = client.get("/deadlines/").content.decode()
    rows = re.findall(r'<tr id="(deadline-[\w-]+)".*?</tr>', page, re.DOTALL)
    assert rows == ["deadline-by-may", "deadline-by-june"]  # one chain, though set on one day
    slipped = page[page.index('id="deadline-by-may"') :]
    assert "moved" in slipped
    assert '<a href="/deadlines/#deadline-by-june">By june</a>' in slipped


def test_deadlines_stand_chain_by_chain_each_before_what_replaced_it(
    client: Client, world: SimpleNamespace
) -> None:
    later = worlds.create_deadline(
        slug="by-august", set_on=days("2010-05-02"), dates=days("2010-08-01")
    )
    world.june.outcome, world.june.superseded_by = "missed", later
    world.june.save()
    for slug, set_on in (("between", "2010-02-01"), ("first", "2009-12-01")):
        worlds.create_deadline(slug=slug, set_on=days(set_on), dates=days("2010-12-01"))
    order = ["first", "by-may", "by-june", "by-august", "between"]
    page = client.get("/deadlines/").content.decode()
    assert re.findall(r'<tr id="deadline-([\w-]+)"', page) == order
    follows = re.findall(r'<tr id="deadline-([\w-]+)" class="[^"]*follows', page)
    assert follows == ["by-june", "by-august"]
    file = client.get("/deadlines/?_export=json").json()
    assert [row["key"] for row in file["rows"]] == order


def test_an_uncertain_date_is_filed_under_its_first_day_and_reads_as_uncertain(
    client: Client, world: SimpleNamespace
) -> None:
    one = worlds.create_statement(dates=days("2009-10-01", "2009-12-31"), approximate=True)
    (item,) = [item for item in items(client) if item.pk == one.pk and item.kind == "statement"]
    assert item.period == "October 2009"
    assert item.when == "the fourth quarter of 2009"


@pytest.mark.slow
@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_pages_lose_nothing_and_show_nothing_twice(
    client: Client, world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    for _ in range(5):  # several of each kind on one day
        worlds.create_statement(dates=days("2010-01-09"))
        worlds.create_proposal(issue=world.water, dates=days("2010-01-09"))
        worlds.create_deadline(slug=f"d{_}", dates=days("2010-01-09"))
        worlds.create_round(slug=f"r{_}", dates=days("2010-01-09"), kind="leaders")
    whole = anchors(client)
    monkeypatch.setattr(queries, "PAGE_SIZE", size)
    paged: list[str] = []
    query = ""
    while True:
        response = client.get(f"/timeline/{query}")
        page = [item.anchor for item in response.context["items"]]
        assert len(page) <= size
        paged += page
        if not response.context["next_page"]:
            break
        query = f"?{response.context['next_page']}"
    assert paged == whole


def test_a_deadline_met_on_the_day_of_a_milestone_is_told_with_it(
    client: Client, world: SimpleNamespace
) -> None:
    worlds.create_round(slug="in-force", kind="milestone", dates=days("2010-07-01"))
    for slug, outcome in (("force-by-july", "met"), ("force-by-then", "missed")):
        worlds.create_deadline(slug=slug, dates=days("2010-07-01"), outcome=outcome)
    response = client.get("/timeline/")
    page = response.content.decode()
    told = re.findall(r'<(?:li|p) class="(item-due|item)\b[^"]*" id="([^"]+)"', page)
    assert ("item-due", "deadline-force-by-july") in told
    assert ("item", "deadline-force-by-then") in told
    place = told.index(("item-due", "deadline-force-by-july"))
    assert told[place - 1] == ("item", "meeting-in-force")
    assert len(told) == len(response.context["items"])
    drawn = {  # the places that marks lead to are those of the page
        one: row.anchor
        for row in response.context["items"]
        for trace in response.context["figure"]["data"]
        for one, x in zip(trace.get("customdata", ()), trace["x"], strict=False)
        if trace["type"] == "scatter" and told[one][1] == row.anchor and x == row.first.isoformat()
    }
    assert drawn[place] == "deadline-force-by-july"


def named(client: Client, figure: dict[str, Any], listed: list[TimelineItem]) -> set[str]:
    """The addresses of what a figure draws; what is listed on the page is named by its place."""
    marks = [one for trace in figure["data"] for one in trace.get("customdata", [])]
    return {listed[one].url if isinstance(one, int) else one for one in marks}


def test_the_chart_and_the_table_are_made_of_the_rows_of_the_page(
    client: Client, world: SimpleNamespace
) -> None:
    response = client.get("/timeline/")
    listed = response.context["items"]
    assert named(client, response.context["figure"], listed) == {item.url for item in listed}
    assert "no party" in {trace.get("name") for trace in response.context["figure"]["data"]}
    table = {row.record.anchor for row in response.context["table"].rows}
    assert table == {item.anchor for item in listed if item.kind in queries.BARS}
    bars = {
        listed[place].anchor: base
        for trace in response.context["figure"]["data"]
        if trace["type"] == "bar"
        for place, base in zip(trace["customdata"], trace["base"], strict=True)
    }
    assert bars == {
        item.anchor: item.first.isoformat() for item in listed if item.kind in {"round", "meeting"}
    }


def test_the_chart_is_of_the_months_of_the_rounds_and_tells_the_rest_in_words(
    client: Client, world: SimpleNamespace
) -> None:
    def drawn(query: str = "") -> list[str]:
        figure = client.get(f"/timeline/{query}").context["figure"]
        return list(figure["layout"]["xaxis"]["range"])

    # rounds from 8 January to 8 March and a deadline soon after them, a month to each side
    assert drawn() == ["2009-12-09", "2010-07-30"]
    assert "Not drawn" not in client.get("/timeline/").content.decode()
    worlds.create_deadline(
        slug="far", name="Expiry", set_on=days("2010-02-01"), dates=days("2099-01-01")
    )
    worlds.create_round(slug="early", kind="milestone", dates=days("2001-01-01"))
    assert drawn() == ["2009-12-09", "2010-07-30"]
    page = client.get("/timeline/").content.decode()
    assert "Drawn from 9 December 2009 to 30 July 2010." in page
    assert "1 earlier, 1 later" in page
    assert 'Still ahead: <a href="/deadlines/#deadline-far">Expiry</a>' in page
    # where nothing is of these months, the chart is of what there is
    assert drawn("?year=2001") == ["2000-12-02", "2001-01-31"]


@pytest.mark.parametrize("query", ["", "?party=brume"])
def test_the_chart_and_its_embed_draw_every_page_of_the_list(
    client: Client, world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    whole = {item.url: item for item in items(client, query)}
    monkeypatch.setattr(queries, "PAGE_SIZE", 3)
    marks = client.get("/embed/timeline/").context["drawing"].marks
    following = query
    for _page in range(2):
        response = client.get(f"/timeline/{following}")
        listed = response.context["items"]
        assert len(listed) == 3
        figure = response.context["figure"]
        assert named(client, figure, listed) == set(whole)
        for trace in figure["data"]:  # what is listed elsewhere brings its words along
            for address, text in zip(
                trace.get("customdata", ()), trace.get("text", ()), strict=False
            ):
                item = whole.get(address)
                assert text == (f"{item.title}\n{item.when}" if item else "")
        table = response.context["table"]
        bars = [item for item in whole.values() if item.kind in queries.BARS]
        assert [row.record.anchor for row in table.rows] == [item.anchor for item in bars]
        assert "are marked" not in response.content.decode()
        file = client.get(f"/timeline/{following or '?'}&_export=json&_table=calendar").json()
        assert [row["key"] for row in file["rows"]] == [item.slug for item in bars]
        assert file["meta"]["next"] is None
        following = f"?{response.context['next_page']}"
    if not query:
        drawn = [item for item in whole.values() if item.kind in MARKS]
        ends = [mark for mark in marks if mark.look == "end"]
        assert len(marks) - len(ends) == sum(max(1, len(item.parties)) for item in drawn)


def test_a_chart_of_too_many_marks_says_which_it_has(
    client: Client, world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    marks = [item for item in items(client) if item.kind in MARKS]
    bars = [item for item in items(client) if item.kind in queries.BARS]
    monkeypatch.setattr(queries, "MAX_MARKS", 2)
    monkeypatch.setattr(queries, "PAGE_SIZE", 3)
    response = client.get("/timeline/")
    drawn = named(client, response.context["figure"], response.context["items"])
    assert drawn == {item.url for item in [*bars, *marks[:2]]}
    first, last = sorted(date_format(item.first) for item in marks[:2])
    words = f"only the latest 2 are marked: those from {first} to {last}."
    assert words in response.content.decode()
    assert words in client.get("/embed/timeline/").content.decode()


def test_each_choice_is_offered_and_what_was_chosen_is_marked(
    client: Client, world: SimpleNamespace
) -> None:
    worlds.create_party(code="dale", name="Dale & <b>", colour=4)
    page = client.get("/timeline/?party=arden&status=missed").content.decode()
    selects = dict(re.findall(r'<select id="id_(\w+)"[^>]*>(.*?)</select>', page, re.DOTALL))
    marked = {
        name: re.findall(r'<option value="([^"]*)" selected>', options)
        for name, options in selects.items()
    }
    assert marked.pop("party") == ["arden"]
    assert marked.pop("status") == ["missed"]
    fields = client.get("/timeline/").context["form"].visible_fields()
    assert set(marked) == {field.name for field in fields if field.name in selects} - {
        "party",
        "status",
    }
    assert all(chosen == [""] for chosen in marked.values())
    groups = re.findall(r'<optgroup label="(\w+)">(.*?)</optgroup>', selects["status"], re.DOTALL)
    kinds = ["Deadlines", "Meetings", "Proposals", "Outcomes"]
    assert [name for name, _options in groups] == kinds
    assert '<option value="missed" selected>missed</option>' in groups[0][1]
    assert '<option value="dale">Dale &amp; &lt;b&gt;</option>' in selects["party"]


@pytest.mark.parametrize(
    ("status", "keys"),
    [
        ("", ["by-may", "by-june", "too-soon", "by-2099", "kept", "lost"]),
        ("missed", ["by-may", "too-soon", "lost"]),
        ("moved", ["by-may", "too-soon"]),
        ("met", ["kept"]),
        ("pending", ["by-june", "by-2099"]),
        ("overdue", ["by-june"]),
    ],
)
def test_a_deadline_that_was_moved_counts_as_missed(
    client: Client, world: SimpleNamespace, status: str, keys: list[str]
) -> None:
    world.june.set_on = days("2010-05-11")  # after the last day of what it took the place of
    world.june.save()
    ahead = worlds.create_deadline(
        slug="by-2099", set_on=days("2010-02-02"), dates=days("2099-12-31")
    )
    worlds.create_deadline(
        slug="too-soon",
        set_on=days("2010-02-01"),
        dates=days("2098-01-01"),
        outcome="moved",
        superseded_by=ahead,
    )
    for slug, outcome in (("kept", "met"), ("lost", "missed")):
        worlds.create_deadline(
            slug=slug, set_on=days("2010-03-01"), dates=days("2010-04-01"), outcome=outcome
        )
    query = f"?status={status}" if status else ""
    page = client.get(f"/deadlines/{query}").content.decode()
    assert re.findall(r'<tr id="deadline-([\w-]+)"', page) == keys
    counted = dict(re.findall(r'href="\?status=(\w+)"[^>]*>[^<]*?(\d+)</a>', page))
    assert counted == {"missed": "3", "moved": "2", "met": "1", "pending": "2", "overdue": "1"}
    for slug, label in (
        ("by-may", "moved (missed)"),
        ("too-soon", "moved (given up before its day)"),
    ):
        assert (label in page) is (slug in keys)
    file = client.get(f"/deadlines/{query or '?'}&_export=json").json()["rows"]
    assert [row["key"] for row in file] == keys
    told = {row["key"]: row["missed"] for row in file}
    assert told == {key: key in {"by-may", "too-soon", "lost"} for key in keys}
    if status in {"", "overdue"}:
        return
    found = {f"deadline-{key}" for key in keys}
    assert set(anchors(client, f"?kind=deadline&status={status}")) == found
    answer = client.get(f"/api/v1/deadlines?status={status}").json()["items"]
    assert {one["key"]: one["missed"] for one in answer} == told
    hits = client.get(f"/search/?q={status}+deadlines").context["results"]
    assert {one.slug for one in hits} == set(keys)


@pytest.mark.parametrize(
    ("code", "labels"),
    [("fr", ["toutes", "manquées", "en attente"]), ("es", ["todos", "incumplidos", "pendientes"])],
)
def test_what_several_deadlines_are_narrowed_by_is_plural(
    client: Client, world: SimpleNamespace, code: str, labels: list[str]
) -> None:
    page = client.get(f"/{code}/deadlines/").content.decode()
    for label in labels:
        assert re.search(rf">{label} \d+</a>", page), label


@pytest.mark.parametrize(
    ("set_on", "label"),
    [
        ("2010-02-01", "moved (given up before its day)"),
        ("2010-02-28", "moved (given up before its day)"),
        ("2010-03-01", "moved (missed)"),
        ("2010-04-01", "moved (missed)"),
    ],
)
@pytest.mark.parametrize("asked", ["2010-03-01", "2010-03-02", "2099-01-01"])
def test_whether_a_deadline_was_given_up_early_does_not_change_with_the_clock(
    set_on: str, label: str, asked: str
) -> None:
    successor = Deadline(slug="next", name="Next", set_on=days(set_on), dates=days("2010-12-31"))
    moved: Any = Deadline(
        slug="first",
        set_on=days("2010-01-01"),
        dates=days("2010-03-01"),
        outcome="moved",
        superseded_by=successor,
        source=Source(slug="paper"),
    )
    moved.pk, moved.party_list = 1, []
    (item,) = deadline_items([moved], day(asked))
    assert (item.status_label, item.missed) == (label, True)


def texts(resource: type[RecordResource]) -> dict[str, str]:
    """Words for each text that a record may have."""
    return {column.name: "Some words." for column in resource.text_columns()}


def test_each_column_of_the_file_has_a_value_in_some_row(
    client: Client, world: SimpleNamespace
) -> None:
    """A column whose items have no such field would be empty, without an error."""
    worlds.create_deadline(slug="filled-in", dates=days("2010-05-01"), **texts(DeadlineResource))
    worlds.create_round(slug="full", dates=days("2010-05-02"), **texts(RoundResource))
    unnamed = {"basis": "unnamed", "unnamed_why": "They asked for it."}
    filled_in = texts(StatementResource) | unnamed | {"language": "en"}
    worlds.create_statement(dates=days("2010-05-03"), **filled_in)
    rows = client.get("/timeline/?_export=json").json()["rows"]
    filled = {name for row in rows for name, value in row.items() if value not in {"", None}}
    assert set(rows[0]) - filled == {"archive"}  # no source of this world has a copy


def test_what_is_no_deadline_was_neither_missed_nor_not(
    client: Client, world: SimpleNamespace
) -> None:
    rows = client.get("/timeline/?_export=json").json()["rows"]
    missed = {row["kind"]: row["missed"] for row in rows}
    assert missed["statement"] in {"", None}
    assert missed["deadline"] in {True, False}


def test_a_chart_and_its_embed_draw_the_same_bar_of_doubt_without_an_end() -> None:
    row: Any = SimpleNamespace(first=day("2010-03-01"), last=None, approximate=True)
    assert charts._doubt(row) == charts.OPEN_END_LENGTH.days * charts.DAY_MS
    row.last = day("2010-03-03")
    assert charts._doubt(row) == 2 * charts.DAY_MS
    row.approximate = False
    assert charts._doubt(row) == 0


def test_a_status_that_deadlines_do_not_have_gets_a_sentence(
    client: Client, world: SimpleNamespace
) -> None:
    response = client.get("/deadlines/?status=held")
    assert response.status_code == 400
    assert "“held” is not the status of a deadline." in response.content.decode()
