"""SQL goes one way, as imports do: what an app says to the database names no table above it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pgtrigger
import pytest
from django.apps import apps
from django.db.migrations import RunSQL
from django.db.migrations.loader import MigrationLoader

ROOT = Path(__file__).parent.parent
LAYERS = ["rounds", "issues", "nafta"]  # each may name the tables of those before it

FILES = [path for app in LAYERS for path in sorted((ROOT / app).rglob("*.sql"))]
CREATED = re.compile(r"\bCREATE (OR REPLACE )?(FUNCTION|TRIGGER) (\w+)")


def tables_above(app: str) -> re.Pattern[str]:
    """What matches the name of any table of the apps above this one."""
    names = {
        model._meta.db_table
        for above in LAYERS[LAYERS.index(app) + 1 :]
        for model in apps.get_app_config(above).get_models(include_auto_created=True)
    }
    names = {name for name in names if not name.startswith(f"{app}_")}  # of proxies
    return re.compile(rf"\b({'|'.join(sorted(names))})\b")


def texts_of(source: str) -> Iterator[str]:
    """The strings of a module, also the parts of those that are put together."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def named(app: str, text: str) -> set[str]:
    return set(tables_above(app).findall(text))


@pytest.mark.parametrize("app", LAYERS[:-1])
def test_no_text_of_an_app_names_a_table_above_it(app: str) -> None:
    """In modules, in migrations, and in files of SQL."""
    pattern = tables_above(app)
    modules = [*(ROOT / app).rglob("*.py")]
    assert len(modules) > 20
    faults = [
        (str(path.relative_to(ROOT)), name)
        for path in [*modules, *(ROOT / app).rglob("*.sql")]
        for text in (texts_of(path.read_text()) if path.suffix == ".py" else [path.read_text()])
        for name in pattern.findall(text)
    ]
    assert faults == []


@pytest.mark.parametrize("app", LAYERS[:-1])
def test_no_trigger_of_an_app_names_a_table_above_it(app: str) -> None:
    """As it is installed: a trigger makes its SQL from the models that it is given."""
    declared = [
        (model, trigger)
        for model, trigger in pgtrigger.registered()
        if model._meta.app_label == app
    ]
    assert len(declared) > 50
    faults = [
        (trigger.get_uri(model), name)
        for model, trigger in declared
        for name in named(app, trigger.compile(model).install_sql)
    ]
    assert faults == []


def test_it_would_notice() -> None:
    assert named("rounds", "PERFORM 1 FROM issues_progress WHERE") == {"issues_progress"}
    assert named("rounds", 'UPDATE "issues_issue_statements"') == {"issues_issue_statements"}
    assert named("issues", "SELECT FROM nafta_entry, rounds_round") == {"nafta_entry"}
    assert named("rounds", "rounds_round, issues__slug, issues_listed") == set()
    assert set(texts_of('f"DELETE FROM nafta_entry {where}"')) == {"DELETE FROM nafta_entry "}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_holds_the_function_that_it_is_called_by(path: Path) -> None:
    """And may be run again: rounds/sql/__init__.py says why."""
    created = CREATED.findall(path.read_text())
    assert all(replaced for replaced, _kind, _name in created)
    functions = [name for _replaced, kind, name in created if kind == "FUNCTION"]
    prefix = "search_after_" if path.parent.name == "triggers" else ""
    assert functions == [prefix + path.stem]


def test_every_file_is_run_by_a_migration() -> None:
    run = {
        sql
        for migration in MigrationLoader(None).disk_migrations.values()
        for operation in migration.operations
        if isinstance(operation, RunSQL) and isinstance(operation.sql, list)
        for sql in operation.sql
    }
    assert [path for path in FILES if path.read_text() not in run] == []
    assert len(FILES) > 40
