"""Sessions of editors: when a login ends, and forms that are sent after it has ended."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse

BEGAN, SEEN = "began", "seen"  # keys of the session: when a login began, when it was last used
SEEN_SECONDS = 60  # within which the time of the last use is not stored again
UNATTENDED = "/presence/"  # requested by an open page by itself, with nobody at it


class SessionLimitsMiddleware:
    """Ends a login after ``SESSION_HOURS``, and when nobody has used it for a while."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.COOKIES.get(settings.SESSION_COOKIE_NAME) and "/admin/" in request.path_info:
            self._end_if_expired(request, int(time.time()))
        return self.get_response(request)

    def _end_if_expired(self, request: HttpRequest, now: int) -> None:
        session = request.session
        if SESSION_KEY not in session:
            return
        began, seen = session.setdefault(BEGAN, now), session.setdefault(SEEN, now)
        if now - began >= settings.SESSION_COOKIE_AGE or now - seen >= settings.SESSION_IDLE:
            logout(request)
        elif now - seen >= SEEN_SECONDS and not request.path_info.endswith(UNATTENDED):
            session[SEEN] = now


class ResubmittedForm:
    """The fields of a form that was sent after its login had ended.

    The pages of the login carry them along in hidden inputs; nothing of it is stored.
    """

    PREFIX = "typed-"  # of the hidden inputs
    LEFT_OUT = ("csrfmiddlewaretoken",)

    def __init__(self, fields: list[tuple[str, str]], files: bool) -> None:
        self.fields = fields
        self.files = files  # whether it had files, which no page can hand back

    def __bool__(self) -> bool:
        return bool(self.fields)

    def named(self) -> list[tuple[str, str]]:
        """The fields under the names of the hidden inputs."""
        return [(f"{self.PREFIX}{name}", value) for name, value in self.fields]

    @classmethod
    def from_form(cls, request: HttpRequest) -> "ResubmittedForm":
        """What ``request`` has sent from the form itself."""
        fields = [
            (name, value)
            for name, values in request.POST.lists()
            for value in values
            if name not in cls.LEFT_OUT
        ]
        return cls(fields, bool(request.FILES))

    @classmethod
    def from_login(cls, request: HttpRequest) -> "ResubmittedForm":
        """What ``request`` carries along from a page of the login."""
        fields = [
            (name.removeprefix(cls.PREFIX), value)
            for name, values in request.POST.lists()
            for value in values
            if name.startswith(cls.PREFIX)
        ]
        return cls(fields, "files" in request.POST)
