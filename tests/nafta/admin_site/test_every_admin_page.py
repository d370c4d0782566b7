"""Every page of the admin, opened and posted outside any transaction but its own, as on a server.

The pages are those that the admin's addresses and its registry name, so that a new one is among
them. What a test's own transaction would hide shows here: a lock that no transaction holds.
"""

import itertools
import os
import re
from collections import Counter
from collections.abc import Iterator
from http.cookies import SimpleCookie
from types import SimpleNamespace
from typing import Any

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib import admin
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, reverse
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from nafta.admin_site.dashboard import WAITING_LISTS
from rounds.models import Person, Publishable, State, Statement, Suggestion
from tests import stored
from tests.desk import address, change, desk_of, fields_in, ticked
from tests.issues.desk.test_desk import row, said
from tests.world import create_contributor, create_editor, create_outcome, days

pytestmark = pytest.mark.slow

# how many pages somebody sees at least
LET_IN = {"superuser": 180, "editor": 130, "contributor": 60, "staff": 2, "anonymous": 0}
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
OTHER_FORMS = (b'type="date"', b'type="time"', b'type="datetime-local"', b"vTimeField")
TYPED = {
    "post": "yes",
    "correction": "It was misheard.",
    "when_0": "2099-05-01",
    "when_1": "06:00",
}
AT_THE_DESK = row("q", 0, source="gazette: the first") | said(issues="fish", speakers="alder")
WRITTEN = {"draft", "import", "publish", "schedule"}  # by an editor who needs no second one


@pytest.fixture
def world(transactional_db: None, settings: Any) -> SimpleNamespace:
    """The river talks, a row of everything else that the admin lists, and a suggestion."""
    if not stored.may_skip_triggers():
        pytest.skip("Only a superuser of the database can undo a page's work fast enough.")
    world = stored.world()
    gists = {"arden": "Counts its own", "brume": "Opens its weirs"}
    create_outcome(issue=world.water, dates=days("2010-03-07"), gists=gists)
    world.superuser = User.objects.create_superuser("sue")
    user = create_editor(username="ann")
    tried = {"username": "ann", "ip_address": "203.0.113.9", "path_info": "/admin/login/"}
    AccessAttempt.objects.create(failures_since_start=1, **tried)
    AccessLog.objects.create(**tried)
    AccessFailureLog.objects.create(**tried)
    StaticDevice.objects.create(user=user, name="codes")
    TOTPDevice.objects.create(user=user, name="app")
    settings.SECOND_EDITOR = True
    change(desk_of(user), world.said, _suggest="1", summary="A third.", **TYPED)
    assert Suggestion.objects.exists()
    return world


def visitor(role: str, world: SimpleNamespace) -> Client:
    """A browser that brings a fault of the site back as an answer, as a server does."""
    client = Client(raise_request_exception=False)
    if role == "superuser":
        client.force_login(world.superuser)
    elif role == "staff":
        client.force_login(User.objects.create_user("sam", is_staff=True))
    elif role in ("editor", "contributor"):
        client.force_login(create_editor() if role == "editor" else create_contributor())
    return client


def routes(patterns: Any, before: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, before + str(pattern.pattern))
        else:
            assert isinstance(pattern, URLPattern)
            yield before + str(pattern.pattern)


def records(model: Any) -> list[Any]:
    """One that readers see and one that they do not, where there are such."""
    rows = model._default_manager.order_by("pk")
    if not issubclass(model, Publishable):
        return [rows.first()]
    return [rows.filter(state=State.PUBLISHED).first(), rows.exclude(state=State.PUBLISHED).first()]


def models_by_route() -> dict[str, Any]:
    return {f"{model._meta.app_label}/{model._meta.model_name}/": model for model in _registered()}


def _registered() -> list[Any]:
    return list(admin.site._registry)


def paths() -> Iterator[str]:
    """The addresses of all pages. Raises for a part of an address that is unknown here."""
    statement = Statement.objects.published().order_by("pk")[0]
    kind = ContentType.objects.get_for_model(Statement).pk
    apps = sorted({model._meta.app_label for model in _registered()})
    known: dict[str, list[Any]] = {
        "key": [matter.key for matter in WAITING_LISTS],
        "content_type_id": [kind],
        "number": [1],
        "app_label": apps,
        "url": ["no-such-page/"],
    }
    front = reverse("admin:index")
    for route in routes(admin.site.get_urls()):
        model = models_by_route().get("/".join(route.split("/")[:2]) + "/")
        rows = [row.pk for row in records(model)] if model else [statement.pk]
        of_route = known | dict.fromkeys(("object_id", "pk", "id"), rows)
        plain = re.sub(r"^\^?|\$$", "", re.sub(r"\(\?P(<\w+>)[^)]*\)", r"\1", route))
        names = PARAMETER.findall(plain)
        for values in itertools.product(*(of_route[name] for name in names)):
            filled = iter(values)
            yield front + PARAMETER.sub(lambda _part: str(next(filled)), plain)  # noqa: B023
    for suggestion in Suggestion.objects.all():
        record = suggestion.content_type.get_object_for_this_type(pk=suggestion.object_id)
        yield f"{address(type(record), record)}?suggestion={suggestion.pk}"


def forms(path: str, page: Any) -> Iterator[dict[str, Any]]:
    """What to post to ``path``: its own form as shown, also as a suggestion; else a guess."""
    html = page.status_code == 200 and page["Content-Type"].startswith("text/html")
    shown = fields_in(page) if html else {}
    if "file" in shown:
        rows = b"slug,name\nnobody,No Body\n" if "/person/" in path else b"slug\nnobody\n"
        shown["file"] = SimpleUploadedFile("rows.csv", rows)
    if path.endswith("/desk/"):
        typed = shown | AT_THE_DESK | outcome_of_first_issue(shown) | TYPED
        for action in ("draft", "publish"):
            yield typed | {"action": action}
        return
    yield shown | TYPED
    if "opened" in shown and path.endswith("/change/"):
        yield shown | TYPED | {"_suggest": "1"}


def outcome_of_first_issue(shown: dict[str, Any]) -> dict[str, str]:
    """An outcome typed into the desk for the first issue that it offers, if it offers any."""
    lines = [name for name in shown if re.fullmatch(r"end-\d+-line", name) and not shown[name]]
    if not lines:
        return {}
    prefix = lines[0].removesuffix("line")
    gists = [name for name in shown if name.startswith(f"{prefix}gist_")]
    typed = {f"{prefix}kind": "kept", f"{prefix}line": "As it was"}
    return typed | dict.fromkeys(gists, "Takes it")


def confirmation(path: str, form: dict[str, Any], page: Any) -> tuple[str, dict[str, Any]] | None:
    """Where to post a preview of the desk or of an import to have it stored, and what."""
    if page.status_code != 200 or not path.endswith(("/desk/", "/import/")):
        return None
    shown = fields_in(page)
    if "sheet" in shown:
        return path.replace("/import/", "/process_import/"), shown | TYPED
    return (path, form | {"previewed": shown["previewed"]}) if "previewed" in shown else None


def actions(user: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each list with each of its actions on one of its rows."""
    request = RequestFactory().get("/")
    request.user = user
    for model, pages in admin.site._registry.items():
        chosen = {"_selected_action": [row.pk for row in records(model)]}
        if issubclass(model, Publishable):
            chosen = ticked(records(model))
        for action in pages.get_actions(request):
            for typed in ({}, TYPED):
                yield address(model), {"action": action, **chosen, **typed}


EVERY = list(itertools.product(LET_IN, (False, True)))
EACH = [
    ("superuser", False),
    ("editor", True),
    ("contributor", False),
    ("staff", True),
    ("anonymous", False),
]


class Sweep:
    """The answers to one visitor, and what was stored and undone again."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.cookies = {name: one.value for name, one in client.cookies.items()}
        self.rows = stored.all_rows()
        self.answers: Counter[tuple[str, int]] = Counter()
        self.faults: list[str] = []
        self.written: set[str] = set()

    def get(self, path: str) -> Any:
        page = self.client.get(path)
        self._note("GET", path, page)
        if "/preview/" not in path and any(mark in page.content for mark in OTHER_FORMS):
            self.faults.append(f"GET {path}: a day or time in another form than everywhere else")
        return page

    def post(self, path: str, form: dict[str, Any]) -> Any:
        """Post a form; what it stored is undone for the next page."""
        answer = self.client.post(path, form)
        self._note("POST", path, answer)
        if answer.status_code == 302:
            self.written.update(written_by(path, form, answer))
        if answer.status_code == 302 or answer.cookies:
            stored.lay_back(self.rows)
            self.client.cookies = SimpleCookie(self.cookies)
        return answer

    def _note(self, method: str, path: str, answer: Any) -> None:
        self.answers[method, answer.status_code] += 1
        if answer.status_code >= 500:
            self.faults.append(f"{method} {path}: {answer.status_code}")


def written_by(path: str, form: dict[str, Any], answer: Any) -> Iterator[str]:
    """Which of ``WRITTEN`` was stored by a post."""
    if answer["Location"].endswith("#stored"):
        yield form["action"]
    if form.get("action") == "schedule" and Statement.objects.scheduled().exists():
        yield "schedule"
    if path.endswith("/process_import/") and Person.objects.filter(slug="nobody").exists():
        yield "import"


@pytest.mark.parametrize(("role", "second"), EVERY if os.environ.get("SWEEP") == "all" else EACH)
def test_every_page_answers(
    world: SimpleNamespace,
    settings: Any,
    role: str,
    second: bool,
) -> None:
    """All forms and actions for a superuser, every third for others; ``SWEEP=all``: all."""
    settings.SECOND_EDITOR = second
    sweep = Sweep(visitor(role, world))
    apart = 1 if role == "superuser" or os.environ.get("SWEEP") == "all" else 3
    for number, path in enumerate(paths()):
        page = sweep.get(path)
        for form in forms(path, page) if number % apart == 0 else ():
            preview = sweep.post(path, form)
            if confirmed := confirmation(path, form, preview):
                sweep.post(*confirmed)
    for number, (path, form) in enumerate(actions(world.superuser)):
        if number % apart == 0:
            sweep.post(path, form)
    print(f"{role}, second editor {second}: {sorted(sweep.answers.items())}")
    assert not sweep.faults, "\n".join(sweep.faults)
    assert sweep.answers["GET", 200] > LET_IN[role]  # or it was a sweep of the login page
    if apart == 1 and role in ("superuser", "editor") and not second:
        assert sweep.written == WRITTEN
