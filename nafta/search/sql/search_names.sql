-- What something is called: one name a line, in lower case, without accents, in normal spelling. A
-- translation is a name like any other; called is a pattern of the keys of those that are names.
CREATE OR REPLACE FUNCTION search_names(names text[], translations jsonb, called text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(string_agg(DISTINCT btrim(unaccent(lower(search_spelling(name)))), E'\n'), '')
    FROM (
        SELECT unnest(names)
        UNION SELECT value FROM jsonb_each_text(translations) WHERE key ~ called
    ) AS every(name) WHERE name <> ''
$$;
