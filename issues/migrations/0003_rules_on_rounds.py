"""What this app asks of the tables of rounds (decision 0053).

Older databases have the same rules from migrations of rounds that spoke of the tables of issues.
"""

from pathlib import Path

from django.db import migrations

from rounds.sql import run_sql_files

SQL = Path(__file__).parent.parent / "sql"

DROP_OLDER = """
DROP TRIGGER IF EXISTS pgtrigger_cancelled_has_no_progress_7c555 ON rounds_round;
DROP FUNCTION IF EXISTS pgtrigger_cancelled_has_no_progress_7c555();
DROP TRIGGER IF EXISTS pgtrigger_keep_published_13154 ON rounds_statement;
DROP FUNCTION IF EXISTS pgtrigger_keep_published_13154();
"""


class Migration(migrations.Migration):

    dependencies = [('issues', '0002_groups')]

    operations = [
        migrations.RunSQL(DROP_OLDER),
        run_sql_files(
            SQL,
            "issues_keep_round_published",
            "issues_keep_statement_published",
            "issues_cancelled_has_no_progress",
        ),
    ]
