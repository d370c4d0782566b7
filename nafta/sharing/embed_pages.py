"""Frames for the pages of others, and the addresses that tell how to embed a page (oEmbed 1.0).

Only these may be framed. They set no cookie, take no script or style but ours and ask for nothing
from elsewhere, so that they work in a frame that is shut off from the page around it.
"""

from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils import translation
from django.utils.translation import get_language_from_path
from django.utils.translation import gettext as _

from issues.models import Issue, Measure
from nafta.sharing.embed_contents import BUILDERS, NotSaidYet
from nafta.sharing.embeds import OF_PAGE, WIDTH, Embed, find_lost_parameters, render_frame
from nafta.sharing.params import OEmbedForm
from rounds.history.corrections import find_removal
from rounds.models import Statement
from rounds.platform.plain_text import printable
from rounds.public.citations import make_permalink
from rounds.public.params import AsOfForm, accepts

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors *"
)
PLAIN = "text/plain; charset=utf-8"
MAX_AGE_SECONDS = 300
OF_KIND: dict[str, Any] = {
    "embed_issue": Issue,
    "embed_rounds": Issue,
    "embed_chart": Measure,
    "embed_statement": Statement,
}
CARDS = {"embed_issue": "issues", "embed_rounds": "issues", "embed_statement": "statements"}
CARD_WIDTH, CARD_HEIGHT = 1200, 630


@accepts(AsOfForm)
def embed(request: HttpRequest, name: str, slug: str = "") -> HttpResponse:
    """The frame called ``name``, which any page may show."""
    response = _render_embed(request, name, slug)
    response.xframe_options_exempt = True
    response["Content-Security-Policy"] = POLICY
    response["Cache-Control"] = f"public, max-age={MAX_AGE_SECONDS}"
    return response


def _render_embed(request: HttpRequest, name: str, slug: str) -> HttpResponse:
    """The contents of a frame; a sentence of its size where nothing is published there."""
    try:
        content = BUILDERS[name](request.GET, slug)
    except NotSaidYet:
        return render(request, "embed/nothing.html", {"not_yet": True}, status=404)
    except Http404:
        withdrawn = find_removal(OF_KIND[name], slug) if name in OF_KIND else None
        status = 410 if withdrawn else 404
        return render(request, "embed/nothing.html", {"gone": withdrawn}, status=status)
    context = content.context | {
        "embed": content,
        "site": make_permalink(request, content.page).site,
    }
    status = 400 if content.errors else 200
    return render(request, f"embed/{name.removeprefix('embed_')}.html", context, status=status)


@accepts(OEmbedForm)
def oembed(request: HttpRequest) -> HttpResponse:
    """How to embed the page at ``?url=``: https://oembed.com/, in JSON or XML."""
    form = OEmbedForm(request.GET)
    if not form.is_valid():
        message = " ".join(str(error) for errors in form.errors.values() for error in errors)
        status = 501 if form.has_error("format", "unknown") else 400
        return HttpResponse(message, content_type=PLAIN, status=status)
    try:
        answer = _answer(request, form.cleaned_data)
    except Http404 as error:
        return HttpResponse(str(error), content_type=PLAIN, status=404)
    if form.cleaned_data["format"] == "xml":
        texts = {name: escape(printable(str(value))) for name, value in answer.items()}
        body = "".join(f"<{name}>{text}</{name}>" for name, text in texts.items())
        xml = f'<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n<oembed>{body}</oembed>'
        return HttpResponse(xml, content_type="text/xml; charset=utf-8")
    response = JsonResponse(answer)
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _answer(request: HttpRequest, params: dict[str, Any]) -> dict[str, Any]:
    """The answer of oEmbed in the language of the page. Raises ``Http404`` where there is none."""
    try:
        address = urlsplit(params["url"])
    except ValueError as error:
        raise Http404(_("This is no address of this site.")) from error
    ours = address.netloc.lower() == request.get_host().lower()
    if not ours or address.scheme not in {"http", "https"}:
        raise Http404(_("This is no address of this site."))
    language = get_language_from_path(address.path) or settings.LANGUAGE_CODE
    with translation.override(language):
        return _describe(request, _embed_at(address.path, QueryDict(address.query)), params)


def _embed_at(path: str, query: QueryDict) -> Embed:
    """The embed for the page at ``path``. Raises ``Http404`` where there is none."""
    try:
        match = resolve(path if path.endswith("/") else f"{path}/")  # as pages redirect
    except Resolver404 as error:
        raise Http404(_("Nothing is published at this address.")) from error
    name = OF_PAGE.get(match.url_name or "", match.url_name)
    if name not in BUILDERS:
        raise Http404(_("This page cannot be embedded."))
    if names := find_lost_parameters(query):
        message = _("A frame cannot keep to “%(names)s”: leave it out of the address.")
        raise Http404(message % {"names": ", ".join(names)})
    content = BUILDERS[name](query, match.kwargs.get("slug", ""))
    if content.errors:
        raise Http404(" ".join(content.errors))
    return content


def _describe(request: HttpRequest, embed: Embed, params: dict[str, Any]) -> dict[str, Any]:
    """An embed as oEmbed describes it, within the size asked for."""
    width = min(params["maxwidth"] or WIDTH, WIDTH)
    height = min(params["maxheight"] or embed.height, embed.height)
    address = request.build_absolute_uri(embed.address)
    answer = {
        "version": "1.0",
        "type": "rich",
        "title": str(embed.title),
        "provider_name": make_permalink(request, "/").site,
        "provider_url": request.build_absolute_uri(reverse("home")),
        "cache_age": MAX_AGE_SECONDS,
        "html": render_frame(address, embed.title, width, height),
        "width": width,
        "height": height,
    }
    wide, high = params["maxwidth"] or CARD_WIDTH, params["maxheight"] or CARD_HEIGHT
    if wide >= CARD_WIDTH and high >= CARD_HEIGHT:
        kind = CARDS.get(embed.name)
        card = reverse("card", args=[kind, embed.key]) if kind else reverse("card_home")
        answer |= {
            "thumbnail_url": request.build_absolute_uri(f"{card}{embed.as_of.query}"),
            "thumbnail_width": CARD_WIDTH,
            "thumbnail_height": CARD_HEIGHT,
        }
    return answer
