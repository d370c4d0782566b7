"""The pages of sources: their list with the answers of links, and a form from a pasted address."""

import datetime as dt
from typing import Any, Protocol, TypedDict

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from rounds.admin.base import RecordAdmin
from rounds.admin.forms import RecordForm
from rounds.models import LinkState, Source, Versioned
from rounds.platform.text_fields import AddressField
from rounds.platform.url_normalisation import split_archive_address
from rounds.tabular.resources import SourceResource


class SourceAdminForm(RecordForm):
    def clean(self) -> dict[str, Any]:
        """File the address of an archived copy as one; refuse an address that is there already."""
        cleaned = super().clean()
        if url := cleaned.get("url"):
            cleaned["url"], copy = split_archive_address(url)
            cleaned["archive_url"] = cleaned.get("archive_url") or copy
        address = cleaned.get("url") or cleaned.get("archive_url") or ""
        if existing := Source.objects.exclude(pk=self.instance.pk).find_by_address(address):
            url = reverse("admin:rounds_source_change", args=[existing.pk])
            message = _("The record has it already: {}.")
            link = format_html('<a href="{}">{}</a>', url, existing)
            self.add_error("url", ValidationError(format_html(str(message), link)))
        return cleaned


class PasteAddressForm(forms.Form):
    """The address of a page that may be a source."""

    address = AddressField(
        label=_("Address"),
        max_length=500,
        assume_scheme="https",
        error_messages={"invalid": _("This is not the address of a page.")},
    )


class LinkFilter(admin.SimpleListFilter):
    """Sources by what their addresses answered when they were last checked."""

    title = _("link")
    parameter_name = "link"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [*LinkState.choices, ("unasked", _("never asked"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "unasked":
            return queryset.never_checked()  # type: ignore[attr-defined,no-any-return]
        is_state = self.value() in LinkState.values
        return queryset.with_link_state(self.value()) if is_state else queryset  # type: ignore[attr-defined]


class AddressAnswer(TypedDict):
    """What an address of a source answered; ``checked_at`` is a moment in ISO 8601."""

    state: str
    checked_at: str
    answer: str


class SourceWithLinks(Protocol):
    """A source of ``SourceQuerySet.with_links()``."""

    link_list: list[AddressAnswer]


class SourceAdmin(RecordAdmin):
    form: Any = SourceAdminForm
    change_list_template = "admin/rounds/source/change_list.html"
    list_display = ("title", "publisher", "rank", "appeared", "link", "answers", "archived")
    list_filter = (
        "rank",
        LinkFilter,
        ("archive_url", admin.EmptyFieldListFilter),
        ("url", admin.EmptyFieldListFilter),
        "language",
    )
    resource_class = SourceResource
    search_fields = ("title", "publisher", "url", "note", "slug")
    ordering = (F("published").desc(nulls_last=True), "publisher", "title")
    fieldsets = (
        (None, {"fields": ("publisher", "title", "url", "archive_url", ("language", "rank"))}),
        (_("When it appeared"), {"fields": (("published", "published_approximate"),)}),
        (_("Publication"), {"fields": ("note", "slug")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Source]:
        return super().get_queryset(request).with_links()  # type: ignore[attr-defined,no-any-return]

    def get_fieldsets(self, request: HttpRequest, obj: Versioned | None = None) -> Any:
        """With a link to the shorter way on the page of a new source."""
        (name, first), *fieldsets = super().get_fieldsets(request, obj)
        if obj is None:
            url, label = reverse("admin:rounds_source_paste"), _("Paste an address instead")
            link = format_html('<a href="{}">{}</a>', url, label)
            first = {**first, "description": link}
        return [(name, first), *fieldsets]

    def get_urls(self) -> list[Any]:
        paste = self.admin_site.admin_view(self.paste)
        return [path("paste/", paste, name="rounds_source_paste"), *super().get_urls()]

    def paste(self, request: HttpRequest) -> HttpResponse:
        """Lead from an address to its source, or to the form of a new one filled in from it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = PasteAddressForm(request.GET if "address" in request.GET else None)
        if form.is_valid():
            address = form.cleaned_data["address"]
            if existing := Source.objects.find_by_address(address):
                self.message_user(request, _("The record has it already."))
                return redirect("admin:rounds_source_change", existing.pk)
            if self.has_add_permission(request):
                new_source = Source.objects.start_from_address(address)
                names = ("url", "archive_url", "publisher", "language", "rank")
                typed = {name: value for name in names if (value := getattr(new_source, name))}
                return redirect(f"{reverse('admin:rounds_source_add')}?{urlencode(typed)}")
            form.add_error("address", _("The record has no source with this address."))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Paste an address"),
            "opts": self.opts,
            "form": form,
            "media": self.media,
        }
        return TemplateResponse(request, "admin/rounds/source/paste.html", context)

    @admin.display(description=_("last asked"))
    def answers(self, source: SourceWithLinks) -> SafeString | str:
        """What each address answered, with the day of the check as a title."""
        answers = [
            (link["state"], dt.datetime.fromisoformat(link["checked_at"]).date(), link["answer"])
            for link in source.link_list
        ]
        line = '<span class="link-{}" title="{}">{}</span>'
        return format_html_join(mark_safe("<br>"), line, answers) or "–"

    def readers_see(self, record: Source) -> bool:
        return Source.objects.cited().filter(pk=record.pk).exists()

    def citing(self, record: Source) -> list[Any]:
        return [citing for records in Source.citing(record).values() for citing in records]

    @admin.display(description=_("published"), ordering="published")
    def appeared(self, source: Source) -> str:
        return source.published_label or "–"

    @admin.display(description=_("address"), ordering="url")
    def link(self, source: Source) -> SafeString | str:
        if not source.url:
            return "–"
        return format_html('<a href="{}">{}</a>', source.url, source.url.split("/")[2])

    @admin.display(description=_("archived"), boolean=True)
    def archived(self, source: Source) -> bool:
        return bool(source.archive_url)
