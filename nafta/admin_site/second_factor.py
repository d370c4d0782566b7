"""The second factor: a code of an authenticator app, or one of ten backup codes.

django-otp keeps the devices and checks the codes; these are the forms around it. Why they are our
own and not those of django-two-factor-auth: docs/decisions/0058-second-factor.md.
"""

import time
from base64 import b32encode
from binascii import unhexlify
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import django_otp
import segno
from django import forms
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.timesince import timeuntil
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp.util import random_hex

BACKUP_CODES = 10
DIGITS = 6  # of a code of the app
SESSION_KEY = "app-key"


def is_verified(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Whether the user has given the second factor, or none is required."""
    return not settings.SECOND_FACTOR or getattr(user, "otp_device", None) is not None


def setup_key(session: SessionBase) -> str:
    """The key of an app that is being set up; it is in this session only until a code proves it."""
    key: str = session.setdefault(SESSION_KEY, random_hex())
    return key


def format_key(key: str) -> str:
    """A key as it is typed into an app that cannot see the screen."""
    return b32encode(unhexlify(key)).decode()


def draw_key(key: str, user: AbstractBaseUser | AnonymousUser, site: str) -> SafeString:
    """The QR code that an app reads from the screen.

    It is drawn within the page: as an image with an address of its own the key could be cached.
    """
    label = f"{quote(site)}:{quote(str(user))}"
    address = f"otpauth://totp/{label}?secret={format_key(key)}&issuer={quote(site)}"
    code = segno.make(address, micro=False)
    return mark_safe(code.svg_inline(scale=5, border=4, light="#fff", dark="#000"))  # noqa: S308


def replace_backup_codes(user: AbstractBaseUser | AnonymousUser) -> list[str]:
    """Make ten backup codes in place of the present ones; each can be used once."""
    codes = [StaticToken.random_token() for _number in range(BACKUP_CODES)]
    with transaction.atomic():
        StaticDevice.objects.filter(user=user).delete()
        device = StaticDevice.objects.create(user=user, name="codes")
        device.token_set.bulk_create([StaticToken(device=device, token=code) for code in codes])
    return codes


def count_backup_codes(user: AbstractBaseUser | AnonymousUser) -> int:
    count: int = StaticToken.objects.filter(device__user=user).count()
    return count


class CodeForm(forms.Form):
    """A code of the app, or a backup code. ``device`` is what accepted it."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=20,
        widget=forms.TextInput({"autocomplete": "one-time-code", "autofocus": True}),
    )

    def __init__(
        self, user: AbstractBaseUser | AnonymousUser, data: QueryDict | None = None
    ) -> None:
        super().__init__(data)
        self.user = user
        self.device: Any = None

    def clean_code(self) -> str:
        code: str = "".join(self.cleaned_data["code"].split()).lower()
        with transaction.atomic():  # a code is accepted once, also when it is sent twice at once
            accepted = self.accepts(code)
        if not accepted:
            raise forms.ValidationError(self._explain())
        return code

    def accepts(self, code: str) -> bool:
        """Check ``code`` and use it up, within the transaction of the caller."""
        is_of_app = len(code) == DIGITS and code.isdecimal()
        devices: Any = (TOTPDevice if is_of_app else StaticDevice).objects
        self.device = devices.filter(user=self.user, confirmed=True).select_for_update().first()
        return bool(self.device and self.device.verify_token(code))

    def _explain(self) -> str:
        """Why the code was refused. After each wrong one django-otp waits twice as long."""
        _is_allowed, lock = self.device.verify_is_allowed() if self.device else (True, None)
        until = (lock or {}).get("locked_until")
        if until and until - timezone.now() > timedelta(minutes=1):
            message = _("That code is not right. Too many were wrong: try again in %(time)s.")
            return message % {"time": timeuntil(until)}
        return _("That code is not right, or was used before. Wait for the next and try again.")


class FirstCodeForm(CodeForm):
    """The first code of an app that is being set up with ``key``; it sets the app up."""

    def __init__(
        self, user: AbstractBaseUser | AnonymousUser, key: str, data: QueryDict | None = None
    ) -> None:
        super().__init__(user, data)
        self.key = key

    def accepts(self, code: str) -> bool:
        totp = TOTP(unhexlify(self.key), digits=DIGITS)
        totp.time = time.time()
        if not (code.isdecimal() and totp.verify(int(code), tolerance=1)):
            return False
        self.device = TOTPDevice.objects.create(
            user=self.user, name="app", key=self.key, last_t=totp.t(), drift=totp.drift
        )
        return True


class SecondFactorStep:
    """The step of a login after the password: asks for a code, or sets the app up."""

    def __init__(self, request: HttpRequest, site: str, data: QueryDict | None = None) -> None:
        self.request = request
        self.user = request.user
        self.has_app = TOTPDevice.objects.filter(user=self.user, confirmed=True).exists()
        self.form = CodeForm(self.user, data)
        self.context: dict[str, Any] = {}
        if not self.has_app:
            key = setup_key(request.session)
            self.form = FirstCodeForm(self.user, key, data)
            self.context = {"drawing": draw_key(key, self.user, site), "key": format_key(key)}

    def verify(self) -> bool:
        """Whether the code is right; then the login is complete."""
        if not self.form.is_valid():
            return False
        self.request.session.cycle_key()  # as Django does after the password
        self.request.session.pop(SESSION_KEY, None)
        django_otp.login(self.request, self.form.device)
        return True
