"""Who comes in at the desk, for how long, and what becomes of what they typed."""

import os
import re
import subprocess
import sys
import time
from functools import partial
from html import unescape
from ipaddress import ip_network
from types import SimpleNamespace
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.conf import settings as project
from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from nafta.admin_site.known_browsers import COOKIE
from nafta.admin_site.sessions import BEGAN, SEEN
from nafta.operations.limits.client_address import counted_address
from rounds.models import Statement
from tests.desk import address, desk_of, fields_of
from tests.races import at_once
from tests.world import create_editor

LOGIN, DESK, FACTOR = "/admin/login/", "/admin/", "/admin/second-factor/"
PASSWORD = "a river runs through it"
HERE, THERE = "203.0.113.7", "198.51.100.9"


@pytest.fixture
def editor(db: None) -> Any:
    return create_editor(password=PASSWORD)


def tried(name: str = "eve", password: str = PASSWORD, where: str = HERE, **more: Any) -> Any:
    """One try to log in, in a browser of its own."""
    fields = {"username": name, "password": password, "next": DESK, **more}
    return Client().post(LOGIN, fields, REMOTE_ADDR=where)


def logged_in(name: str = "eve") -> Client:
    client = Client()
    assert client.post(LOGIN, {"username": name, "password": PASSWORD}).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return bool(client.get(DESK).status_code == 200)


class TestThrottling:
    def test_five_bad_tries_lock_the_account_and_it_is_told_until_when(self, editor: Any) -> None:
        for number in range(4):
            assert tried(password="wrong", where=f"203.0.113.{number}").status_code == 200
        fifth = tried(password="wrong")
        for answer in (fifth, tried(), tried(where=THERE)):
            page = answer.content.decode()
            assert answer.status_code == 429
            assert "Five tries to log in were wrong" in page
            assert re.search(r"Try again at \d\d?:\d\d", page)
            assert 800 < int(answer["Retry-After"]) <= 900

    def test_five_bad_tries_lock_the_address_whatever_the_names(self, editor: Any) -> None:
        for number in range(5):
            answer = tried(name=f"nobody-{number}")
        assert answer.status_code == 429
        assert tried().status_code == 429
        assert tried(where=THERE).status_code == 302

    def test_five_bad_tries_lock_a_whole_network_of_ipv6(self, editor: Any) -> None:
        for number in range(5):
            answer = tried(name=f"nobody-{number}", where=f"2001:db8:1:2:{number}::{number}")
        assert answer.status_code == 429
        assert tried(where="2001:db8:1:2:9::9").status_code == 429
        assert tried(where="2001:db8:1:3::1").status_code == 302

    def test_a_try_while_locked_does_not_prolong_it(self, editor: Any) -> None:
        for _number in range(5):
            first = tried(password="wrong")
        assert int(tried()["Retry-After"]) <= int(first["Retry-After"])

    def test_who_is_logged_in_stays_so_and_can_be_unlocked(self, editor: Any) -> None:
        inside = logged_in()
        for _number in range(5):
            tried(password="wrong")
        assert is_in(inside)
        call_command("axes_reset_username", "eve", verbosity=0)
        assert tried().status_code == 302

    def test_in_the_office_each_account_counts_by_itself(self, editor: Any, settings: Any) -> None:
        settings.OFFICE_ADDRESSES = [ip_network("203.0.113.0/24")]
        for number in range(6):
            assert tried(name=f"nobody-{number}").status_code == 200
            tried(password="wrong", where=THERE)
        assert tried(where=THERE).status_code == 429
        assert tried().status_code == 302
        for _number in range(5):
            tried(password="wrong")
        assert tried().status_code == 429

    def test_an_office_may_have_addresses_of_ipv6(self, editor: Any, settings: Any) -> None:
        settings.OFFICE_ADDRESSES = [ip_network("2001:db8::5"), ip_network("192.0.2.0/24")]
        for number in range(6):
            answer = tried(name=f"nobody-{number}", where=f"2001:db8::{number}")
            assert answer.status_code == 200
        assert tried(where="2001:db8::5").status_code == 302

    @pytest.mark.parametrize(
        ("proxies", "told", "seen"),
        [
            (0, THERE, HERE),
            (1, THERE, THERE),
            (1, f"192.0.2.1, {THERE}", THERE),
            (2, f"192.0.2.1, {THERE}, 192.0.2.2", THERE),
            (1, "no address", HERE),
            (1, "", HERE),
        ],
    )
    def test_a_forged_address_is_not_believed(
        self, settings: Any, proxies: int, told: str, seen: str
    ) -> None:
        settings.PROXIES = proxies
        request: HttpRequest = RequestFactory().get(
            "/", REMOTE_ADDR=HERE, HTTP_X_FORWARDED_FOR=told
        )
        assert counted_address(request) == seen

    def test_who_logged_in_from_this_browser_before_is_not_locked_out_by_others(
        self, editor: Any
    ) -> None:
        mine = logged_in()
        mine.post("/admin/logout/")
        for _number in range(5):
            tried(password="wrong")
            tried(password="wrong", where=THERE)
        assert tried().status_code == 429
        fields = {"username": "eve", "password": PASSWORD}
        assert mine.post(LOGIN, fields, REMOTE_ADDR=HERE).status_code == 302

    def test_a_known_browser_has_no_more_tries_than_another(self, editor: Any) -> None:
        thief = logged_in()
        thief.post("/admin/logout/")
        for _number in range(5):
            locked = thief.post(LOGIN, {"username": "eve", "password": "wrong"})
        assert locked.status_code == 429
        assert thief.post(LOGIN, {"username": "eve", "password": PASSWORD}).status_code == 429

    def test_it_is_known_for_one_account_and_by_our_signature(self, editor: Any) -> None:
        create_editor(username="bea", password=PASSWORD)
        mine, forged = logged_in("bea"), Client()
        mine.post("/admin/logout/")
        forged.cookies[COOKIE] = mine.cookies[COOKIE].value.replace(":", "0:", 1)
        for _number in range(5):
            tried(password="wrong")
            tried(name="bea", password="wrong", where=THERE)
        assert mine.post(LOGIN, {"username": "eve", "password": PASSWORD}).status_code == 429
        assert forged.post(LOGIN, {"username": "bea", "password": PASSWORD}).status_code == 429
        assert mine.post(LOGIN, {"username": "bea", "password": PASSWORD}).status_code == 302


@pytest.fixture
def looked_at(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passwords that were compared with that of an account, whoever it is."""
    passwords: list[str] = []
    compare = ModelBackend.authenticate

    def authenticate(self: ModelBackend, request: Any, **fields: Any) -> Any:
        passwords.append(fields["password"])
        return compare(self, request, **fields)

    monkeypatch.setattr(ModelBackend, "authenticate", authenticate)
    create_editor(password=PASSWORD)
    return passwords


class TestTriesAtOnce:
    """Each in a thread with a database connection of its own, all begun at the same moment."""

    def test_no_more_passwords_for_a_name_are_looked_at_than_the_limit(
        self, looked_at: list[str]
    ) -> None:
        tries = [
            partial(tried, password=f"wrong {number}", where=f"203.0.113.{number}")
            for number in range(16)
        ]
        answers = [answer.status_code for answer in at_once(*tries)]
        assert len(looked_at) == project.AXES_FAILURE_LIMIT
        assert answers.count(429) >= 16 - project.AXES_FAILURE_LIMIT
        assert tried().status_code == 429

    def test_nor_from_an_address_whatever_the_names(self, looked_at: list[str]) -> None:
        tries = [partial(tried, name=f"nobody-{number}") for number in range(16)]
        at_once(*tries)
        assert len(looked_at) == project.AXES_FAILURE_LIMIT

    def test_nor_from_a_known_browser(self, looked_at: list[str]) -> None:
        cookies = logged_in().cookies
        looked_at.clear()

        def sent() -> Any:
            thief = Client()
            thief.cookies[COOKIE] = cookies[COOKIE].value
            return thief.post(LOGIN, {"username": "eve", "password": "wrong"})

        at_once(*[sent] * 16)
        assert len(looked_at) == project.AXES_FAILURE_LIMIT

    def test_right_passwords_are_not_counted(self, looked_at: list[str]) -> None:
        for _number in range(project.AXES_FAILURE_LIMIT + 1):
            assert tried().status_code == 302
        assert not AccessAttempt.objects.exists()


class TestSessions:
    def test_a_session_stolen_from_who_logged_out_is_dead(self, editor: Any) -> None:
        client, thief = logged_in(), Client()
        thief.cookies.update(client.cookies)
        assert is_in(thief)
        client.post("/admin/logout/")
        assert not is_in(thief)
        assert not Session.objects.exists()

    def test_a_new_password_ends_every_other_session(self, editor: Any) -> None:
        client, other = logged_in(), logged_in()
        new = "another river altogether"
        fields = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
        assert client.post("/admin/password_change/", fields).status_code == 302
        assert is_in(client)
        assert not is_in(other)

    @pytest.mark.parametrize(
        ("mark", "limit"), [(BEGAN, "SESSION_COOKIE_AGE"), (SEEN, "SESSION_IDLE")]
    )
    def test_it_ends_by_itself(self, editor: Any, mark: str, limit: str) -> None:
        client = logged_in()
        for left, stays in ((30, True), (0, False)):
            assert is_in(client)
            session = client.session
            session[mark] = int(time.time()) - getattr(project, limit) + left
            session.save()
            assert is_in(client) is stays

    def test_an_open_page_with_nobody_at_it_keeps_no_session(self, editor: Any) -> None:
        client = logged_in()
        assert is_in(client)
        session = client.session
        before = session[SEEN] = int(time.time()) - 600
        session.save()
        client.post("/admin/presence/", {"place": "somewhere"})
        assert client.session[SEEN] == before
        assert is_in(client)
        assert client.session[SEEN] > before

    def test_nothing_typed_is_lost_when_it_ends_meanwhile(
        self, editor: Any, world: SimpleNamespace
    ) -> None:
        client = logged_in()
        draft = Statement.objects.filter(state="draft").first()
        assert draft
        page = address(Statement, draft)
        fields = fields_of(client, page) | {"summary": "Typed\nfor an <hour>.", "_save": "Save"}
        client.post("/admin/logout/")
        ended = client.post(page, fields)
        assert ended.status_code == 403
        assert "What you typed is kept in this page" in ended.content.decode()
        again = client.post(LOGIN, hidden_in(ended) | {"username": "eve", "password": "wrong"})
        back = client.post(LOGIN, hidden_in(again) | {"username": "eve", "password": PASSWORD})
        assert f'action="{page}"' in back.content.decode()
        draft.refresh_from_db()
        assert "Typed" not in draft.summary
        assert client.post(page, hidden_in(back)).status_code == 302
        draft.refresh_from_db()
        assert draft.summary == "Typed\nfor an <hour>."


def hidden_in(response: Any) -> dict[str, list[str]]:
    """The hidden fields of a page as a browser would send them."""
    found: dict[str, list[str]] = {}
    for tag in re.findall(r'<input type="hidden"[^>]*>', response.content.decode()):
        name = unescape(re.search(r' name="([^"]*)"', tag)[1])  # type: ignore[index]
        value = unescape(re.search(r' value="([^"]*)"', tag)[1])  # type: ignore[index]
        found.setdefault(name, []).append(value)
    found.pop("csrfmiddlewaretoken", None)
    return found


class TestSecondFactor:
    @pytest.fixture(autouse=True)
    def _required(self, settings: Any, editor: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        settings.SECOND_FACTOR = True
        now = time.time()
        monkeypatch.setattr(time, "time", lambda: now)  # no code runs out while a test uses it

    def enrolled(self) -> tuple[Client, list[str]]:
        """A browser in which the app was set up, and the backup codes."""
        client = logged_in()
        page = client.get(FACTOR).content.decode()
        assert 'class="qr"' in page
        done = client.post(FACTOR, {"code": code_of(client.session["app-key"]), "next": DESK})
        codes = re.findall(r"<li><code>(\w+)</code></li>", done.content.decode())
        assert len(set(codes)) == 10
        return client, codes

    def test_the_password_alone_opens_nothing(self, world: SimpleNamespace) -> None:
        client = logged_in()
        assert not is_in(client)
        answer = client.get("/admin/rounds/statement/", follow=True)
        assert answer.redirect_chain[-1][0] == f"{FACTOR}?next=%2Fadmin%2Frounds%2Fstatement%2F"
        posted = client.post(address(Statement, world.said), {"summary": "Sneaked in"})
        assert posted.status_code == 200
        assert "authenticator app" in posted.content.decode()
        world.said.refresh_from_db()
        assert world.said.summary != "Sneaked in"

    def test_an_app_is_set_up_and_asked_for_from_then_on(self) -> None:
        client, _codes = self.enrolled()
        assert is_in(client)
        device = TOTPDevice.objects.get()
        later = logged_in()
        assert not is_in(later)
        assert 'class="qr"' not in later.get(FACTOR).content.decode()
        used = later.post(FACTOR, {"code": code_of(device.key)})
        assert "used before" in used.content.decode()
        TOTPDevice.objects.update(last_t=-1, throttling_failure_timestamp=None)
        there = later.post(FACTOR, {"code": code_of(device.key), "next": "//evil.example/"})
        assert (there.status_code, there["Location"]) == (302, DESK)
        assert is_in(later)

    def test_a_backup_code_lets_in_once(self) -> None:
        _client, codes = self.enrolled()
        for stays in (True, False):
            client = logged_in()
            client.post(FACTOR, {"code": f" {codes[0].upper()} "})
            assert is_in(client) is stays
        assert StaticToken.objects.count() == 9

    def test_wrong_codes_make_wait(self) -> None:
        self.enrolled()
        client = logged_in()
        TOTPDevice.objects.update(last_t=-1, throttling_failure_count=9)
        assert "Too many" in client.post(FACTOR, {"code": "000000"}).content.decode()
        right = code_of(TOTPDevice.objects.get().key)
        client.post(FACTOR, {"code": right})
        assert not is_in(client)

    def test_another_phone_and_new_codes_need_a_code(self) -> None:
        client, codes = self.enrolled()
        client.post(FACTOR, {"code": "000000", "phone": "1"})
        assert TOTPDevice.objects.exists()
        renewed = client.post(FACTOR, {"code": codes[0], "codes": "1"}).content.decode()
        fresh = re.findall(r"<li><code>(\w+)</code></li>", renewed)
        assert not set(fresh) & set(codes)
        client.post(FACTOR, {"code": fresh[0], "phone": "1"})
        assert not TOTPDevice.objects.exists()
        assert not is_in(client)
        assert 'class="qr"' in client.get(FACTOR).content.decode()

    def test_what_was_typed_comes_through_it_too(self, world: SimpleNamespace) -> None:
        client = Client()
        page = address(Statement, world.said)
        ended = client.post(page, {"summary": "Typed for an hour"})
        asked = client.post(LOGIN, hidden_in(ended) | {"username": "eve", "password": PASSWORD})
        code = {"code": code_of(client.session["app-key"])}
        codes = client.post(FACTOR, hidden_in(asked) | code)
        assert "Backup codes" in codes.content.decode()
        back = client.post(FACTOR, hidden_in(codes))
        assert hidden_in(back)["summary"] == ["Typed for an hour"]


def code_of(key: str) -> str:
    """What an app shows now."""
    app = TOTP(bytes.fromhex(key))
    app.time = time.time()
    return f"{app.token():06}"


class TestBounds:
    def test_a_value_that_no_column_holds_is_told_in_words(
        self, admin_client: Client, world: SimpleNamespace
    ) -> None:
        for query in ("state__exact=%00", "issues__id__exact=%00", "q=%00", "id__in=x,%00"):
            answer = admin_client.get(f"{address(Statement)}?{query}")
            assert answer.status_code in {200, 302, 400}, query
        nul = admin_client.get(f"{address(Statement)}?state__exact=%00")
        assert nul.status_code == 400
        assert "not what belongs there" in nul.content.decode()

    def test_a_body_that_is_too_large_is_not_read(self, client: Client, db: None) -> None:
        answer = client.post("/admin/login/", {"username": "x" * (project.BODY_MAX_BYTES + 1)})
        assert answer.status_code == 413
        assert "larger than this site takes" in answer.content.decode()

    def test_a_fault_of_ours_is_not_laid_on_the_asker(
        self, client: Client, world: SimpleNamespace, monkeypatch: Any
    ) -> None:
        client.raise_request_exception = False

        def broken(*args: Any, **kwargs: Any) -> None:
            raise ValueError

        monkeypatch.setattr("nafta.pages.about.render", broken)
        assert client.get("/about/").status_code == 500


STRONG = "x7_Qm2vLr9TzKp4WcYb8NdHs6JgFe3AuXo5ViCt1RqMlPkZwBnDh"


def started(**given: str) -> "subprocess.CompletedProcess[str]":
    """What a web process says that is started with these variables alone."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", "import nafta.wsgi"],
        check=False,
        cwd=project.BASE_DIR,
        env=kept | {"DJANGO_SETTINGS_MODULE": "nafta.settings"} | given,
        capture_output=True,
        text=True,
    )


@pytest.mark.slow
def test_what_is_missing_is_told_at_once() -> None:
    said = started().stderr
    assert all(f"- {name} is not set" in said for name in ("DATABASE_URL", "SECRET_KEY"))
    assert "- ALLOWED_HOSTS is not set" in said
    weak = started(SECRET_KEY="short", DATABASE_URL="postgresql:///x", ALLOWED_HOSTS="x").stderr
    assert "SECRET_KEY is weak" in weak
    assert "short" not in weak


@pytest.mark.slow
def test_production_is_let_pass_by_every_check() -> None:
    given = {"SECRET_KEY": STRONG, "DATABASE_URL": "postgresql:///x", "ALLOWED_HOSTS": "x.example"}
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        check=False,
        cwd=project.BASE_DIR,
        env={"PATH": os.environ["PATH"]} | given | {"PROXIES": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


POLICIES = ("Content-Security-Policy", "Permissions-Policy", "Referrer-Policy")


def test_every_answer_carries_the_policies(
    client: Client, world: SimpleNamespace, settings: Any
) -> None:
    settings.KEEP_PAGES = True
    for path in ("/", "/", "/nothing/", "/api/v1/nothing", "/admin/login/", "/data/record.zip"):
        answer = client.get(path)
        assert all(name in answer.headers for name in POLICIES), path
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
        assert "unsafe" not in answer["Content-Security-Policy"]
    embed = client.get("/embed/matrix/")
    assert "frame-ancestors *" in embed["Content-Security-Policy"]
    assert "X-Frame-Options" not in embed.headers
    assert client.get("/")["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("elsewhere", ["//evil.example/", "https://evil.example/admin/", ""])
def test_a_login_leads_nowhere_but_to_this_site(editor: Any, elsewhere: str) -> None:
    assert tried(next=elsewhere)["Location"] == "/admin/"


def test_nobody_else_logs_in_as_who_is_not_staff(editor: Any) -> None:
    editor.is_staff = False
    editor.save()
    assert not is_in(desk_of(editor))
