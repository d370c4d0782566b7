-- Write the whole index anew, as after rows were loaded with triggers off. It takes every lock of
-- search_refresh, so nobody else writes to the index meanwhile.
CREATE OR REPLACE FUNCTION search_refresh_all() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7353, slot) FROM generate_series(0, 1023) AS slot;
    DELETE FROM nafta_entry;
    PERFORM search_write('statement', ARRAY(SELECT id FROM rounds_statement));
    PERFORM search_write('proposal', ARRAY(SELECT id FROM issues_proposal));
    PERFORM search_write('outcome', ARRAY(SELECT id FROM issues_outcome));
    PERFORM search_write('round', ARRAY(SELECT id FROM rounds_round));
    PERFORM search_write('deadline', ARRAY(SELECT id FROM rounds_deadline));
    PERFORM search_write('issue', ARRAY(SELECT id FROM issues_issue));
    PERFORM search_write('party', ARRAY(SELECT id FROM rounds_party));
    PERFORM search_write('person', ARRAY(SELECT id FROM rounds_person));
    PERFORM search_write('source', ARRAY(SELECT id FROM rounds_source));
END
$$;
