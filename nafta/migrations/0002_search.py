"""The functions of the search, and the triggers that keep its table as the record is.

Each is a file of nafta/search/sql/, which says what it does and why; rounds/sql/__init__.py says how
one is changed. ``search_documents`` is the place to begin: what readers can see of each kind of
row. ``search_refresh`` writes what it returns, and triggers call that for each row that a change
touches.

The triggers are not declared with pgtrigger, which needs a proxy model for each table of another
app: two dozen models and content types that nothing else would use (decision 0053).
"""

from pathlib import Path

from django.db import migrations

from rounds.sql import run_sql_files

SQL = Path(__file__).parent.parent / "search" / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('nafta', '0001_initial'),
        ('rounds', '0001_initial'),
        ('issues', '0001_initial'),
    ]

    operations = [
        run_sql_files(
            SQL,
            # how a text is read
            "search_spelling",
            "search_text",
            "search_words",
            "search_listed",
            "search_keywords",
            "search_names",
            "search_vector",
            # how the table is filled
            "search_documents",
            "search_write",
            "search_refresh",
            "search_refresh_all",
            "search_after_truncate",
            # how it is asked
            "search_heard",
            "search_publishers",
            "search_nearest",
            "search_latest",
            # when it is filled
            "triggers/issues_issue",
            "triggers/issues_issue_other_sources",
            "triggers/issues_issue_statements",
            "triggers/issues_measure",
            "triggers/issues_measure_other_sources",
            "triggers/issues_progress",
            "triggers/issues_progress_other_sources",
            "triggers/issues_proposal",
            "triggers/issues_proposal_other_sources",
            "triggers/issues_proposal_parties",
            "triggers/rounds_deadline",
            "triggers/rounds_deadline_other_sources",
            "triggers/rounds_deadline_parties",
            "triggers/rounds_party",
            "triggers/rounds_person",
            "triggers/rounds_round",
            "triggers/rounds_round_other_sources",
            "triggers/rounds_round_parties",
            "triggers/rounds_source",
            "triggers/rounds_statement",
            "triggers/rounds_statement_other_sources",
            "triggers/rounds_statement_parties",
            "triggers/rounds_statement_speakers",
            "triggers/rounds_statementlink",
        ),
    ]
