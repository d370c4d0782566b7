"""A change of a source raises the edition where a published outcome cites it, too."""

from pathlib import Path

from django.db import migrations

from rounds.sql import run_sql_files

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):

    dependencies = [('issues', '0007_groups_write_outcomes')]

    operations = [run_sql_files(SQL, "issues_raise_edition_for_source")]
