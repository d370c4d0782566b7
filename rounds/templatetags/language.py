"""The record's texts in templates: ``{{ issue|local:"question" }}``, ``{{ item.title|local }}``."""

from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from rounds.platform import translated_text

register = template.Library()
# A record, a row of a list that was read as JSON, or a text that stands for itself.
Text = translated_text.TranslatedRecord | dict[str, Any] | str | None


@register.filter
def plain(value: Text, field: str = "name") -> str:
    """Return what ``local`` does without markup: for attributes, options and titles."""
    if isinstance(value, str):
        return value
    return translated_text.local(value, field) if value else ""


@register.filter
def local(value: Text, field: str = "name") -> str | SafeString:
    """Return a text in the reader's language; mark an original that is not translated yet."""
    text = plain(value, field)
    if not isinstance(text, translated_text.LocalizedText) or not text.is_original:
        return text
    named = dict(settings.LANGUAGES)[text.language]
    return format_html(
        '<span lang="{}">{} <small class="original" title="{}">{}</small></span>',
        text.language,
        text,
        _("Not translated yet: in %(language)s") % {"language": named},
        text.language.partition("-")[0],
    )


@register.inclusion_tag("_languages.html", takes_context=True)
def language_switch(context: template.RequestContext) -> dict[str, Any]:
    """List this page in each language of the site, each named in that language."""
    request: HttpRequest = context["request"]
    here = request.get_full_path()
    return {
        "languages": [
            {
                "code": code,
                "name": _native_name(code),
                "url": translate_url(here, code),
                "here": code == get_language(),
            }
            for code, _name in settings.LANGUAGES
        ]
    }


def _native_name(code: str) -> str:
    """Return the name of a language in that language."""
    with override(code):
        return str(dict(settings.LANGUAGES)[code])
