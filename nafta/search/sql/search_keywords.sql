-- The keywords of an issue and of its translations: search_listed for this one field.
CREATE OR REPLACE FUNCTION search_keywords(keywords text, translations jsonb) RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT ARRAY(SELECT btrim(name) FROM (
        SELECT keywords UNION ALL
        SELECT value FROM jsonb_each_text(translations) WHERE key LIKE 'keywords\_%'
    ) AS every(names), regexp_split_to_table(names, '[,;]') AS name)
$$;
