"""A round is found by the issues that were spoken of at it, as on the timeline."""

from importlib import import_module

from django.db import migrations

search = import_module("nafta.migrations.0001_search")
one_at_a_time = import_module("nafta.migrations.0002_one_at_a_time")

TOUCHED = """ARRAY(SELECT DISTINCT 'issue ' || issue.slug FROM issues_issue AS issue
    WHERE issue.state = 'published' AND (
        EXISTS (SELECT FROM issues_progress AS other WHERE other.round_id = one.id
            AND other.issue_id = issue.id AND other.state = 'published')
        OR EXISTS (SELECT FROM issues_proposal AS other WHERE other.round_id = one.id
            AND other.issue_id = issue.id AND other.state = 'published')
        OR EXISTS (SELECT FROM issues_issue_statements AS link JOIN rounds_statement AS other
            ON other.id = link.statement_id WHERE other.round_id = one.id
            AND link.issue_id = issue.id AND other.state = 'published')) ORDER BY 1)"""

DOCUMENTS = search.DOCUMENTS | {
    "round": search.DOCUMENTS["round"]
    | {"keys": f"{search.DOCUMENTS['round']['keys']} || {TOUCHED}"}
}

# Both ends again: what stands between a round and an issue, and the issue itself.
OWN = one_at_a_time.OWN | {
    table: [*one_at_a_time.OWN[table], ("round", "round_id"), ("issue", "issue_id")]
    for table in ("issues_progress", "issues_proposal")
}
BY_STATE = search.BY_STATE | {
    "issues_issue": [
        *search.BY_STATE["issues_issue"],
        ("round", "issues_progress", "issue_id", "round_id"),
        ("round", "issues_proposal", "issue_id", "round_id"),
        (
            "round",
            "(SELECT link.issue_id, said.round_id FROM issues_issue_statements AS link"
            " JOIN rounds_statement AS said ON said.id = link.statement_id) AS spoken",
            "issue_id",
            "round_id",
        ),
    ]
}

# A statement links its round to its issues: where it moves or is shown, and with each of its links.
# Only then, as there are many statements at a round.
MORE = {
    "rounds_statement": """IF TG_OP = 'UPDATE' THEN
        IF (OLD.state, OLD.round_id) IS DISTINCT FROM (NEW.state, NEW.round_id) THEN
            PERFORM search_refresh(ARRAY['round ' || OLD.round_id, 'round ' || NEW.round_id]);
        END IF;
    END IF;""",
    "issues_issue_statements": """PERFORM search_refresh(ARRAY(
        SELECT 'round ' || round_id FROM rounds_statement
        WHERE id IN (OLD.statement_id, NEW.statement_id)));""",
}
CHANGED = ["issues_progress", "issues_proposal", "issues_issue", *MORE]
TRIGGERS = "".join(
    one_at_a_time.after(table, OWN[table], BY_STATE.get(table, []), MORE.get(table, ""))
    for table in CHANGED
)
BEFORE = "".join(
    one_at_a_time.after(table, one_at_a_time.OWN[table], search.BY_STATE.get(table, []))
    for table in CHANGED
)
REFRESH_ALL = "SELECT search_refresh_all();"


class Migration(migrations.Migration):
    dependencies = [("nafta", "0002_one_at_a_time")]

    operations = [
        migrations.RunSQL(
            search.documents(DOCUMENTS) + TRIGGERS + REFRESH_ALL,
            search.documents(search.DOCUMENTS) + BEFORE + REFRESH_ALL,
        ),
    ]
