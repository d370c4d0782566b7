"""The index stays right when two transactions overlap, and when tables are emptied.

What readers can see of a row may hang on rows that another transaction is changing. So each row of
the index is written by one transaction at a time: the next waits until the first has ended, and
only then looks at the record.
"""

from importlib import import_module

from django.db import migrations

search = import_module("nafta.migrations.0001_search")

# Both ends of each list, also those that cannot be found: whoever changes one waits for the other.
OWN = search.OWN | {
    "issues_issue_statements": [("statement", "statement_id"), ("issue", "issue_id")],
    **{
        name: [*search.OWN[name], (kind, column)]
        for name, kind, column in [
            ("issues_measure", "measure", "id"),
            ("issues_measure_other_sources", "measure", "measure_id"),
            ("issues_progress", "progress", "id"),
            ("issues_progress_other_sources", "progress", "progress_id"),
        ]
    },
}

# As many as a large load can hold without filling the server's table of locks.
LOCKS = 1024
SPACE = 7_353  # sets them apart from other advisory locks

REFRESH = f"""
DROP FUNCTION search_refresh(text, bigint[]);

CREATE FUNCTION search_write(of_kind text, ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    WITH shown AS MATERIALIZED (SELECT * FROM search_documents(of_kind, ids)),
    written AS (
        INSERT INTO nafta_entry (kind, object_id, key, day, label, names, keys, vector)
        SELECT * FROM shown
        ON CONFLICT (kind, object_id) DO UPDATE SET key = EXCLUDED.key, day = EXCLUDED.day,
            label = EXCLUDED.label, names = EXCLUDED.names, keys = EXCLUDED.keys,
            vector = EXCLUDED.vector
        WHERE (nafta_entry.key, nafta_entry.day, nafta_entry.label, nafta_entry.names,
            nafta_entry.keys, nafta_entry.vector) IS DISTINCT FROM
            (EXCLUDED.key, EXCLUDED.day, EXCLUDED.label, EXCLUDED.names, EXCLUDED.keys,
            EXCLUDED.vector)
    )
    DELETE FROM nafta_entry WHERE kind = of_kind AND object_id = ANY(ids)
    AND object_id NOT IN (SELECT object_id FROM shown);
END
$$;

-- of rows such as 'statement 5'; whoever asked first is done before the next looks
CREATE FUNCTION search_refresh(touched text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    of_kind text;
    ids bigint[];
BEGIN
    PERFORM pg_advisory_xact_lock({SPACE}, place) FROM (
        SELECT DISTINCT hashtext(one) & {LOCKS - 1} AS place FROM unnest(touched) AS one
        WHERE one IS NOT NULL ORDER BY place
    ) AS places;
    FOR of_kind, ids IN
        SELECT split_part(one, ' ', 1), array_agg(split_part(one, ' ', 2)::bigint)
        FROM unnest(touched) AS one WHERE one IS NOT NULL GROUP BY 1 ORDER BY 1
    LOOP
        PERFORM search_write(of_kind, ids);
    END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION search_refresh_all() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock({SPACE}, place) FROM generate_series(0, {LOCKS - 1}) AS place;
    DELETE FROM nafta_entry;
    {"".join(f'''
    PERFORM search_write('{kind}', ARRAY(SELECT id FROM {parts["table"]}));'''
    for kind, parts in search.DOCUMENTS.items())}
END
$$;

CREATE FUNCTION search_after_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM search_refresh_all();
    RETURN NULL;
END
$$;
"""


def after(table, own, linked, more=""):
    """What a change of a row does: ``own`` as in ``OWN``, ``linked`` as in ``BY_STATE``.

    The rows linked to it are read in a second step: by then nobody else is changing a link.
    """

    def rows(row):
        named = ", ".join(f"'{kind} ' || {row}.{column}" for kind, column in own)
        return f"touched := touched || ARRAY[{named}];"

    by_state = " || ".join(
        f"ARRAY(SELECT '{kind} ' || {there} FROM {link} WHERE {here} = NEW.id)"
        for kind, link, here, there in linked
    )
    if by_state:
        by_state = f"""IF TG_OP = 'UPDATE' THEN
        IF OLD.state <> NEW.state THEN PERFORM search_refresh({by_state}); END IF;
    END IF;"""
    return f"""
CREATE OR REPLACE FUNCTION search_after_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched text[] := '{{}}';
BEGIN
    IF TG_OP <> 'INSERT' THEN {rows("OLD")} END IF;
    IF TG_OP <> 'DELETE' THEN {rows("NEW")} END IF;
    PERFORM search_refresh(touched);
    {by_state}
    {more}
    RETURN NULL;
END
$$;
"""


TRIGGERS = "".join(after(table, own, search.BY_STATE.get(table, [])) for table, own in OWN.items())
EMPTIED = "".join(
    f"CREATE TRIGGER search_emptied AFTER TRUNCATE ON {table} EXECUTE FUNCTION search_after_truncate();"
    for table in OWN
)

BEFORE = (
    "".join(f"DROP TRIGGER search_emptied ON {table};" for table in OWN)
    + "DROP FUNCTION search_after_truncate(); DROP FUNCTION search_refresh(text[]);"
    + "DROP FUNCTION search_write(text, bigint[]);"
    + search.REFRESH
    + "".join(search.after(table) for table in OWN)
)


class Migration(migrations.Migration):
    dependencies = [("nafta", "0001_search")]

    operations = [
        migrations.RunSQL(REFRESH + TRIGGERS + EMPTIED, BEFORE),
        migrations.RunSQL("SELECT search_refresh_all();", migrations.RunSQL.noop),
    ]
