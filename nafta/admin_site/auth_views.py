"""The way in to the desk: the password, the second factor, and what was typed in the meantime."""

from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import REDIRECT_FIELD_NAME as NEXT
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from nafta.admin_site.second_factor import CodeForm, Gate, codes_left, is_let_in, new_codes
from nafta.admin_site.sessions import Typed


class Entrance(AdminSite):
    """An admin that may ask for a second factor, and hands back what a late form has sent."""

    def get_urls(self) -> list[URLResolver | URLPattern]:
        factor = path("second-factor/", self.second_factor, name="second_factor")
        return [factor, *super().get_urls()]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return {**super().each_context(request), "second_factor": settings.SECOND_FACTOR}

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff; where a second factor is asked for, with it."""
        return super().has_permission(request) and is_let_in(request.user)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """As Django's, and on to the second factor; what was typed before is carried along."""
        place = self._next(request)
        if request.method == "GET" and self._waits(request):
            return self._to("second_factor", place)
        typed = Typed.carried(request)
        answer = super().login(request, {"typed": typed, **(extra_context or {})})
        if typed and request.method == "POST" and answer.status_code == 302:
            return self.way_in(request, typed, place)
        return answer

    def second_factor(self, request: HttpRequest) -> HttpResponse:
        """The page after the password; for who is in, the place to renew the factor."""
        if not settings.SECOND_FACTOR:
            raise Http404
        place, typed = self._next(request), Typed.carried(request)
        if self._waits(request):
            return self._code_sent(request, typed, place)
        if typed:
            return self.way_in(request, typed, place)
        return self._renewal(request) if self.has_permission(request) else self._to("login", place)

    def _code_sent(self, request: HttpRequest, typed: Typed, place: str) -> HttpResponse:
        data = request.POST if request.method == "POST" else None
        gate = Gate(request, str(self.site_header), data)
        if not gate.opens():
            return self._asked(request, gate, typed, place)
        if not gate.has_app:
            return self._codes(request, typed, place)
        return self.way_in(request, typed, place) if typed else HttpResponseRedirect(place)

    def way_in(self, request: HttpRequest, typed: Typed, place: str) -> HttpResponse:
        """The next page between somebody whose login had ended and what they had typed."""
        if self.has_permission(request):
            return self._page(request, "typed", _("You are logged in again"), typed, place)
        if self._waits(request):
            return self._asked(request, Gate(request, str(self.site_header)), typed, place)
        more = {"form": AdminAuthenticationForm(request), "app_path": self.place("login")}
        page = self._page(request, "login", _("Log in"), typed, place, ended=True, **more)
        page.status_code = 403
        return page

    def _asked(self, request: HttpRequest, gate: Gate, typed: Typed, place: str) -> HttpResponse:
        title = _("Second factor")
        more = {"form": gate.form, "has_app": gate.has_app, **gate.context}
        return self._page(request, "second_factor", title, typed, place, **more)

    def _codes(self, request: HttpRequest, typed: Typed, place: str) -> HttpResponse:
        title, codes = _("Backup codes"), new_codes(request.user)
        return self._page(request, "codes", title, typed, place, codes=codes)

    def _renewal(self, request: HttpRequest) -> HttpResponse:
        """New backup codes or another phone, for whoever has a code of the present one."""
        form = CodeForm(request.user, request.POST if request.method == "POST" else None)
        place = self.place("index")
        if form.is_valid() and "codes" in request.POST:
            return self._codes(request, Typed([], False), place)
        if form.is_valid() and "phone" in request.POST:
            TOTPDevice.objects.filter(user=request.user).delete()
            StaticDevice.objects.filter(user=request.user).delete()
            return HttpResponseRedirect(self.place("second_factor"))
        more = {"form": form, "left": codes_left(request.user)}
        title = _("Second factor")
        return self._page(request, "renewal", title, Typed([], False), place, **more)

    def _page(
        self, request: HttpRequest, name: str, title: Any, typed: Typed, place: str, **more: Any
    ) -> HttpResponse:
        context = {**self.each_context(request), "title": title, "typed": typed, NEXT: place}
        page = TemplateResponse(request, f"admin/{name}.html", context | more)
        add_never_cache_headers(page)
        return page

    def _waits(self, request: HttpRequest) -> bool:
        """Whether the password was right, and a code is still to come."""
        return super().has_permission(request) and not is_let_in(request.user)

    def _next(self, request: HttpRequest) -> str:
        """Where somebody wants to go, if that is on this site; else the front page."""
        place = request.POST.get(NEXT) or request.GET.get(NEXT) or ""
        ours = url_has_allowed_host_and_scheme(
            place, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )
        return place if ours else self.place("index")

    def _to(self, name: str, place: str) -> HttpResponse:
        return HttpResponseRedirect(f"{self.place(name)}?{urlencode({NEXT: place})}")

    def place(self, name: str) -> str:
        return reverse(f"admin:{name}", current_app=self.name)
