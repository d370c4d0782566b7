"""Outcomes of issues are found: by themselves, with their issue, and the sources that they cite."""

from pathlib import Path
from typing import Any

from django.db import migrations

from nafta.search.record_texts import install_search_bodies
from rounds.sql import run_sql_files

SQL = Path(__file__).parent.parent / "search" / "sql"


def install(_apps: Any, editor: Any) -> None:
    """Write the functions before anything calls them; ``post_migrate`` comes only at the end."""
    install_search_bodies(using=editor.connection.alias)


class Migration(migrations.Migration):

    dependencies = [
        ('nafta', '0004_finished_jobs'),
        ('issues', '0008_edition_of_sources_of_outcomes'),
    ]

    operations = [
        migrations.RunPython(install, migrations.RunPython.noop),
        run_sql_files(
            SQL,
            "search_outcomes",
            "search_documents",
            "search_refresh_all",
            "triggers/issues_outcome",
            "triggers/issues_outcome_other_sources",
            "triggers/issues_partyoutcome",
        ),
        migrations.RunSQL("SELECT search_refresh_all()"),
    ]
