"""What stands in front of the web processes: nothing, or a proxy as docs/production.md says."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.machines import Visitor, Web, free_port, wait_until

NGINX = """
pid {folder}/nginx.pid; error_log {folder}/error.log; daemon off; worker_rlimit_nofile 8192;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        client_max_body_size 5m;
        client_body_timeout 10s;
        client_header_timeout 10s;
        location / {{
            proxy_pass http://127.0.0.1:{site};
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header X-Forwarded-Proto $scheme;
        }}
    }}
}}
"""
# As Debian 12's Caddy 2.6 takes it.
CADDY = """
{{
    admin off
    auto_https off
    servers {{
        timeouts {{
            read_header 10s
            read_body 30s
        }}
    }}
}}
http://127.0.0.1:{port} {{
    request_body {{
        max_size 5MB
    }}
    reverse_proxy 127.0.0.1:{site} {{
        buffer_requests
        max_buffer_size 5MB
    }}
}}
"""


@contextmanager
def door(name: str, site: Web, folder: Path) -> Iterator[int]:
    """The port at which visitors ask, through "nginx", "caddy" or "none"."""
    if name == "none":
        yield site.port
        return
    program = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    if program is None:
        pytest.skip(f"{name} is not installed")
    port, configuration = free_port(), folder / name
    text = {"nginx": NGINX, "caddy": CADDY}[name]
    configuration.write_text(text.format(folder=folder, port=port, site=site.port))
    options = {
        "nginx": ["-c", str(configuration)],
        "caddy": ["run", "--adapter", "caddyfile", "--config", str(configuration)],
    }[name]
    process = subprocess.Popen([program, *options], stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: _answers(port), f"{name} does not answer")
        yield port
    finally:
        process.terminate()
        process.wait()


def _answers(port: int) -> bool:
    try:
        return Visitor(port).get("/robots.txt").status == 200
    except OSError:
        return False
