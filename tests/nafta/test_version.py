"""Which release runs is told to readers, to programs and to whoever watches the servers."""

import tomllib
from pathlib import Path
from typing import Any

from django.test import Client

PROJECT = Path(__file__).parent.parent.parent / "pyproject.toml"


def test_page_api_and_metrics_name_the_release(client: Client, db: None, settings: Any) -> None:
    version = tomllib.loads(PROJECT.read_text())["project"]["version"]
    settings.METRICS_TOKEN = "token"
    assert f"version {version} of its software" in client.get("/about/").content.decode()
    assert client.get("/api/v1/openapi.json").json()["info"]["x-release"] == version
    metrics = client.get("/metrics", headers={"Authorization": "Bearer token"})
    assert f'site_release_info{{version="{version}"}} 1.0' in metrics.content.decode()
