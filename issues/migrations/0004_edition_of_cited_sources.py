"""A change of a source raises the edition where something published of this app cites it."""

from pathlib import Path

from django.db import migrations

from rounds.sql import run_sql_files

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('issues', '0003_rules_on_rounds'),
        ('rounds', '0004_edition_of_what_readers_see'),
    ]

    operations = [run_sql_files(SQL, "issues_raise_edition_for_source")]
