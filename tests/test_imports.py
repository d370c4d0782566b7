"""Imports go one way: nafta -> issues -> rounds. Never up, never sideways."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LAYERS = ["rounds", "issues", "nafta"]  # each may import those before it


def imported(source: str) -> Iterator[str]:
    """The top-level packages that a module imports, wherever in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]
        elif isinstance(node, ast.ImportFrom):
            yield "relative"
        elif isinstance(node, ast.Attribute) and node.attr == "get_model":
            yield "get_model"  # an import by another name


def upward(layer: str, source: str) -> set[str]:
    above = set(LAYERS[LAYERS.index(layer) + 1 :])
    return set(imported(source)) & (above | {"relative", "get_model", "tests"})


@pytest.mark.parametrize("layer", LAYERS)
def test_no_module_imports_upward(layer: str) -> None:
    modules = [path for path in (ROOT / layer).rglob("*.py") if path.parent.name != "migrations"]
    assert len(modules) > 5
    found = {str(path): up for path in modules if (up := upward(layer, path.read_text()))}
    assert found == {}


@pytest.mark.parametrize(
    "source",
    [
        "import nafta.views",
        "from issues.models import Issue",
        "def f():\n    from nafta import views",
        "from . import models",
        "Issue = apps.get_model('issues', 'Issue')",
    ],
)
def test_it_would_notice(source: str) -> None:
    assert upward("rounds", source)
