-- The names in a text that lists several, with commas or semicolons between, and in the
-- translations of that field.
CREATE OR REPLACE FUNCTION search_listed(names text, translations jsonb, field text) RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT ARRAY(SELECT btrim(name) FROM (
        SELECT names UNION ALL
        SELECT value FROM jsonb_each_text(translations) WHERE starts_with(key, field || '_')
    ) AS every(list), regexp_split_to_table(list, '[,;]') AS name)
$$;
