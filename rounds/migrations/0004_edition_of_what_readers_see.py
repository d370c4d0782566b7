"""A change of a person or a source raises the edition where something published names them."""

from pathlib import Path

import pgtrigger.migrations
from django.db import migrations

from rounds.sql import run_sql_files

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('rounds', '0003_changes_of_references'),
    ]

    operations = [
        run_sql_files(
            SQL,
            "rounds_raise_edition",
            "rounds_await_editions",
            "rounds_raise_edition_for_person",
            "rounds_raise_edition_for_source",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='person',
            name='raise_edition',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='source',
            name='raise_edition',
        ),
    ]
