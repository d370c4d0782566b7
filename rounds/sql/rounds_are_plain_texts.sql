-- Whether each translation of a row is plain text. A translation's key is its field, an underscore
-- and a language; limits has the greatest number of characters of each field that is one line.
-- Written as a standard body for pg_restore, like rounds_is_plain_text, and created after it.
CREATE OR REPLACE FUNCTION rounds_are_plain_texts(translations jsonb, limits jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN NOT EXISTS (
    SELECT FROM jsonb_each_text(
        CASE jsonb_typeof(translations) WHEN 'object' THEN translations ELSE '{}' END
    ) AS translation(name, value)
    CROSS JOIN LATERAL (
        SELECT (limits ->> regexp_replace(name, '_[^_]*$', ''))::integer AS max_chars
    ) AS line
    WHERE NOT rounds_is_plain_text(value, max_chars IS NULL) OR char_length(value) > max_chars
);
