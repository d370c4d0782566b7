"""What became of a thing is a key, and an issue is found by whatever else people call it."""

from importlib import import_module

from django.db import migrations

search = import_module("nafta.migrations.0001_search")
issues_of_rounds = import_module("nafta.migrations.0003_issues_of_rounds")


def of_kind(kind, **parts):
    return {kind: issues_of_rounds.DOCUMENTS[kind] | parts}


def with_status(kind, column):
    keys = issues_of_rounds.DOCUMENTS[kind]["keys"]
    return of_kind(kind, keys=f"{keys} || ARRAY['status ' || one.{column}]")


DOCUMENTS = (
    issues_of_rounds.DOCUMENTS
    | with_status("deadline", "outcome")
    | with_status("round", "status")
    | with_status("proposal", "status")
    | of_kind(
        "issue",
        names=f"""concat_ws(E'\n\n', {issues_of_rounds.DOCUMENTS["issue"]["names"]},
            nullif(search_names(search_keywords(one.keywords, one.translations), '{{}}', ''), ''))""",
        name="concat_ws(' ', one.name, replace(one.slug, '-', ' '), one.chapter, one.keywords)",
    )
)

# Several names in one text, with commas between.
CALLED = r"""
CREATE FUNCTION search_keywords(keywords text, translations jsonb) RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT ARRAY(SELECT btrim(name) FROM (
        SELECT keywords UNION ALL
        SELECT value FROM jsonb_each_text(translations) WHERE key LIKE 'keywords\_%'
    ) AS every(names), regexp_split_to_table(names, '[,;]') AS name)
$$;
"""
# In a translation they weigh what they weigh in the original: as much as the name.
VECTOR = search.VECTOR.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
NAMED = VECTOR.replace(
    "key NOT LIKE 'name_%' AND key NOT LIKE 'title_%'", "key !~ '^(name|title|keywords)_'"
).replace("key LIKE 'name_%' OR key LIKE 'title_%'", "key ~ '^(name|title|keywords)_'")
REFRESH_ALL = issues_of_rounds.REFRESH_ALL


class Migration(migrations.Migration):
    dependencies = [("nafta", "0003_issues_of_rounds"), ("issues", "0007_keywords")]

    operations = [
        migrations.RunSQL(
            CALLED + NAMED + search.documents(DOCUMENTS) + REFRESH_ALL,
            VECTOR
            + search.documents(issues_of_rounds.DOCUMENTS)
            + "DROP FUNCTION search_keywords(text, jsonb);"
            + REFRESH_ALL,
        ),
    ]
