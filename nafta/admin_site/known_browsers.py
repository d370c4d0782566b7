"""Browsers from which somebody has logged in before: nobody elsewhere can lock them out.

The method is that of OWASP's "Device Cookies": a signed cookie names the account and a token.
Tries from such a browser are counted by that token alone, so a wrong password elsewhere counts for
nothing here, and a stolen cookie allows no more tries than any other browser has.
"""

import secrets
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

COOKIE = "known-browser"
MAX_AGE = timedelta(days=90)


def remember_browser(request: HttpRequest, response: HttpResponse) -> None:
    """Give the browser of a user who has just logged in its cookie."""
    response.set_signed_cookie(
        COOKIE,
        f"{_account_mark(request.user.get_username())} {secrets.token_hex(16)}",
        salt=COOKIE,
        max_age=MAX_AGE,
        path=reverse("admin:index"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def find_browser_token(request: HttpRequest, username: str | None) -> str:
    """Return the token of a browser from which ``username`` has logged in before; else ""."""
    cookie = request.get_signed_cookie(COOKIE, default="", salt=COOKIE, max_age=MAX_AGE) or ""
    mark, _space, token = cookie.partition(" ")
    return token if username and constant_time_compare(mark, _account_mark(username)) else ""


def _account_mark(username: str) -> str:
    """Return what stands for an account in a cookie, which whoever borrows the browser may read."""
    return salted_hmac(COOKIE, username).hexdigest()
