"""Whatever fits is found from the newest on: of a large record no more is read than it takes."""

from importlib import import_module

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import migrations, models

search = import_module("nafta.migrations.0001_search")

# The newest `most` rows that fit, behind a place in the list if one is given; `number` is the column
# that orders the rows of a day, and `behind_number` is of it.
#
# Where words are frequent, the newest rows soon have enough of them, and are read in their order.
# Where they are rare, the index of words has them at once. How frequent several words are together,
# or one behind another, no statistics tell: so the newest few thousand rows are tried, and these tell
# how far to go. Whatever is farther than some tens of thousands of rows is left to the indexes, and
# looked for only until there are `enough`; then a last row without anything says that there may be
# more.
LATEST = """
CREATE FUNCTION search_latest(
    question tsquery, kinds text[], after date, before date,
    behind date, behind_number bigint, number text, most integer, enough integer
) RETURNS SETOF nafta_entry LANGUAGE plpgsql STABLE ROWS 50
SET enable_seqscan = off SET enable_indexscan = on SET enable_bitmapscan = on
SET max_parallel_workers_per_gather = 0 AS $$
DECLARE
    fits constant text := format(
        'SELECT * FROM nafta_entry WHERE day >= $1 AND day < $2 %s %s %s
        ORDER BY day DESC, %I DESC LIMIT $3',
        CASE WHEN kinds IS NOT NULL THEN 'AND kind = ANY($4)' END,
        CASE WHEN question IS NOT NULL THEN 'AND vector @@ $5' END,
        CASE WHEN behind IS NOT NULL THEN format('AND (day < $6 OR %I < $7)', number) END,
        number);
    bottom constant date := coalesce(after + 1, CASE WHEN before IS NOT NULL
        THEN DATE '0001-01-02' ELSE '-infinity' END);  -- what has no day is neither before nor after
    top date := least(before, behind + 1, 'infinity');
    lowest date;
    days double precision;  -- that a row takes
    width double precision := 4096;  -- rows to look through
    seen double precision := 0;
    found double precision := 0;
    rate double precision;
    near constant double precision := 40000;  -- rows that are soon read one by one
    fresh integer;
BEGIN
    IF most <= 0 THEN RETURN; END IF;
    PERFORM set_config('enable_bitmapscan', 'off', TRUE);  -- whatever the words: in their order
    SELECT day INTO lowest FROM nafta_entry WHERE day < top
        ORDER BY day DESC, id DESC OFFSET width LIMIT 1;
    IF lowest > DATE '0001-01-01' THEN
        SELECT (day - lowest + 1) / width INTO days FROM nafta_entry WHERE day < top
            ORDER BY day DESC, id DESC LIMIT 1;
    ELSE
        lowest := NULL;
    END IF;
    LOOP
        lowest := greatest(bottom, lowest);
        RETURN QUERY EXECUTE fits
            USING lowest, top, most - found::integer, kinds, question, behind, behind_number;
        GET DIAGNOSTICS fresh = ROW_COUNT;
        found := found + fresh;
        seen := seen + width;
        EXIT WHEN found >= most OR lowest <= bottom;
        IF found >= enough AND seen >= near / 2 THEN
            RETURN NEXT NULL::nafta_entry;  -- there may be more
            EXIT;
        END IF;
        -- as far as it takes at this rate, if that is near; else as far as it takes for enough
        rate := greatest(found, 0.5) / seen;
        width := 1.5 * (most - found) / rate;
        IF seen + width > near THEN
            width := greatest(near - seen, 1.5 * (enough - found) / rate);
        END IF;
        width := least(8 * seen, greatest(width, seen));
        PERFORM set_config('enable_bitmapscan', 'on', TRUE);
        IF width > near THEN
            PERFORM set_config('enable_indexscan', 'off', TRUE);
        END IF;
        top := lowest;
        lowest := CASE WHEN width * days < top - DATE '1900-01-01'
            THEN top - ceil(width * days)::integer END;
    END LOOP;
END
$$;
"""

# As before (0001_search.py), but publishers, one name of thousands of rows, are looked at only for a
# word that the record never used, and each of them once.
NEAREST = """
CREATE FUNCTION search_publishers() RETURNS SETOF text LANGUAGE sql STABLE
SET enable_seqscan = off AS $$
    WITH RECURSIVE publisher(name) AS (
        (SELECT names FROM nafta_entry WHERE kind = 'source' ORDER BY names LIMIT 1)
        UNION ALL
        SELECT (SELECT names FROM nafta_entry WHERE kind = 'source' AND names > publisher.name
            ORDER BY names LIMIT 1)
        FROM publisher WHERE publisher.name IS NOT NULL
    )
    SELECT name FROM publisher WHERE name <> ''
$$;

CREATE OR REPLACE FUNCTION search_nearest(words text[]) RETURNS TABLE (
    word text, means boolean, heard boolean, kind text, key text, label jsonb, names text,
    likeness real
) LANGUAGE sql STABLE SET pg_trgm.word_similarity_threshold = 0.45 AS $$
    WITH near AS MATERIALIZED (
        SELECT asked.word, numnode(search_words(asked.word)) > 0 AS means, alike.*
        FROM unnest(words) AS asked(word) LEFT JOIN LATERAL (
            SELECT DISTINCT ON (entry.names) entry.kind, entry.key, entry.label, entry.names,
                word_similarity(unaccent(asked.word), entry.names) AS likeness
            FROM nafta_entry AS entry
            WHERE entry.kind <> 'source' AND unaccent(asked.word) <% entry.names
            ORDER BY entry.names
        ) AS alike ON TRUE
    ), asked AS MATERIALIZED (
        SELECT near.word, bool_and(near.means) AS means,
            CASE WHEN max(near.likeness) = 1 OR NOT bool_and(near.means) THEN TRUE
            ELSE search_heard(near.word) END AS heard
        FROM near GROUP BY near.word
    ), every AS (
        SELECT near.word, near.kind, near.key, near.label, near.names, near.likeness FROM near
        UNION ALL
        SELECT asked.word, 'source', one.key, one.label, name,
            word_similarity(unaccent(asked.word), name)
        FROM asked CROSS JOIN LATERAL search_publishers() AS name
        CROSS JOIN LATERAL (
            SELECT entry.key, entry.label FROM nafta_entry AS entry
            WHERE entry.kind = 'source' AND entry.names = name LIMIT 1
        ) AS one
        WHERE NOT asked.heard AND unaccent(asked.word) <% name
    )
    SELECT asked.word, asked.means, asked.heard, told.kind, told.key, told.label, told.names,
        told.likeness
    FROM asked CROSS JOIN LATERAL (
        SELECT * FROM every WHERE every.word = asked.word
        ORDER BY likeness DESC, kind = 'source', kind = 'round', length(names), key LIMIT 8
    ) AS told
$$;
"""


class Migration(migrations.Migration):
    # Both new indexes are of few rows: at a million statements a save waits for seconds at most.

    dependencies = [("nafta", "0004_status_and_keywords")]

    operations = [
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(
                fields=["names"], condition=models.Q(kind="source"), name="nafta_entry_publishers"
            ),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=GinIndex(
                OpClass(models.F("names"), "gin_trgm_ops"),
                condition=models.Q(kind="source", _negated=True),
                name="nafta_entry_called",
            ),
        ),
        migrations.RunSQL(
            LATEST + NEAREST,
            f"""
            DROP FUNCTION search_latest(
                tsquery, text[], date, date, date, bigint, text, integer, integer);
            DROP FUNCTION search_nearest(text[]);
            DROP FUNCTION search_publishers();
            DROP FUNCTION search_heard(text);
            {search.NEAREST}
            """,
        ),
        migrations.RemoveIndex(model_name="entry", name="nafta_entry_names"),
    ]
