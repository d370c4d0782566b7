-- Renew the index for rows such as 'statement 5'; NULL names none.
--
-- What readers can see of a row may hang on rows that another transaction is changing. So each row
-- of the index is written by one transaction at a time: the next waits until the first has ended,
-- and only then looks at the record. The locks are 1,024 advisory ones, as many as a large load can
-- hold without filling the server's table of locks, taken in their order; 7353 sets them apart from
-- other advisory locks.
CREATE OR REPLACE FUNCTION search_refresh(touched text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    of_kind text;
    ids bigint[];
BEGIN
    PERFORM pg_advisory_xact_lock(7353, slot) FROM (
        SELECT DISTINCT hashtext(entry) & 1023 AS slot FROM unnest(touched) AS entry
        WHERE entry IS NOT NULL ORDER BY slot
    ) AS slots;
    FOR of_kind, ids IN
        SELECT split_part(entry, ' ', 1), array_agg(split_part(entry, ' ', 2)::bigint)
        FROM unnest(touched) AS entry WHERE entry IS NOT NULL GROUP BY 1 ORDER BY 1
    LOOP
        PERFORM search_write(of_kind, ids);
    END LOOP;
END
$$;
