"""Entering the reading: rows beside the record, and a whole round by hand."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from issues.models import Issue, Measure, Position, Progress, Proposal, Term
from rounds.models import Deadline, Person, Round, Source, Statement
from tests import world as worlds
from tests.desk import address, change, enter, fields_of, publish, told
from tests.world import days


def position(issue: Any, party: Any, since: str, **fields: Any) -> dict[str, Any]:
    """A row of positions as typed."""
    row = {"stance": "opposes", "gist": "No", "condition": "", "state": "published"}
    return row | {"issue": issue.pk, "party": party.pk, "since_0": since} | fields


@pytest.mark.slow
def test_one_position_a_day_among_the_rows_typed_together(
    admin_client: Client, world: SimpleNamespace
) -> None:
    row = position(world.fish, world.arden, "2010-01-20")
    until = row | {"since_1": "2010-01-25", "approximate": "on"}  # the same first day
    response = change(admin_client, world.said, rows={"positions": [row, until]})
    assert told(response) == [
        "Another row has a position of this party on this issue from that day."
    ]
    other_party = position(world.fish, world.corrie, "2010-01-20")
    response = change(admin_client, world.said, rows={"positions": [row, other_party]})
    assert told(response) == []


def test_one_position_a_day_against_what_is_in_the_record(
    admin_client: Client, world: SimpleNamespace
) -> None:
    row = position(world.water, world.brume, "2010-03-01", state="draft")
    response = change(admin_client, world.half, rows={"positions": [row]})
    assert told(response) == [
        "The record has a position of this party on this issue from that day."
    ]


def test_a_published_row_under_a_draft_is_told_why(
    admin_client: Client, world: SimpleNamespace
) -> None:
    said = worlds.create_statement(dates=days("2010-01-20"), state="draft", summary="Not yet")
    row = position(world.fish, world.arden, "2010-01-20")
    response = change(admin_client, said, rows={"positions": [row]})
    assert told(response) == ["“Not yet” is still a draft: publish it first."]
    response = change(admin_client, said, rows={"positions": [row]}, state="published")
    assert told(response) == []


def test_a_row_beside_an_unfinished_statement_is_no_fault(
    admin_client: Client, world: SimpleNamespace
) -> None:
    """The page lacks its own date, with which that of the row is compared."""
    row = position(world.fish, world.arden, "2010-01-20", state="draft")
    page = address(Statement, "add")
    response = enter(admin_client, page, rows={"positions": [row]}, summary="Typed")
    assert "This field is required." in told(response)
    assert "Typed" in response.content.decode()


def test_a_key_is_not_to_be_changed_beside_its_issue(
    admin_client: Client, world: SimpleNamespace
) -> None:
    fields = fields_of(admin_client, address(Issue, world.water))
    assert "measures-0-name" in fields
    assert "measures-0-slug" not in fields
    row = {"name": "Dams", "unit": "dams", "source": world.gazette.pk, "state": "draft"}
    assert told(change(admin_client, world.water, rows={"measures": [row]})) == []
    assert Measure.objects.get(name="Dams").slug


def proposal_row(world: SimpleNamespace, **fields: Any) -> dict[str, Any]:
    row = {"title": "Dams", "issue": world.water.pk, "dates_0": "2010-03-05"}
    return row | {"basis": "document", "source": world.gazette.pk, "state": "published"} | fields


def test_a_proposal_entered_at_a_round_says_whose_it_is(
    admin_client: Client, world: SimpleNamespace
) -> None:
    nobodys = change(admin_client, world.round2, rows={"proposals": [proposal_row(world)]})
    assert told(nobodys) == ["This field is required."]
    row = proposal_row(world, parties=[world.arden.pk])
    assert told(change(admin_client, world.round2, rows={"proposals": [row]})) == []
    saved = Proposal.objects.get(title="Dams")
    assert (saved.basis, list(saved.parties.all())) == ("document", [world.arden])


def test_a_proposal_of_nobody_is_not_published(
    admin_client: Client, world: SimpleNamespace
) -> None:
    """Another way into the record may have left one."""
    nobodys = worlds.create_proposal(
        issue=world.water, dates=days("2010-03-05"), state="draft", title="Dams"
    )
    assert publish(admin_client, [nobodys])[0] == "Dams: “tabled by” is empty."
    nobodys.parties.add(world.arden)
    assert publish(admin_client, [nobodys]) == ["1 entry: published."]


@pytest.mark.parametrize("page", ["add", "change"])
def test_a_term_counts_what_its_proposal_is_about(
    admin_client: Client, world: SimpleNamespace, page: str
) -> None:
    salmon = worlds.create_measure(slug="salmon", issue=world.fish)
    rows = {"terms": [{"measure": salmon.pk, "comparator": "at-least", "low": "5"}]}
    if page == "change":
        response = change(admin_client, world.half, rows=rows)
    else:
        typed = proposal_row(world, slug="dams", parties=[world.arden.pk], state="draft")
        response = enter(admin_client, address(Proposal, "add"), rows=rows, **typed)
    assert told(response) == ["This measure belongs to another issue than the proposal."]
    terms = response.context["inline_admin_formsets"][0].formset
    assert list(terms.errors[-1]) == ["measure"]  # told where it was typed
    assert not Term.objects.filter(measure=salmon).exists()


def test_a_position_rests_on_a_proposal_of_its_issue(
    admin_client: Client, world: SimpleNamespace
) -> None:
    typed = proposal_row(world, slug="dams", parties=[world.arden.pk], state="draft")
    rows = {"positions": [position(world.fish, world.arden, "2010-03-05", state="draft")]}
    response = enter(admin_client, address(Proposal, "add"), rows=rows, **typed)
    assert told(response) == ["This proposal is on another issue."]


def entered(client: Client, model: Any, **typed: Any) -> Any:
    """The record of ``model`` made by filling in its page."""
    assert told(enter(client, address(model, "add"), **typed)) == []
    return model.objects.latest("pk")


@pytest.mark.slow
def test_a_whole_round_is_entered_by_hand(
    admin_client: Client, client: Client, world: SimpleNamespace
) -> None:
    desk, water, arden, brume = admin_client, world.water, world.arden, world.brume
    source = entered(
        desk,
        Source,
        publisher="The Courier",
        title="Third day",
        url="courier.example/3",
        published_0="2010-04-03",
    )
    draft = {"source": source.pk}
    met = entered(
        desk,
        Round,
        name="Round 3",
        slug="round-3",
        number="3",
        status="held",
        dates_0="2010-04-01",
        dates_1="2010-04-05",
        parties=[arden.pk, brume.pk],
        rows={"progress": [{"issue": water.pk, "level": "stuck", "state": "draft"} | draft]},
        **draft,
    )
    cole = entered(desk, Person, name="Cy Cole", slug="cy-cole", party=brume.pk)
    rows = {"Issue_statements": [{"issue": water.pk}]}
    no_way = position(water, brume, "2010-04-02", gist="No way", state="draft")
    said = entered(
        desk,
        Statement,
        summary="Brume will not have it.",
        quotation="no way",
        dates_0="2010-04-02",
        round=met.pk,
        speakers=[cole.pk],
        parties=[brume.pk],
        rows=rows | {"positions": [no_way]},
        **draft,
    )
    whispered = entered(
        desk,
        Statement,
        summary="Arden may yet give in.",
        dates_0="2010-04-02",
        dates_1="2010-04-04",
        approximate="on",
        round=met.pk,
        basis="unnamed",
        attribution="an Arden official",
        unnamed_count="1",
        parties=[arden.pk],
        rows=rows | {"links": [{"kind": "contradicts", "other": said.pk}]},
        **draft,
    )
    forty = position(water, arden, "2010-04-03", stance="demands", gist="Forty", state="draft")
    offer = entered(
        desk,
        Proposal,
        title="Forty parts",
        slug="forty-parts",
        issue=water.pk,
        parties=[arden.pk],
        dates_0="2010-04-03",
        round=met.pk,
        basis="document",
        rows={
            "terms": [{"measure": world.share.pk, "comparator": "at-least", "low": "40"}],
            "positions": [forty],
        },
        **draft,
    )
    counter = entered(
        desk,
        Proposal,
        title="Ten parts",
        slug="ten-parts",
        issue=water.pk,
        parties=[brume.pk],
        responds_to=offer.pk,
        dates_0="2010-04-04",
        round=met.pk,
        **draft,
    )
    july = entered(
        desk,
        Deadline,
        name="By July",
        slug="by-july",
        dates_0="2010-07-31",
        set_by="the ministers",
        set_on_0="2010-04-05",
        state="published",
        **draft,
    )
    moved = change(
        desk, world.june, outcome="moved", superseded_by=july.pk, correction="July it is."
    )
    assert told(moved) == []

    pages = ["/rounds/round-3/", "/issues/water/", f"/statements/{said.slug}/", "/timeline/"]
    for record in (met, said, whispered, offer, counter):
        assert client.get(record.get_absolute_url()).status_code == 404
    for records in (
        [met],
        [said, whispered],
        [offer, counter],
        list(Position.objects.filter(gist__in=["No way", "Forty"])),
        list(Progress.objects.filter(round=met)),
    ):
        assert "published" in publish(desk, records)[-1]
    round_page, issue_page, statement_page, timeline = (
        client.get(page).content.decode() for page in pages
    )
    for words in ("Forty parts", "Ten parts", "Brume will not have it."):
        assert words in round_page
    for words in ("No way", "Forty", "Arden may yet give in.", "The Courier", "An Arden official"):
        assert words in issue_page
    assert "Cy Cole" in statement_page
    assert "By July" in timeline


# What the forms know already


def begun(client: Client, page: str, row: str = "positions-__prefix__") -> dict[str, Any]:
    """What a new row of positions begins with."""
    formset = client.get(page).context["inline_admin_formsets"]
    form = next(one.formset for one in formset if one.formset.prefix == "positions").empty_form
    names = ("issue", "party", "since", "approximate")
    return {name: form[name].value() for name in names}


def test_a_position_begins_with_what_its_statement_leaves_no_doubt_about(
    admin_client: Client, world: SimpleNamespace
) -> None:
    assert begun(admin_client, address(Statement, world.whispered)) == {
        "issue": world.water.pk,
        "party": world.brume.pk,
        "since": world.whispered.dates,
        "approximate": True,
    }
    world.whispered.parties.add(world.arden)
    world.fish.statements.add(world.whispered)
    doubtful = begun(admin_client, address(Statement, world.whispered))
    assert (doubtful["issue"], doubtful["party"]) == (None, None)
    assert begun(admin_client, address(Statement, "add"))["since"] is None


def test_a_position_begins_with_its_proposal(admin_client: Client, world: SimpleNamespace) -> None:
    row = begun(admin_client, address(Proposal, world.third))
    assert (row["issue"], row["party"]) == (world.water.pk, world.brume.pk)


def test_a_row_as_it_began_is_no_position(admin_client: Client, world: SimpleNamespace) -> None:
    count = Position.objects.count()
    untouched = position(world.water, world.brume, "2010-03-06", stance="", gist="", state="draft")
    response = change(
        admin_client,
        world.denied,
        rows={"positions": [untouched]},
        correction="Nothing",
    )
    assert told(response) == []
    assert Position.objects.count() == count


def test_a_position_without_a_day_is_told_what_to_give(
    admin_client: Client, world: SimpleNamespace
) -> None:
    row = position(world.fish, world.arden, "", state="draft")
    response = change(admin_client, world.said, rows={"positions": [row]}, correction="x")
    assert told(response) == ["Give the first day."]


@pytest.mark.parametrize(
    ("model", "name", "offered"),
    [
        (Round, "round1", True),
        (Deadline, "june", True),
        (Statement, "said", False),
        (Proposal, "half", False),
        (Position, "demand", False),
    ],
)
def test_no_end_is_offered_only_where_there_may_be_none(
    admin_client: Client, world: SimpleNamespace, model: Any, name: str, offered: bool
) -> None:
    page = admin_client.get(address(model, getattr(world, name))).content.decode()
    assert ("no end known" in page.partition('id="progress-group"')[0]) is offered


def test_an_end_that_is_open_already_stays_so(admin_client: Client, world: SimpleNamespace) -> None:
    """Another way into the record may have left one; saving must not make it a day."""
    since = worlds.create_statement(dates=days("2010-04-01", "open"), state="draft")
    assert "no end known" in admin_client.get(address(Statement, since)).content.decode()
    assert told(change(admin_client, since, summary="Changed")) == []
    since.refresh_from_db()
    assert since.dates == days("2010-04-01", "open")


def test_a_key_is_made_of_day_speaker_and_first_words(
    admin_client: Client, world: SimpleNamespace
) -> None:
    typed = {
        "summary": "No dam at all, and no lake that is as long as this summary is",
        "dates_0": "2010-05-02",
        "basis": "reporting",
        "source": world.gazette.pk,
    }
    speaker, party = {"speakers": [world.birch.pk]}, {"parties": [world.brume.pk]}
    keys = [
        entered(admin_client, Statement, **typed, **more).slug
        for more in (speaker | party, speaker, party, {}, {"slug": "typed-by-hand"})
    ]
    assert keys == [
        "2010-05-02-birch-no-dam-at-all-and-no-lake-that-is-as-long",
        "2010-05-02-birch-no-dam-at-all-and-no-lake-that-is-as-long-2",
        "2010-05-02-brume-no-dam-at-all-and-no-lake-that-is-as-long",
        "2010-05-02-no-dam-at-all-and-no-lake-that-is-as-long-as-this",
        "typed-by-hand",
    ]
    offer = proposal_row(world, title="Dams", parties=[world.arden.pk], state="draft")
    assert entered(admin_client, Proposal, **offer).slug == "2010-03-05-arden-dams"


def test_proposals_entered_at_a_round_have_such_keys_too(
    admin_client: Client, world: SimpleNamespace
) -> None:
    row = proposal_row(world, parties=[world.arden.pk], state="draft")
    rows = {"proposals": [row, row]}
    assert told(change(admin_client, world.round2, rows=rows, correction="x")) == []
    keys = Proposal.objects.filter(title="Dams").order_by("pk").values_list("slug", flat=True)
    assert list(keys) == ["2010-03-05-arden-dams", "2010-03-05-arden-dams-2"]


def test_the_key_says_that_it_is_for_good(admin_client: Client, db: None) -> None:
    for model in (Statement, Proposal):
        page = admin_client.get(address(model, "add")).content.decode()
        assert "Part of its permanent address." in page


def suggested(client: Client, model: str, field: str, term: str, **more: Any) -> list[str]:
    query = {"app_label": "issues", "model_name": model, "field_name": field, "term": term} | more
    found = client.get(reverse("admin:autocomplete"), query).json()["results"]
    return [one["text"] for one in found]


def test_a_term_is_offered_the_measures_of_its_issue(
    admin_client: Client, world: SimpleNamespace
) -> None:
    worlds.create_measure(slug="salmon", issue=world.fish, name="Share of salmon")
    page = admin_client.get(address(Proposal, world.half)).content.decode()
    url = re.search(r'data-ajax--url="(/admin/autocomplete/\?of_issue=(\d+))"', page)
    assert url
    assert url[2] == str(world.water.pk)
    ask = {"of_issue": world.water.pk}
    assert suggested(admin_client, "term", "measure", "share", **ask) == ["Share of the water"]
    assert len(suggested(admin_client, "term", "measure", "share", of_issue="")) == 2


def test_rounds_are_suggested_by_name_before_what_their_texts_say(
    admin_client: Client, world: SimpleNamespace
) -> None:
    worlds.create_round(slug="water-day", dates=days("2009-01-01"), name="Water")
    worlds.create_round(slug="first", dates=days("2009-01-02"), name="First water day")
    worlds.create_round(slug="day", dates=days("2009-01-03"), name="Water day")
    found = suggested(admin_client, "proposal", "round", "water")
    assert [text.partition(" ·")[0] for text in found] == [
        "Water",
        "Water day",
        "First water day",
        "Round 2",  # its outcome speaks of water
    ]


def test_saving_tells_what_is_doubtful(admin_client: Client, world: SimpleNamespace) -> None:
    """A statement passes to another party; the position that rests on it is still Brume's."""
    saved = change(
        admin_client, world.whispered, parties=[world.arden.pk], correction="Arden’s aides."
    )
    assert told(saved) == []
    page = admin_client.get(saved["Location"])
    assert [str(one) for one in page.context["messages"] if one.level_tag == "warning"] == [
        "The position “Brume · Water: open if…” rests on a statement made for another "
        "party (Arden): “Brume would talk if the dam goes.”."
    ]


def warnings_of(client: Client, record: Any, **typed: Any) -> list[str]:
    """What is doubtful about ``record``, on the page that follows its saving."""
    saved = change(client, record, **typed)
    assert told(saved) == []
    page = client.get(saved["Location"])
    return [str(one) for one in page.context["messages"] if one.level_tag == "warning"]


def test_saving_what_rests_on_the_lowest_rank_alone_says_what_to_do(
    admin_client: Client, world: SimpleNamespace
) -> None:
    weak = worlds.create_source(publisher="A Page", title="Notes", rank="other")
    progress = world.water.progress.get(round=world.round1)
    progress.source = weak
    progress.save()
    position = world.water.positions.filter(statement__isnull=False).first()
    position.statement.source = weak
    position.statement.save()
    position.statement.other_sources.clear()
    for record in (progress, position, position.statement):
        (text,) = (text for text in warnings_of(admin_client, record) if "lowest rank" in text)
        assert "rests only on sources of the lowest rank, “other site”: A Page: Notes." in text
        assert text.endswith("Cite a better source, or open the source and correct its rank.")
    position.statement.other_sources.add(world.herald)
    assert warnings_of(admin_client, position) == []
    type(world.water).objects.filter(pk=world.water.pk).update(featured=False)
    assert warnings_of(admin_client, progress) == []


def test_saving_what_is_sound_warns_of_nothing(
    admin_client: Client, world: SimpleNamespace
) -> None:
    saved = change(admin_client, world.denied, note="Checked.", correction="A note.")
    page = admin_client.get(saved["Location"])
    assert [one.level_tag for one in page.context["messages"]] == ["success"]
