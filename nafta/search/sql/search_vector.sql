-- The words of a row, by weight, and its keys. In a translation names and keywords weigh what they
-- weigh in the original; each translation is read as far as its share of a vector goes.
CREATE OR REPLACE FUNCTION search_vector(
    name text, body text, rest text, translations jsonb, keys text[]
) RETURNS tsvector LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT setweight(to_tsvector('search_record', search_text(name)), 'A')
    || setweight(to_tsvector('search_record', search_text(body)), 'B')
    || setweight(to_tsvector('search_record', search_text(rest)), 'C')
    || setweight(to_tsvector('search_plain', (
        SELECT coalesce(string_agg(search_text(left(value, 20000)), ' '), '')
        FROM jsonb_each_text(translations) WHERE key ~ '^(name|title|keywords)_')), 'A')
    || setweight(to_tsvector('search_plain', (
        SELECT coalesce(string_agg(search_text(left(value, 20000)), ' '), '')
        FROM jsonb_each_text(translations) WHERE key !~ '^(name|title|keywords)_')), 'B')
    || array_to_tsvector(keys)
$$;
