"""One query for each page: what a view does not take is dropped, the remaining put in one order.

``/timeline/?utm_source=x`` is then the same page as ``/timeline/`` for the page cache, whatever is
appended to addresses. See decision 0068.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import translation

from nafta.operations.error_pages import refuse
from nafta.operations.limits.render_queue import ADMIN
from rounds.public.params import AcceptedParam
from rounds.tabular.exports import FILE_PARAMS

MAX_QUERY_BYTES = 16 * 1024  # of our own links the longest has some hundred


class CanonicalQueryMiddleware:
    """Rewrite the query of a public page within the process, before the page cache sees it.

    No redirect is sent: an address with a tracking parameter still answers with its page. The desk
    and the operations of the API keep what they were sent; the latter refuse what they do not know.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query_string = request.META.get("QUERY_STRING", "")
        if query_string and not ADMIN.match(request.path_info):
            if len(query_string) > MAX_QUERY_BYTES:
                return refuse(request, _refusal_status(request.path_info))
            _replace_query(request, canonical_query(request.GET, _match(request.path_info)))
        return self.get_response(request)


def canonical_query(query: QueryDict, match: ResolverMatch | None) -> QueryDict:
    """The parameters that the view takes, by name; of most the last value.

    Left out are empty values, and those that a parameter has anyway, such as ``page=1``.
    """
    canonical = QueryDict(mutable=True)
    if match and _is_api_operation(match):
        for name in sorted(query):
            canonical.setlist(name, query.getlist(name))
        return canonical
    accepted: Mapping[str, AcceptedParam] = getattr(match and match.func, "accepted_params", {})
    for name in sorted(accepted.keys() & query.keys()):
        values = [value for value in query.getlist(name) if value.strip()]
        if not accepted[name].takes_several:
            values = values[-1:]
        if values not in ([], [accepted[name].default]):
            canonical.setlist(name, values)
    export, table = FILE_PARAMS
    if export not in canonical:
        canonical.pop(table, None)  # it says of which table a file is
    return canonical


def _refusal_status(path: str) -> HTTPStatus:
    """The API documents 422 for parameters that it refuses."""
    is_api = path.startswith("/api/")
    return HTTPStatus.UNPROCESSABLE_ENTITY if is_api else HTTPStatus.BAD_REQUEST


def _is_api_operation(match: ResolverMatch) -> bool:
    declares = hasattr(match.func, "accepted_params")
    return "api-1" in match.namespaces and not declares and match.url_name != "api-root"


def _match(path: str) -> ResolverMatch | None:
    """The view of a path, or of the path with a slash, to which the site redirects."""
    language = translation.get_language_from_path(path) or settings.LANGUAGE_CODE
    with translation.override(language):
        for address in (path, f"{path}/"):
            try:
                return resolve(address)
            except Resolver404:
                continue
    return None


def _replace_query(request: HttpRequest, query: QueryDict) -> None:
    request.META["QUERY_STRING"] = query.urlencode()
    query._mutable = False  # as that of a request
    request.GET = query  # type: ignore[assignment]
