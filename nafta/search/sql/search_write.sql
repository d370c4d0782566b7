-- Bring the index to what search_documents returns for the given rows of a kind. Only
-- search_refresh and search_refresh_all call it, which hold the locks of these rows. A row of the
-- index that is the same as before is not written.
CREATE OR REPLACE FUNCTION search_write(of_kind text, ids bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
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
