"""How long a login lasts, and how what was typed outlives it."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse

BEGAN, SEEN = "began", "seen"  # of a login: when it began, and when it was last used
MINUTE = 60  # seconds within which the second is not stored again
UNATTENDED = "/presence/"  # what an open page asks by itself, with nobody at it


class SessionLimits:
    """Ends a login after ``SESSION_HOURS``, and when nobody has used it for a while."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.COOKIES.get(settings.SESSION_COOKIE_NAME) and "/admin/" in request.path_info:
            self._look(request, int(time.time()))
        return self.get_response(request)

    def _look(self, request: HttpRequest, now: int) -> None:
        session = request.session
        if SESSION_KEY not in session:
            return
        began, seen = session.setdefault(BEGAN, now), session.setdefault(SEEN, now)
        if now - began >= settings.SESSION_COOKIE_AGE or now - seen >= settings.SESSION_IDLE:
            logout(request)
        elif now - seen >= MINUTE and not request.path_info.endswith(UNATTENDED):
            session[SEEN] = now


class Typed:
    """What was typed into a form that was sent after its login had ended.

    The pages on the way back in carry it along, under names of its own; nothing of it is stored.
    """

    PREFIX = "typed-"
    ASIDE = ("csrfmiddlewaretoken",)

    def __init__(self, fields: list[tuple[str, str]], files: bool) -> None:
        self.fields = fields
        self.files = files  # which no page can hand back

    def __bool__(self) -> bool:
        return bool(self.fields)

    def named(self) -> list[tuple[str, str]]:
        """The fields under the names by which they are carried along."""
        return [(f"{self.PREFIX}{name}", value) for name, value in self.fields]

    @classmethod
    def sent(cls, request: HttpRequest) -> "Typed":
        """What a form has just sent."""
        fields = [
            (name, value)
            for name, values in request.POST.lists()
            for value in values
            if name not in cls.ASIDE
        ]
        return cls(fields, bool(request.FILES))

    @classmethod
    def carried(cls, request: HttpRequest) -> "Typed":
        """What the login, or the page after it, has carried along."""
        fields = [
            (name.removeprefix(cls.PREFIX), value)
            for name, values in request.POST.lists()
            for value in values
            if name.startswith(cls.PREFIX)
        ]
        return cls(fields, "files" in request.POST)
