-- The newest `most` rows that fit, after a row of the list if one is given: behind is its day, and
-- behind_number its number of that day. number is the column that orders the rows of a day.
-- question, kinds, after, before and behind may be NULL; a row fits if its day is later than
-- `after` and earlier than `before`. A row of NULLs comes last where there may be more rows, which
-- were not looked for.
--
-- Of a large record no more is read than it takes. Where words are frequent, the newest rows soon
-- have enough of them, and are read in their order. Where they are rare, the index of words has
-- them at once. How frequent several words are together no statistics say, so the newest few
-- thousand rows are tried first, and these say how far to go. That is counted in rows while these
-- are read one by one, since on the days of a round more may have been said than in a year. What is
-- farther than some tens of thousands of rows is left to the index of words, and looked for only
-- until there are `enough`.
CREATE OR REPLACE FUNCTION search_latest(
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
        THEN DATE '0001-01-02' ELSE '-infinity' END);  -- without a day: neither before nor after
    near constant double precision := 40000;  -- rows that are soon read one by one
    far boolean := FALSE;
    top date := least(before, behind + 1, 'infinity');
    lowest date;
    days double precision;  -- that one row spans, on average
    width double precision := 4096;  -- rows to look through
    wanted integer := most;
    seen double precision := 0;
    found integer := 0;
    rate double precision;
    fresh integer;
BEGIN
    IF most <= 0 THEN RETURN; END IF;
    LOOP
        PERFORM set_config('enable_bitmapscan', far::text, TRUE);
        PERFORM set_config('enable_indexscan', (NOT far)::text, TRUE);
        IF far THEN  -- by the index of words
            lowest := CASE WHEN width * days < top - DATE '1900-01-01'
                THEN top - ceil(width * days)::integer END;
        ELSE  -- in their order
            SELECT day INTO lowest FROM nafta_entry WHERE day < top
                ORDER BY day DESC, id DESC OFFSET width LIMIT 1;
            IF lowest > DATE '0001-01-01' THEN
                SELECT (day - lowest + 1) / width INTO days FROM nafta_entry WHERE day < top
                    ORDER BY day DESC, id DESC LIMIT 1;
            ELSE
                lowest := NULL;
            END IF;
        END IF;
        lowest := greatest(bottom, lowest);
        RETURN QUERY EXECUTE fits
            USING lowest, top, wanted - found, kinds, question, behind, behind_number;
        GET DIAGNOSTICS fresh = ROW_COUNT;
        found := found + fresh;
        seen := seen + width;
        EXIT WHEN found >= most OR found < wanted AND lowest <= bottom;
        IF found >= wanted THEN
            RETURN NEXT NULL::nafta_entry;  -- there may be more
            EXIT;
        END IF;
        -- as far as it takes at this rate, if that is near; else as far as it takes for enough
        rate := greatest(found, 0.5) / seen;
        width := 1.5 * (most - found) / rate;
        wanted := most;
        IF seen + width > near THEN
            IF found >= enough THEN
                RETURN NEXT NULL::nafta_entry;
                EXIT;
            END IF;
            width := 1.5 * (enough - found) / rate;
            far := width > near;
            wanted := CASE WHEN far THEN most ELSE enough END;
        END IF;
        width := least(8 * seen, greatest(width, seen));
        top := lowest;
    END LOOP;
END
$$;
