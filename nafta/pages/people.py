"""The people who spoke: all of them, and the page of each."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models.expressions import RawSQL
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.text import slugify
from django.utils.translation import gettext as _

from issues.analysis import by_speaker
from issues.models import Issue, with_issues
from nafta.pages.active_filters import changed
from nafta.pages.search import told
from nafta.pages.tables import PersonFile
from nafta.search.forms import PeopleForm
from rounds.models import Person
from rounds.public.known_param import two_clocks
from rounds.public.tables import ItemFile
from rounds.public.timeline import merged, statement_items
from rounds.tabular.exports import FileTable, page

PEOPLE = 200  # on a page
SORTED = 2_000  # people at most who can be put in any order: no page counts what more said
SAID = 100  # of a person, counted at most


# --- people ---


def person_list(request: HttpRequest) -> HttpResponse:
    """Everybody of whom readers can see that they spoke."""
    spoke = Person.objects.published().values("pk")
    people = Person.objects.filter(pk__in=spoke).select_related("party")
    form = PeopleForm(request.GET)
    error = form.errors.get("party")
    party = form.cleaned_data.get("party")
    if party:
        people = people.filter(party=party)
    is_long = people.order_by("pk")[SORTED : SORTED + 1].exists()
    sort = "" if is_long else form.cleaned_data.get("sort", "")
    people = in_order(people.annotate(said=_said()), sort)
    shown = Paginator(people, PEOPLE).get_page(form["page"].value())
    later = str(shown.next_page_number()) if shown.has_next() else ""
    columns = [
        ("name", _("Name")),
        ("", _("Role")),
        ("party", _("Spoke for")),
        ("statements", _("Statements")),
    ]
    context = {
        "form": form,
        "party": party,
        "page": shown,
        "people": [(one, told(min(one.said, SAID), one.said > SAID)) for one in shown],
        "columns": [("" if is_long else name, label, sort) for name, label in columns],
        "next_page": changed(request.GET, page=later)[1:] if later else "",
    }

    def files() -> dict[str, FileTable]:
        return {"people": PersonFile(list(shown), caption=_("People"))}

    return page(
        request,
        "nafta/person_list.html",
        context,
        files=files,
        name=slugify(f"people {party.code if party else ''}"),
        status=400 if error else 200,
    )


def in_order(people: Any, sort: str) -> Any:
    """People by name, by party or by statements; ``-name`` turns the order round."""
    fields = {"party": ("party__order", "name", "pk"), "statements": ("said", "name", "pk")}
    ordered = people.order_by(*fields.get(sort.removeprefix("-"), ("name", "pk")))
    return ordered.reverse() if sort.startswith("-") else ordered


def _said() -> RawSQL:
    """How many published statements a person made, counted up to a number."""
    return RawSQL(
        "(SELECT count(*) FROM (SELECT FROM rounds_statement_speakers AS link"
        " JOIN rounds_statement AS said ON said.id = link.statement_id"
        " WHERE link.person_id = rounds_person.id AND said.state = 'published'"
        " LIMIT %s) AS counted)",
        [SAID + 1],
    )


@two_clocks
def person_detail(request: HttpRequest, slug: str) -> HttpResponse:
    person = get_object_or_404(Person.objects.select_related("party"), slug=slug)
    spoken = with_issues(person.statements.published().with_names())
    found = merged(statement_items(spoken.latest_first()[: by_speaker.TOLD + 1]))
    if not found:
        raise Http404("Nothing that this person said is published.")
    statements, older = found[: by_speaker.TOLD], found[by_speaker.TOLD :]
    context = {
        "person": person,
        "older": bool(older),
        "often": by_speaker.counted(len(statements), bool(older)),
        "tally": by_speaker.Tally(statements),
        "latest": statements[0],
        "groups": by_speaker.by_issue(Issue.objects.published(), statements),
    }

    def files() -> dict[str, FileTable]:
        return {"statements": ItemFile(statements, caption=_("What was said"))}

    return page(request, "nafta/person_detail.html", context, files=files, name=f"person-{slug}")
