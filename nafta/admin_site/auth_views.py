"""The views of the login: password, second factor, and forms sent after a login had ended."""

from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import REDIRECT_FIELD_NAME as NEXT
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from nafta.admin_site.known_browsers import remember_browser
from nafta.admin_site.second_factor import (
    CodeForm,
    SecondFactorStep,
    count_backup_codes,
    is_verified,
    replace_backup_codes,
)
from nafta.admin_site.sessions import ResubmittedForm


class LoginSite(AdminSite):
    """An admin that may require a second factor, and hands back forms that were sent too late."""

    def get_urls(self) -> list[URLResolver | URLPattern]:
        factor = path("second-factor/", self.second_factor, name="second_factor")
        return [factor, *super().get_urls()]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return {**super().each_context(request), "second_factor": settings.SECOND_FACTOR}

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether the user is staff, and has given the second factor if it is required."""
        return super().has_permission(request) and is_verified(request.user)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """As Django's, and on to the second factor; a resubmitted form is carried along."""
        next_url = self._next_url(request)
        if request.method == "GET" and self._awaits_code(request):
            return self._redirect("second_factor", next_url)
        typed = ResubmittedForm.from_login(request)
        response = super().login(request, {"typed": typed, **(extra_context or {})})
        if request.method == "POST" and response.status_code == 302:
            if typed:
                response = self.render_next_step(request, typed, next_url)
            remember_browser(request, response)
        return response

    def second_factor(self, request: HttpRequest) -> HttpResponse:
        """The page after the password; for users who are logged in, renewal of the factor."""
        if not settings.SECOND_FACTOR:
            raise Http404
        next_url, typed = self._next_url(request), ResubmittedForm.from_login(request)
        if self._awaits_code(request):
            return self._check_code(request, typed, next_url)
        if typed:
            return self.render_next_step(request, typed, next_url)
        if self.has_permission(request):
            return self._renew(request)
        return self._redirect("login", next_url)

    def render_next_step(
        self, request: HttpRequest, typed: ResubmittedForm, next_url: str
    ) -> HttpResponse:
        """The next page of the login for a user who has sent ``typed`` after it had ended."""
        if self.has_permission(request):
            title = _("You are logged in again")
            return self._render(request, "typed", title, typed, next_url)
        if self._awaits_code(request):
            step = SecondFactorStep(request, str(self.site_header))
            return self._render_code_form(request, step, typed, next_url)
        context = {
            "ended": True,
            "form": AdminAuthenticationForm(request),
            "app_path": self.page_url("login"),
        }
        page = self._render(request, "login", _("Log in"), typed, next_url, **context)
        page.status_code = 403
        return page

    def _check_code(
        self, request: HttpRequest, typed: ResubmittedForm, next_url: str
    ) -> HttpResponse:
        data = request.POST if request.method == "POST" else None
        step = SecondFactorStep(request, str(self.site_header), data)
        if not step.verify():
            return self._render_code_form(request, step, typed, next_url)
        if not step.has_app:
            return self._render_new_codes(request, typed, next_url)
        if typed:
            return self.render_next_step(request, typed, next_url)
        return HttpResponseRedirect(next_url)

    def _render_code_form(
        self, request: HttpRequest, step: SecondFactorStep, typed: ResubmittedForm, next_url: str
    ) -> HttpResponse:
        title = _("Second factor")
        context = {"form": step.form, "has_app": step.has_app, **step.context}
        return self._render(request, "second_factor", title, typed, next_url, **context)

    def _render_new_codes(
        self, request: HttpRequest, typed: ResubmittedForm, next_url: str
    ) -> HttpResponse:
        title, codes = _("Backup codes"), replace_backup_codes(request.user)
        return self._render(request, "codes", title, typed, next_url, codes=codes)

    def _renew(self, request: HttpRequest) -> HttpResponse:
        """New backup codes or another phone, for a user who has a code of the present one."""
        form = CodeForm(request.user, request.POST if request.method == "POST" else None)
        index_url, nothing_typed = self.page_url("index"), ResubmittedForm([], False)
        if form.is_valid() and "codes" in request.POST:
            return self._render_new_codes(request, nothing_typed, index_url)
        if form.is_valid() and "phone" in request.POST:
            TOTPDevice.objects.filter(user=request.user).delete()
            StaticDevice.objects.filter(user=request.user).delete()
            return HttpResponseRedirect(self.page_url("second_factor"))
        context = {"form": form, "left": count_backup_codes(request.user)}
        title = _("Second factor")
        return self._render(request, "renewal", title, nothing_typed, index_url, **context)

    def _render(
        self,
        request: HttpRequest,
        name: str,
        title: str | Promise,
        typed: ResubmittedForm,
        next_url: str,
        **extra_context: object,
    ) -> HttpResponse:
        context = {**self.each_context(request), "title": title, "typed": typed, NEXT: next_url}
        page = TemplateResponse(request, f"admin/{name}.html", context | extra_context)
        add_never_cache_headers(page)
        return page

    def _awaits_code(self, request: HttpRequest) -> bool:
        """Whether the password was right, and a code is still to come."""
        return super().has_permission(request) and not is_verified(request.user)

    def _next_url(self, request: HttpRequest) -> str:
        """The page that the login leads to, if it is on this site; else the front page."""
        url = request.POST.get(NEXT) or request.GET.get(NEXT) or ""
        is_of_site = url_has_allowed_host_and_scheme(
            url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )
        return url if is_of_site else self.page_url("index")

    def _redirect(self, name: str, next_url: str) -> HttpResponse:
        return HttpResponseRedirect(f"{self.page_url(name)}?{urlencode({NEXT: next_url})}")

    def page_url(self, name: str) -> str:
        """The address of a page of this site, by its name."""
        return reverse(f"admin:{name}", current_app=self.name)
