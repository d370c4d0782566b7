-- The publishers of the record, each once. A publisher is one name of thousands of rows, so each is
-- found by a step through the index instead of by reading all rows.
CREATE OR REPLACE FUNCTION search_publishers() RETURNS SETOF text LANGUAGE sql STABLE
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
