"""One small made-up negotiation: the border river talks of Arden, Brume and Corrie.

``create_…()`` makes one record with sensible defaults; ``create_world()`` makes the whole of it,
with a draft of every kind whose every word holds ``SECRET``.
"""

import datetime as dt
import itertools
from types import SimpleNamespace
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group, User

from issues.groups import make_groups
from issues.models import (
    EarlierStatus,
    Issue,
    Measure,
    Outcome,
    PartyOutcome,
    Position,
    Progress,
    Proposal,
    Term,
)
from rounds.models import (
    Deadline,
    Negotiation,
    Party,
    Person,
    Round,
    Source,
    Statement,
    StatementLink,
)
from rounds.platform.dates import span

SECRET = "hushhush"
DRAFT_YEAR = "1999"  # nothing published is of that year
count = itertools.count(1)
places = itertools.cycle(range(1, 30_000))  # what a small integer holds


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def days(first: str, last: str | None = None) -> Any:
    """A span of days: one day without ``last``, open with ``last="open"``."""
    return span(day(first), None if last == "open" else day(last or first))


def _create(model: Any, many: dict[str, Any], **fields: Any) -> Any:
    record = model.objects.create(**fields)
    for name, others in many.items():
        getattr(record, name).set(others)
    return record


def create_negotiation(**fields: Any) -> Negotiation:
    defaults = {
        "slug": "river",
        "title": "The border river talks",
        "short_name": "River",
        "standfirst": "Three neighbours share a river and want a treaty.",
        "licence": "CC BY 4.0",
        "licence_url": "https://creativecommons.org/licenses/by/4.0/",
    }
    return _create(Negotiation, {}, **(defaults | fields))


def create_party(*, code: str, **fields: Any) -> Party:
    defaults = {"name": code.title(), "adjective": f"{code.title()}ish", "order": next(places)}
    return _create(Party, {}, code=code, **(defaults | fields))


def create_person(*, slug: str, **fields: Any) -> Person:
    return _create(Person, {}, slug=slug, **({"name": slug.replace("-", " ").title()} | fields))


def create_source(**fields: Any) -> Source:
    number = next(count)
    defaults = {
        "slug": f"gazette-{number}",
        "publisher": "The Gazette",
        "title": f"Report {number}",
        "url": f"https://gazette.example/{number}",
        "rank": "newsroom",
    }
    return _create(Source, {}, **(defaults | fields))


def create_round(*, slug: str, dates: Any, **fields: Any) -> Round:
    many: dict[str, Any] = {
        name: fields.pop(name) for name in ("parties", "other_sources") if name in fields
    }
    defaults = {
        "name": slug.replace("-", " ").capitalize(),
        "state": "published",
        "status": "held",
        "source": fields.get("source") or create_source(),
    }
    return _create(Round, many, slug=slug, dates=dates, **(defaults | fields))


def create_deadline(*, slug: str, dates: Any, **fields: Any) -> Deadline:
    many: dict[str, Any] = {name: fields.pop(name) for name in ("parties",) if name in fields}
    defaults = {
        "name": slug.replace("-", " ").capitalize(),
        "state": "published",
        "set_on": days("2010-01-05"),
        "set_by": "the ministers",
        "source": fields.get("source") or create_source(),
    }
    return _create(Deadline, many, slug=slug, dates=dates, **(defaults | fields))


def create_issue(*, slug: str, **fields: Any) -> Issue:
    many: dict[str, Any] = {name: fields.pop(name) for name in ("statements",) if name in fields}
    defaults = {
        "name": slug.replace("-", " ").capitalize(),
        "question": f"Must there be {slug}?",
        "status_quo": "Nothing is agreed.",
        "state": "published",
        "featured": True,
        "source": fields.get("source") or create_source(),
    }
    return _create(Issue, many, slug=slug, **(defaults | fields))


def create_measure(*, slug: str, issue: Issue, **fields: Any) -> Measure:
    defaults = {
        "name": slug.replace("-", " ").capitalize(),
        "unit": "%",
        "state": "published",
        "source": fields.get("source") or create_source(),
    }
    return _create(Measure, {}, slug=slug, issue=issue, **(defaults | fields))


def create_outcome(
    *, issue: Issue, dates: Any, gists: dict[str, str] | None = None, **fields: Any
) -> Outcome:
    """An outcome of an issue; ``gists``: how each party came to it, by its code."""
    many: dict[str, Any] = {name: fields.pop(name) for name in ("other_sources",) if name in fields}
    defaults = {
        "kind": "agreed",
        "line": f"Line {next(count)}",
        "state": "published",
        "source": fields.get("source") or create_source(),
    }
    outcome = _create(Outcome, many, issue=issue, dates=dates, **(defaults | fields))
    for code, gist in (gists or {}).items():
        PartyOutcome.objects.create(outcome=outcome, party=Party.objects.get(code=code), gist=gist)
    return outcome


def create_statement(*, dates: Any, **fields: Any) -> Statement:
    names = ("speakers", "parties", "issues", "other_sources")
    many: dict[str, Any] = {name: fields.pop(name) for name in names if name in fields}
    defaults = {
        "summary": f"Statement {next(count)}",
        "state": "published",
        "source": fields.get("source") or create_source(),
    }
    return _create(Statement, many, dates=dates, **(defaults | fields))


def create_link(*, statement: Statement, kind: str, other: Statement) -> StatementLink:
    return _create(StatementLink, {}, statement=statement, kind=kind, other=other)


def create_proposal(*, issue: Issue, dates: Any, **fields: Any) -> Proposal:
    many: dict[str, Any] = {
        name: fields.pop(name) for name in ("parties", "other_sources") if name in fields
    }
    defaults = {
        "title": f"Proposal {next(count)}",
        "basis": "document",
        "state": "published",
        "source": fields.get("source") or create_source(),
    }
    return _create(Proposal, many, issue=issue, dates=dates, **(defaults | fields))


def create_term(*, proposal: Proposal, measure: Measure, low: Any, **fields: Any) -> Term:
    return _create(
        Term,
        {},
        proposal=proposal,
        measure=measure,
        low=low,
        **({"comparator": "at-least"} | fields),
    )


def create_position(
    *, issue: Issue, party: Party, since: Any, stance: str, **fields: Any
) -> Position:
    defaults: dict[str, Any] = {"gist": f"Gist {next(count)}", "state": "published"}
    if not fields.get("proposal") and not fields.get("statement"):
        defaults["statement"] = create_statement(dates=since, parties=[party], issues=[issue])
    return _create(
        Position, {}, issue=issue, party=party, since=since, stance=stance, **(defaults | fields)
    )


def create_progress(*, round: Round, issue: Issue, level: str, **fields: Any) -> Progress:
    defaults = {"state": "published", "source": fields.get("source") or create_source()}
    return _create(Progress, {}, round=round, issue=issue, level=level, **(defaults | fields))


def create_earlier_status(
    *, proposal: Proposal, status: str, dates: Any, party: Party, **fields: Any
) -> EarlierStatus:
    return _create(
        EarlierStatus, {}, proposal=proposal, status=status, dates=dates, party=party, **fields
    )


def _create_user(*, username: str, group: str, **fields: Any) -> User:
    if not Group.objects.exists():  # a test across transactions has emptied every table
        make_groups(apps, None)
    user = User.objects.create_user(username, is_staff=True, **fields)
    user.groups.add(Group.objects.get(name=group))
    return user


def create_editor(*, username: str = "eve", **fields: Any) -> User:
    """Somebody who may publish."""
    return _create_user(username=username, group="Editors", **fields)


def create_contributor(*, username: str = "cas", **fields: Any) -> User:
    """Somebody who writes drafts and never publishes."""
    return _create_user(username=username, group="Contributors", **fields)


def create_world() -> SimpleNamespace:
    """The river talks: two rounds, a cancelled meeting, a slipped deadline, two issues."""
    w = SimpleNamespace()
    w.negotiation = create_negotiation()
    w.arden = create_party(code="arden", colour=1)
    w.brume = create_party(code="brume", colour=2)
    w.corrie = create_party(code="corrie", colour=3)
    w.alder = create_person(slug="ada-alder", role="Minister", party=w.arden)
    w.birch = create_person(slug="bo-birch", role="Envoy", party=w.brume)
    w.gazette = create_source(slug="gazette", title="The first day", published=days("2010-01-10"))
    w.herald = create_source(slug="herald", publisher="The Herald", title="The same day")
    parties = [w.arden, w.brume, w.corrie]
    w.round1 = create_round(
        slug="round-1",
        number=1,
        dates=days("2010-01-08", "2010-01-12"),
        planned_dates=days("2010-01-08", "2010-01-10"),
        place="Ardenport",
        host=w.arden,
        parties=parties,
        summary="They met and set a date.",
        source=w.gazette,
        other_sources=[w.herald],
    )
    w.round2 = create_round(
        slug="round-2",
        number=2,
        dates=days("2010-03-04", "2010-03-08"),
        place="Brumeville",
        host=w.brume,
        parties=parties,
        summary="Water moved, fish did not.",
    )
    w.bilateral = create_round(
        slug="bilateral", kind="bilateral", dates=days("2010-02-01"), parties=[w.arden, w.brume]
    )
    w.cancelled = create_round(
        slug="lake-summit", kind="leaders", dates=days("2010-02-20"), status="cancelled"
    )
    w.june = create_deadline(slug="by-june", dates=days("2010-06-30"), parties=[w.arden])
    w.may = create_deadline(
        slug="by-may",
        dates=days("2010-05-01", "2010-05-10"),
        approximate=True,
        outcome="moved",
        superseded_by=w.june,
    )
    w.water = create_issue(slug="water", question="Must half of the water stay?", source=w.gazette)
    w.fish = create_issue(slug="fish", question="Must salmon be counted?", featured=False)
    w.share = create_measure(slug="share", issue=w.water, name="Share of the water", status_quo=30)
    w.said = create_statement(
        slug="alder-on-water",
        summary="Half of the water must stay in Arden.",
        quotation="not a drop less",
        dates=days("2010-01-09"),
        round=w.round1,
        speakers=[w.alder],
        parties=[w.arden],
        issues=[w.water],
        source=w.gazette,
        other_sources=[w.herald],
    )
    w.whispered = create_statement(
        slug="unnamed-on-water",
        summary="Brume would talk if the dam goes.",
        dates=days("2010-03-01", "2010-03-10"),
        approximate=True,
        round=w.round2,
        basis="unnamed",
        attribution="two people close to the talks",
        unnamed_count=2,
        unnamed_why="not allowed to speak",
        parties=[w.brume],
        issues=[w.water],
        note="The Herald heard the opposite.",
    )
    w.denied = create_statement(
        slug="birch-denies",
        summary="No dam was ever spoken of.",
        dates=days("2010-03-06"),
        round=w.round2,
        speakers=[w.birch],
        parties=[w.brume],
        issues=[w.water],
    )
    w.quiet = create_statement(
        slug="nobody-said",
        summary="The dam stays shut.",
        basis="reporting",
        dates=days("2010-01-11"),
    )
    w.link = create_link(statement=w.denied, kind="contradicts", other=w.whispered)
    w.half = create_proposal(
        slug="half-the-water",
        title="Half of the water",
        issue=w.water,
        dates=days("2010-01-10"),
        round=w.round1,
        parties=[w.arden],
    )
    w.third = create_proposal(
        slug="a-third",
        title="A third, reviewed each year",
        issue=w.water,
        dates=days("2010-03-05"),
        round=w.round2,
        parties=[w.brume],
        responds_to=w.half,
    )
    create_term(proposal=w.half, measure=w.share, low=50)
    create_term(proposal=w.third, measure=w.share, low=30, high=33, comparator="between")
    w.demand = create_position(
        issue=w.water,
        party=w.arden,
        since=days("2010-01-09"),
        stance="demands",
        gist="Half must stay",
        statement=w.said,
    )
    create_position(
        issue=w.water,
        party=w.brume,
        since=days("2010-01-10"),
        stance="red-line",
        gist="Never half",
    )
    create_position(
        issue=w.water,
        party=w.brume,
        since=days("2010-03-01", "2010-03-10"),
        approximate=True,
        stance="open-if",
        condition="the dam goes",
        gist="Would talk",
        statement=w.whispered,
    )
    create_position(
        issue=w.fish,
        party=w.brume,
        since=days("2010-01-10"),
        stance="will-not-say",
        gist="Declined to comment",
    )
    create_progress(round=w.round1, issue=w.water, level="tabled")
    create_progress(round=w.round2, issue=w.water, level="advancing", summary="Numbers crossed.")
    _plant_drafts(w)
    return w


def _plant_drafts(w: SimpleNamespace) -> None:
    source = create_source(
        slug=SECRET, publisher=SECRET, title=SECRET, url=f"https://x.example/{SECRET}"
    )
    person = create_person(slug=SECRET, name=SECRET)
    draft: dict[str, Any] = {"state": "draft", "source": source}
    issue = create_issue(slug=SECRET, name=SECRET, question=SECRET, statements=[w.said], **draft)
    round_ = create_round(
        slug=SECRET,
        name=SECRET,
        dates=days("2010-02-10"),
        parties=[w.arden],
        summary=SECRET,
        **draft,
    )
    create_deadline(slug=SECRET, name=SECRET, dates=days("2010-07-01"), set_by=SECRET, **draft)
    statement = create_statement(
        slug=SECRET,
        summary=SECRET,
        dates=days("2010-03-07"),
        round=w.round2,
        parties=[w.arden],
        speakers=[person, w.alder],
        issues=[w.water],
        **draft,
    )
    create_link(statement=statement, kind="replies-to", other=w.said)
    create_link(statement=w.said, kind="contradicts", other=statement)
    proposal = create_proposal(
        slug=SECRET,
        title=SECRET,
        issue=w.water,
        dates=days("2010-03-06"),
        round=w.round2,
        parties=[w.arden],
        responds_to=w.half,
        **draft,
    )
    measure = create_measure(
        slug=SECRET, name=SECRET, unit=SECRET, issue=w.water, status_quo=1, **draft
    )
    create_outcome(
        slug=SECRET,
        issue=w.water,
        dates=days("2010-03-08"),
        line=SECRET,
        gists={"arden": SECRET},
        **draft,
    )
    create_term(proposal=w.third, measure=measure, low=1)
    create_term(proposal=proposal, measure=w.share, low=77)
    create_position(
        issue=w.water,
        party=w.corrie,
        since=days("2010-03-07"),
        stance="opposes",
        gist=SECRET,
        statement=statement,
        state="draft",
    )
    create_progress(round=w.round2, issue=w.fish, level="closed", summary=SECRET, **draft)
    create_progress(round=round_, issue=issue, level="closed", **draft)
    # what is published leads to these, too: by its source, its positions, its year, its kind
    cited: dict[str, Any] = {"state": "draft", "source": w.gazette}
    create_statement(slug=f"{SECRET}-2", summary=SECRET, dates=days(f"{DRAFT_YEAR}-03-07"), **cited)
    create_round(slug=f"{SECRET}-2", name=SECRET, kind="leaders", dates=days("2010-02-11"), **cited)
    waits: dict[str, Any] = {"state": "ready", "publish_at": dt.datetime(2099, 1, 1, tzinfo=dt.UTC)}
    create_statement(
        slug=f"{SECRET}-3",
        summary=SECRET,
        dates=days("2010-03-06"),
        speakers=[person],
        issues=[w.water],
        round=w.round2,
        **(draft | waits),
    )
    create_deadline(slug=f"{SECRET}-3", name=SECRET, dates=days("2010-07-02"), **(draft | waits))
    for evidence in ({"statement": w.said}, {"proposal": w.half}):
        create_position(
            issue=w.water,
            party=w.corrie,
            since=days("2010-01-11" if "proposal" in evidence else "2010-01-12"),
            stance="opposes",
            gist=SECRET,
            state="draft",
            **evidence,
        )
