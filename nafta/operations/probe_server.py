"""Health checks on a port of their own, answered whatever the threads of the web server do."""

import threading
from collections.abc import Iterable
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponseNotFound

from nafta.operations.health import healthz, readyz

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

HOST = "127.0.0.1"
PROBES = {"/healthz": healthz, "/readyz": readyz}


class ProbeServer(ThreadingMixIn, WSGIServer):
    """A thread for each probe. All processes of the site listen on one port; the system picks."""

    allow_reuse_port = True
    daemon_threads = True


class QuietHandler(WSGIRequestHandler):
    timeout = 5  # seconds that a probe may take to ask

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Log nothing: a probe comes every few seconds."""


def serve_probes() -> WSGIServer:
    """Serve ``/healthz`` and ``/readyz`` on ``PROBE_PORT`` of this machine."""
    server = make_server(HOST, settings.PROBE_PORT, answer_probe, ProbeServer, QuietHandler)
    threading.Thread(target=server.serve_forever, name="probes", daemon=True).start()
    return server


def answer_probe(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    request = WSGIRequest(environ)
    probe = PROBES.get(request.path_info)
    response = probe(request) if probe else HttpResponseNotFound()
    status = f"{response.status_code} {response.reason_phrase}"
    start_response(status, list(response.headers.items()))
    return [response.content]
