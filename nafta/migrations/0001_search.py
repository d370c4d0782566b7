"""What can be found, and the triggers that keep it as the record is.

``search_documents`` says, for each kind of row, what readers can see of it. All else follows:
``search_refresh`` writes what it says, and triggers call that for each row that a change touches.
After loading rows with triggers off: ``SELECT search_refresh_all()``.
"""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations, models
from django.db.models import F

# Originals are read with the stemmer of the language that the record is written in; translations
# word by word, whatever their language. Accents count in neither.
CONFIGURATIONS = """
CREATE TEXT SEARCH CONFIGURATION search_record (COPY = english);
ALTER TEXT SEARCH CONFIGURATION search_record
    ALTER MAPPING FOR hword, hword_part, word WITH unaccent, english_stem;
CREATE TEXT SEARCH CONFIGURATION search_plain (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION search_plain
    ALTER MAPPING FOR hword, hword_part, word WITH unaccent, simple;
"""
NO_CONFIGURATIONS = """
DROP TEXT SEARCH CONFIGURATION search_record;
DROP TEXT SEARCH CONFIGURATION search_plain;
"""

# A text is a text: what looks like a tag in it has words, too.
PLAIN = """
CREATE FUNCTION search_text(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT translate(left(words, 50000), '<>&', '   ')
$$;
"""

# A word or a phrase as it may stand in an original or in a translation; nothing for "the" and "of".
WORDS = """
CREATE FUNCTION search_words(words text) RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE numnode(phraseto_tsquery('search_record', search_text(words)))
    WHEN 0 THEN ''::tsquery
    ELSE phraseto_tsquery('search_record', search_text(words))
        || phraseto_tsquery('search_plain', search_text(words)) END
$$;
"""

# A text longer than a vector can hold is found by its beginning.
VECTOR = """
CREATE FUNCTION search_vector(name text, body text, rest text, translations jsonb, keys text[])
RETURNS tsvector LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT setweight(to_tsvector('search_record', search_text(name)), 'A')
    || setweight(to_tsvector('search_record', search_text(body)), 'B')
    || setweight(to_tsvector('search_record', search_text(rest)), 'C')
    || setweight(to_tsvector('search_plain', (SELECT coalesce(string_agg(search_text(left(value, 20000)), ' '), '')
        FROM jsonb_each_text(translations) WHERE key LIKE 'name_%' OR key LIKE 'title_%')), 'A')
    || setweight(to_tsvector('search_plain', (SELECT coalesce(string_agg(search_text(left(value, 20000)), ' '), '')
        FROM jsonb_each_text(translations) WHERE key NOT LIKE 'name_%' AND key NOT LIKE 'title_%')), 'B')
    || array_to_tsvector(keys)
$$;
"""

# What something is called, one name a line, folded; a translation is a name like any other.
NAMES = """
CREATE FUNCTION search_names(names text[], translations jsonb, called text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(string_agg(DISTINCT unaccent(lower(name)), E'\n'), '') FROM (
        SELECT unnest(names) UNION SELECT value FROM jsonb_each_text(translations) WHERE key ~ called
    ) AS every(name) WHERE name <> ''
$$;
"""


def label(alias, name, text):
    """What ``language.local`` looks for, under ``name`` and ``text``."""
    renamed = f"""CASE WHEN key LIKE '{name}\\_%' THEN 'name' || substr(key, {len(name) + 1})
        ELSE 'text' || substr(key, {len(text) + 1}) END"""
    translated = f"""(SELECT coalesce(jsonb_object_agg({renamed}, value), '{{}}')
        FROM jsonb_each({alias}.translations)
        WHERE key LIKE '{name}\\_%' OR key LIKE '{text}\\_%')"""
    return f"""jsonb_build_object('name', {alias}.{name}, 'text', {alias}.{text}) || {translated}"""


def others(table, owner, kind="source", column="slug", other="rounds_source", where="TRUE"):
    """The keys of the rows behind a many-to-many table."""
    return f"""ARRAY(SELECT '{kind} ' || other.{column} FROM {table} AS link
        JOIN {other} AS other ON other.id = link.{kind}_id WHERE link.{owner}_id = one.id
        AND {where} ORDER BY 1)"""


def parties(table, owner):
    return others(table, owner, "party", "code", other="rounds_party")


SOURCES = """array_remove(ARRAY(SELECT 'source ' || slug FROM rounds_source WHERE id = one.source_id), NULL)"""
ROUND = """ARRAY(SELECT 'round ' || slug FROM rounds_round WHERE id = one.round_id)"""
YEAR = "'year ' || extract(year FROM lower(one.dates))"

# kind: table, key, day, label, names, keys, name, body, rest, condition
DOCUMENTS = {
    "statement": dict(
        table="rounds_statement",
        keys=f"""ARRAY['kind statement', 'basis ' || one.basis, {YEAR}] || {ROUND} || {SOURCES}
            || {others("rounds_statement_other_sources", "statement")}
            || {parties("rounds_statement_parties", "statement")}
            || {others("rounds_statement_speakers", "statement", "person", other="rounds_person")}
            || {others("issues_issue_statements", "statement", "issue", other="issues_issue", where="other.state = 'published'")}
            || ARRAY(SELECT DISTINCT 'link ' || link.kind FROM rounds_statementlink AS link
                JOIN rounds_statement AS other
                ON other.id = link.statement_id + link.other_id - one.id
                WHERE one.id IN (link.statement_id, link.other_id) AND other.state = 'published')""",
        body="concat_ws(' ', one.summary, one.quotation)",
        rest="concat_ws(' ', one.attribution, one.unnamed_why, one.note)",
    ),
    "proposal": dict(
        table="issues_proposal",
        keys=f"""ARRAY['kind proposal', 'basis ' || one.basis, {YEAR}] || {ROUND} || {SOURCES}
            || {others("issues_proposal_other_sources", "proposal")}
            || {parties("issues_proposal_parties", "proposal")}
            || ARRAY(SELECT 'issue ' || slug FROM issues_issue WHERE id = one.issue_id)""",
        name="one.title",
        body="one.summary",
        rest="concat_ws(' ', one.attribution, one.unnamed_why, one.note)",
    ),
    "round": dict(
        table="rounds_round",
        keys=f"""ARRAY['kind ' || CASE WHEN one.kind IN ('round', 'permanent-round')
            THEN 'round' ELSE 'meeting' END, 'round ' || one.slug, {YEAR}] || {SOURCES}
            || {others("rounds_round_other_sources", "round")}
            || {parties("rounds_round_parties", "round")}""",
        label=label("one", "name", "place")
        + " || jsonb_build_object('first', lower(one.dates), 'last', upper(one.dates) - 1)",
        names="search_names(ARRAY[one.name, one.slug, split_part(one.place, ',', 1)], one.translations, '^name_')",
        name="one.name",
        body="concat_ws(' ', one.summary, one.agenda, one.place)",
        rest="one.note",
    ),
    "deadline": dict(
        table="rounds_deadline",
        keys=f"""ARRAY['kind deadline', {YEAR}] || {SOURCES}
            || {others("rounds_deadline_other_sources", "deadline")}
            || {parties("rounds_deadline_parties", "deadline")}""",
        name="one.name",
        body="concat_ws(' ', one.set_by, one.basis)",
        rest="one.note",
    ),
    "issue": dict(
        table="issues_issue",
        day="DATE '0001-01-01'",
        keys=f"""ARRAY['kind issue', 'issue ' || one.slug] || {SOURCES}
            || {others("issues_issue_other_sources", "issue")}""",
        label=label("one", "name", "question"),
        names="search_names(ARRAY[one.name, one.slug, one.chapter], one.translations, '^(name|chapter)_')",
        name="concat_ws(' ', one.name, replace(one.slug, '-', ' '), one.chapter)",
        body="concat_ws(' ', one.question, one.status_quo, one.background)",
        rest="one.note",
    ),
    "party": dict(
        table="rounds_party",
        key="one.code",
        day="DATE '0001-01-01'",
        keys="ARRAY['kind party', 'party ' || one.code]",
        label=label("one", "name", "adjective") + " || jsonb_build_object('colour', one.colour)",
        names="search_names(ARRAY[one.name, one.adjective, one.code], one.translations, '^(name|adjective)_')",
        name="concat_ws(' ', one.name, one.adjective)",
        shown="TRUE",
    ),
    "person": dict(
        table="rounds_person",
        day="DATE '0001-01-01'",
        keys="""ARRAY['kind person', 'person ' || one.slug]
            || ARRAY(SELECT 'party ' || code FROM rounds_party WHERE id = one.party_id)""",
        label=label("one", "name", "role"),
        names="search_names(ARRAY[one.name, one.slug], one.translations, '^name_')",
        name="one.name",
        body="concat_ws(' ', one.role, one.organisation)",
        shown="""EXISTS (SELECT FROM rounds_statement_speakers AS link
            JOIN rounds_statement AS other ON other.id = link.statement_id
            WHERE link.person_id = one.id AND other.state = 'published')""",
    ),
    "source": dict(
        table="rounds_source",
        day="coalesce(lower(one.published), DATE '0001-01-01')",
        keys="""ARRAY['kind source', 'source ' || one.slug]
            || array_remove(ARRAY['year ' || extract(year FROM lower(one.published))], NULL)""",
        label="jsonb_build_object('name', one.title, 'text', one.publisher, 'language', one.language)",
        names="search_names(ARRAY[one.publisher], '{}', '')",
        name="concat_ws(' ', one.publisher, one.title)",
        rest="one.note",
        shown=" OR ".join(
            [
                f"EXISTS (SELECT FROM {table} AS other WHERE other.{column} = one.id"
                " AND other.state = 'published')"
                for table, column in [
                    ("rounds_statement", "source_id"),
                    ("rounds_round", "source_id"),
                    ("rounds_deadline", "source_id"),
                    ("issues_issue", "source_id"),
                    ("issues_proposal", "source_id"),
                    ("issues_measure", "source_id"),
                    ("issues_measure", "agreed_source_id"),
                    ("issues_progress", "source_id"),
                ]
            ]
            + [
                f"EXISTS (SELECT FROM {table}_other_sources AS link JOIN {table} AS other"
                f" ON other.id = link.{owner}_id WHERE link.source_id = one.id"
                " AND other.state = 'published')"
                for table, owner in [
                    ("rounds_statement", "statement"),
                    ("rounds_round", "round"),
                    ("rounds_deadline", "deadline"),
                    ("issues_issue", "issue"),
                    ("issues_proposal", "proposal"),
                    ("issues_measure", "measure"),
                    ("issues_progress", "progress"),
                ]
            ]
        ),
    ),
}


def document(
    kind,
    *,
    table,
    keys,
    key="one.slug",
    day="lower(one.dates)",
    label="'{}'::jsonb",
    names="''",
    name="''",
    body="''",
    rest="''",
    shown="one.state = 'published'",
):
    return f"""
    IF of_kind = '{kind}' THEN RETURN QUERY
        SELECT '{kind}', one.id, {key}::text, {day}, {label}, {names}, found.keys,
            search_vector({name}, {body}, {rest}, one.translations, found.keys)
        FROM {table} AS one CROSS JOIN LATERAL (SELECT {keys}) AS found(keys)
        WHERE one.id = ANY(ids) AND ({shown});
    END IF;"""


# A plan made while a table is small is kept as it grows: each row is asked for by its number.
def documents(kinds):
    return f"""
CREATE OR REPLACE FUNCTION search_documents(of_kind text, ids bigint[]) RETURNS TABLE (
    kind text, object_id bigint, key text, day date, label jsonb, names text, keys text[],
    vector tsvector
) LANGUAGE plpgsql STABLE SET enable_seqscan = off AS $$
#variable_conflict use_column
BEGIN{"".join(document(kind, **parts) for kind, parts in kinds.items())}
END
$$;
"""


REFRESH = f"""
CREATE FUNCTION search_refresh(of_kind text, ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    WITH shown AS MATERIALIZED (SELECT * FROM search_documents(of_kind, ids)),
    written AS (
        INSERT INTO nafta_entry (kind, object_id, key, day, label, names, keys, vector)
        SELECT * FROM shown
        ON CONFLICT (kind, object_id) DO UPDATE SET key = EXCLUDED.key, day = EXCLUDED.day,
            label = EXCLUDED.label, names = EXCLUDED.names, keys = EXCLUDED.keys,
            vector = EXCLUDED.vector
        WHERE (nafta_entry.day, nafta_entry.label, nafta_entry.names, nafta_entry.keys,
            nafta_entry.vector) IS DISTINCT FROM
            (EXCLUDED.day, EXCLUDED.label, EXCLUDED.names, EXCLUDED.keys, EXCLUDED.vector)
    )
    DELETE FROM nafta_entry WHERE kind = of_kind AND object_id = ANY(ids)
    AND object_id NOT IN (SELECT object_id FROM shown);
END
$$;

CREATE OR REPLACE FUNCTION search_refresh_all() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM nafta_entry;
    {"".join(f'''
    PERFORM search_refresh('{kind}', ARRAY(SELECT id FROM {parts["table"]}));'''
    for kind, parts in DOCUMENTS.items())}
END
$$;
"""
NO_REFRESH = """
DROP FUNCTION search_refresh_all(); DROP FUNCTION search_refresh(text, bigint[]);
DROP FUNCTION search_documents(text, bigint[]);
DROP FUNCTION search_names(text[], jsonb, text);
DROP FUNCTION search_vector(text, text, text, jsonb, text[]); DROP FUNCTION search_words(text);
DROP FUNCTION search_text(text);
"""

# The names that are like each of these words, however misspelt; whether a word means anything to
# the search ("the" does not), and, if it is no name, whether anything in the record has it.
NEAREST = """
CREATE FUNCTION search_heard(word text) RETURNS boolean LANGUAGE plpgsql STABLE
SET enable_seqscan = off AS $$
BEGIN
    -- a common word is met at once, any other is looked up
    RETURN EXISTS (SELECT FROM (
            SELECT vector FROM nafta_entry ORDER BY day DESC, id DESC LIMIT 300
        ) AS latest WHERE vector @@ search_words(word))
    OR EXISTS (SELECT FROM nafta_entry WHERE vector @@ search_words(word));
END
$$;

CREATE FUNCTION search_nearest(words text[]) RETURNS TABLE (
    word text, means boolean, heard boolean, kind text, key text, label jsonb, names text,
    likeness real
) LANGUAGE sql STABLE SET pg_trgm.word_similarity_threshold = 0.45 AS $$
    SELECT asked.word, numnode(search_words(asked.word)) > 0,
        CASE WHEN near.best < 1 THEN search_heard(asked.word) ELSE TRUE END,
        near.kind, near.key, near.label, near.names, near.likeness
    FROM unnest(words) AS asked(word) LEFT JOIN LATERAL (
        SELECT *, max(likeness) OVER () AS best FROM (
            SELECT DISTINCT ON (entry.names) entry.kind, entry.key, entry.label, entry.names,
                word_similarity(unaccent(asked.word), entry.names) AS likeness
            FROM nafta_entry AS entry WHERE unaccent(asked.word) <% entry.names
            ORDER BY entry.names
        ) AS alike
        ORDER BY likeness DESC, kind = 'source', kind = 'round', length(names), key LIMIT 8
    ) AS near ON TRUE
$$;
"""

# Of each table: the rows that say something else once a row of it changes.
OWN = {
    "rounds_party": [("party", "id")],
    "rounds_person": [("person", "id")],
    "rounds_source": [("source", "id")],
    "rounds_statementlink": [("statement", "statement_id"), ("statement", "other_id")],
    "rounds_statement_speakers": [("statement", "statement_id"), ("person", "person_id")],
    "issues_issue_statements": [("statement", "statement_id")],
    "issues_measure": [("source", "source_id"), ("source", "agreed_source_id")],
    "issues_progress": [("source", "source_id")],
    "issues_measure_other_sources": [("source", "source_id")],
    "issues_progress_other_sources": [("source", "source_id")],
}
# Also where its state alone changes: kind, table, the column that names it, the other one.
BY_STATE = {
    "rounds_statement": [
        ("person", "rounds_statement_speakers", "statement_id", "person_id"),
        ("statement", "rounds_statementlink", "statement_id", "other_id"),
        ("statement", "rounds_statementlink", "other_id", "statement_id"),
    ],
    "issues_issue": [("statement", "issues_issue_statements", "issue_id", "statement_id")],
    "issues_measure": [("source", "issues_measure_other_sources", "measure_id", "source_id")],
    "issues_progress": [("source", "issues_progress_other_sources", "progress_id", "source_id")],
}
for kind, table in [
    ("statement", "rounds_statement"),
    ("round", "rounds_round"),
    ("deadline", "rounds_deadline"),
    ("proposal", "issues_proposal"),
    ("issue", "issues_issue"),
]:
    OWN[table] = [(kind, "id"), ("source", "source_id")]
    OWN[f"{table}_other_sources"] = [(kind, f"{kind}_id"), ("source", "source_id")]
    if kind != "issue":
        OWN[f"{table}_parties"] = [(kind, f"{kind}_id")]
    BY_STATE.setdefault(table, []).append(
        ("source", f"{table}_other_sources", f"{kind}_id", "source_id")
    )


def after(table):
    def refresh(row):
        return "".join(
            f"PERFORM search_refresh('{kind}', ARRAY[{row}.{column}]::bigint[]);\n"
            for kind, column in OWN[table]
        )

    by_state = "".join(
        f"PERFORM search_refresh('{kind}', ARRAY(SELECT {there} FROM {link} WHERE {here} = NEW.id));\n"
        for kind, link, here, there in BY_STATE.get(table, [])
    )
    if by_state:
        by_state = f"""IF TG_OP = 'UPDATE' THEN
            IF OLD.state <> NEW.state THEN {by_state} END IF;
        END IF;"""
    return f"""
CREATE OR REPLACE FUNCTION search_after_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN {refresh("OLD")} END IF;
    IF TG_OP <> 'DELETE' THEN {refresh("NEW")} END IF;
    {by_state}
    RETURN NULL;
END
$$;
"""


def trigger(table):
    return f"""{after(table)}
CREATE TRIGGER search AFTER INSERT OR UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION search_after_{table}();
"""


TRIGGERS = "".join(trigger(table) for table in OWN)
NO_TRIGGERS = "".join(
    f"DROP TRIGGER search ON {table}; DROP FUNCTION search_after_{table}();" for table in OWN
)


class Migration(migrations.Migration):
    dependencies = [("rounds", "0008_translations"), ("issues", "0005_translations")]

    operations = [
        UnaccentExtension(),
        TrigramExtension(),
        migrations.RunSQL(CONFIGURATIONS, NO_CONFIGURATIONS),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=12)),
                ("object_id", models.BigIntegerField()),
                ("key", models.CharField(max_length=80)),
                ("day", models.DateField()),
                ("label", models.JSONField(default=dict)),
                ("names", models.TextField(blank=True)),
                ("keys", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ("vector", django.contrib.postgres.search.SearchVectorField()),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=["vector"], name="nafta_entry_vector"),
                    django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(F("names"), "gin_trgm_ops"), name="nafta_entry_names"),
                    models.Index(F("day").desc(), F("id").desc(), name="nafta_entry_latest_first"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "object_id"), name="nafta_entry_once"),
                    models.UniqueConstraint(fields=("kind", "key"), name="nafta_entry_key"),
                ],
            },
        ),
        # how common a word is decides how its rows are read: know it of thousands of words
        migrations.RunSQL(
            "ALTER TABLE nafta_entry ALTER COLUMN vector SET STATISTICS 2000;",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(PLAIN + WORDS + VECTOR + NAMES + documents(DOCUMENTS) + REFRESH, NO_REFRESH),
        migrations.RunSQL(NEAREST, "DROP FUNCTION search_nearest(text[]); DROP FUNCTION search_heard(text);"),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
        migrations.RunSQL("SELECT search_refresh_all();", migrations.RunSQL.noop),
    ]
