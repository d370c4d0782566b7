"""``search_documents`` asks ``search_body`` for the texts of a row (nafta/search/record_texts.py)."""

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
        ('nafta', '0002_search'),
    ]

    operations = [
        migrations.RunPython(install, migrations.RunPython.noop),
        run_sql_files(SQL, "search_documents"),
    ]
