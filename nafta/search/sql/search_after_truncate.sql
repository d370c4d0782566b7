-- Called when a table is emptied at once, which fires no trigger of a row.
CREATE OR REPLACE FUNCTION search_after_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM search_refresh_all();
    RETURN NULL;
END
$$;
