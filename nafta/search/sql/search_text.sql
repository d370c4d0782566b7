-- A text as the index reads it: in the normal spelling, and with no tags. What looks like a tag
-- has words too. A text that is longer than a vector can hold is found by its beginning.
CREATE OR REPLACE FUNCTION search_text(words text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT translate(search_spelling(left(words, 50000)), '<>&', '   ')
$$;
