from django.http import Http404, HttpRequest, HttpResponse
def card(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    raise Http404
