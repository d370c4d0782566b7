"""Whatever fits is found from the newest on: of a large record no more is read than it takes."""

from django.db import migrations

# The newest `most` rows that fit, behind a place in the list if one is given; `number` is the column
# that orders the rows of a day, and `behind_number` is of it.
#
# Where words are frequent, the newest rows soon have enough of them, and are read in their order.
# Where they are rare, the index of words has them at once. How frequent several words are together,
# or one behind another, no statistics tell: so the newest few thousand rows are tried, and these tell
# how far to go. Whatever is farther than some tens of thousands of rows is left to the indexes.
LATEST = """
CREATE FUNCTION search_latest(
    question tsquery, kinds text[], after date, before date,
    behind date, behind_number bigint, number text, most integer
) RETURNS SETOF nafta_entry LANGUAGE plpgsql STABLE ROWS 300
SET enable_seqscan = off SET enable_indexscan = on SET max_parallel_workers_per_gather = 0 AS $$
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
    fresh integer;
BEGIN
    IF most <= 0 THEN RETURN; END IF;
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
        width := least(8 * width, greatest(seen, 1.5 * (most - found) * seen / greatest(found, 0.5)));
        top := lowest;
        lowest := CASE WHEN width * days < top - DATE '1900-01-01'
            THEN top - ceil(width * days)::integer END;
        IF width > 40000 THEN
            PERFORM set_config('enable_indexscan', 'off', TRUE);
        END IF;
    END LOOP;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("nafta", "0004_status_and_keywords")]

    operations = [
        migrations.RunSQL(
            LATEST,
            "DROP FUNCTION search_latest(tsquery, text[], date, date, date, bigint, text, integer);",
        ),
    ]
