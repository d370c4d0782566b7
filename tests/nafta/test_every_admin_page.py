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

from nafta.dashboard import MATTERS
from rounds.models import Publishable, State, Statement, Suggestion
from tests import stored
from tests.desk import address, change, desk_of, fields_in, ticked
from tests.world import create_contributor, create_editor

# how many pages somebody sees at least
LET_IN = {"superuser": 180, "editor": 130, "contributor": 60, "staff": 2, "anonymous": 0}
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
OTHER_FORMS = (b'type="date"', b'type="time"', b'type="datetime-local"', b"vTimeField")
TYPED = {"post": "yes", "correction": "It was misheard."}


@pytest.fixture
def world(transactional_db: None, settings: Any) -> SimpleNamespace:
    """The river talks, a row of everything else that the admin lists, and a suggestion."""
    if not stored.may_skip_triggers():
        pytest.skip("Only a superuser of the database can undo a page's work fast enough.")
    world = stored.world()
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
        "key": [matter.key for matter in MATTERS],
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
        shown["file"] = SimpleUploadedFile("rows.csv", b"slug\nnobody\n")
    yield shown | TYPED
    if "opened" in shown and path.endswith("/change/"):
        yield shown | TYPED | {"_suggest": "1"}


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
EACH = [(role, role in ("editor", "contributor", "staff")) for role in LET_IN]


@pytest.mark.parametrize(("role", "second"), EVERY if os.environ.get("SWEEP") == "all" else EACH)
def test_every_page_answers(
    world: SimpleNamespace,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    role: str,
    second: bool,
) -> None:
    monkeypatch.setattr("django.test.client.store_rendered_templates", lambda *_all, **_names: None)
    settings.SECOND_EDITOR = second
    client = visitor(role, world)
    rows, cookies = stored.all_rows(), {name: one.value for name, one in client.cookies.items()}
    answers: Counter[tuple[str, int]] = Counter()
    faults = []

    def note(method: str, path: str, answer: Any) -> None:
        answers[method, answer.status_code] += 1
        if answer.status_code >= 500:
            faults.append(f"{method} {path}: {answer.status_code}")

    def post(path: str, form: dict[str, Any]) -> None:
        answer = client.post(path, form)
        note("POST", path, answer)
        if answer.status_code == 302 or answer.cookies:  # undone for the next page
            stored.lay_back(rows)
            client.cookies = SimpleCookie(cookies)

    for path in paths():
        page = client.get(path)
        note("GET", path, page)
        if "/preview/" not in path and any(mark in page.content for mark in OTHER_FORMS):
            faults.append(f"GET {path}: a day or time in another form than everywhere else")
        for form in forms(path, page):
            post(path, form)
    for path, form in actions(world.superuser):
        post(path, form)
    print(f"{role}, second editor {second}: {sorted(answers.items())}")
    assert not faults, "\n".join(faults)
    assert answers["GET", 200] > LET_IN[role]  # or it was a sweep of the login page
