"""The people who spoke: all of them, and the page of each."""

from django.core.paginator import Paginator
from django.db.models.expressions import RawSQL
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.text import slugify
from django.utils.translation import gettext as _

from issues.analysis.by_speaker import (
    PERSON_LIMIT,
    StatementTally,
    format_count,
    group_by_issue,
)
from issues.models import Issue, with_issues
from nafta.pages.active_filters import change_parameters
from nafta.pages.tables import PersonFile
from nafta.search.forms import PeopleForm
from rounds.models import Person, PersonQuerySet
from rounds.public.known_param import AsPublished, supports_known
from rounds.public.params import accepts
from rounds.public.tables import ItemFile
from rounds.public.timeline import merge_items, statement_items
from rounds.tabular.exports import FileTable, render_page_or_file

PAGE_SIZE = 200  # people
SORT_LIMIT = 2_000  # people; beyond it the page offers no order, which would count all statements
ORDERS = {
    "name": ("name", "pk"),
    "party": ("party__order", "name", "pk"),
    "statements": ("statement_count", "name", "pk"),
}
COUNT_LIMIT = 100  # statements of a person that are counted; beyond it the page says "100+"


@accepts(PeopleForm, files=True)
def person_list(request: HttpRequest) -> HttpResponse:
    """Everybody who made a published statement."""
    spoke = Person.objects.published().values("pk")
    people = Person.objects.filter(pk__in=spoke).select_related("party")
    form = PeopleForm(request.GET, columns=ORDERS)
    form.full_clean()
    party = form.cleaned_data.get("party")
    if party:
        people = people.filter(party=party)
    is_long = people.order_by("pk")[SORT_LIMIT : SORT_LIMIT + 1].exists()
    sort = "" if is_long else form.cleaned_data.get("sort", "")
    people = sort_people(people.annotate(statement_count=_statement_count()), sort)
    shown = form.turn_to(Paginator(people, PAGE_SIZE))
    later = str(shown.next_page_number()) if shown.has_next() else ""
    columns = [
        ("name", _("Name")),
        ("", _("Role")),
        ("party", _("Spoke for")),
        ("statements", _("Statements")),
    ]
    context = {
        "form": form,
        "errors": form.messages,
        "party": party,
        "page": shown,
        "people": [(person, _count_label(person.statement_count)) for person in shown],
        "columns": [("" if is_long else name, label, sort) for name, label in columns],
        "next_page": change_parameters(request.GET, page=later)[1:] if later else "",
    }

    def files() -> dict[str, FileTable]:
        return {"people": PersonFile(list(shown), caption=_("People"))}

    return render_page_or_file(
        request,
        "nafta/person_list.html",
        context,
        files=files,
        name=slugify(f"people {party.code if party else ''}"),
        status=200 if form.is_valid() else 400,
    )


def _count_label(count: int) -> str:
    return format_count(min(count, COUNT_LIMIT), count > COUNT_LIMIT)


def sort_people(people: PersonQuerySet, sort: str) -> PersonQuerySet:
    """People by name, by party or by statements; ``-name`` turns the order round."""
    ordered = people.order_by(*ORDERS[sort.removeprefix("-") or "name"])
    return ordered.reverse() if sort.startswith("-") else ordered


def _statement_count() -> RawSQL:
    """Count a person's published statements, to one more than ``COUNT_LIMIT`` at most."""
    return RawSQL(
        '(SELECT count(*) FROM (SELECT FROM "rounds_statement_speakers" AS link'
        ' JOIN "rounds_statement" AS said ON said.id = link.statement_id'
        """ WHERE link.person_id = "rounds_person".id AND said.state = 'published'"""
        " LIMIT %s) AS counted)",
        [COUNT_LIMIT + 1],
    )


@accepts(files=True)
@supports_known
def person_detail(request: HttpRequest, as_published: AsPublished, slug: str) -> HttpResponse:
    # one query says who is public: a key that only drafts name takes no longer than one of nobody
    person = get_object_or_404(Person.objects.published().select_related("party"), slug=slug)
    spoken = with_issues(person.statements.published().with_names())
    items = merge_items(statement_items(spoken.latest_first()[: PERSON_LIMIT + 1]))
    if not items:
        raise Http404("Nothing that this person said is published.")
    statements, has_older = items[:PERSON_LIMIT], len(items) > PERSON_LIMIT
    context = {
        "as_published": as_published,
        "person": person,
        "older": has_older,
        "often": format_count(len(statements), has_older),
        "tally": StatementTally(statements),
        "latest": statements[0],
        "groups": group_by_issue(Issue.objects.published(), statements),
    }

    def files() -> dict[str, FileTable]:
        return {"statements": ItemFile(statements, caption=_("What was said"))}

    return render_page_or_file(
        request, "nafta/person_detail.html", context, files=files, name=f"person-{slug}"
    )
