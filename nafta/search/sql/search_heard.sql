-- Whether anything in the record has a word.
CREATE OR REPLACE FUNCTION search_heard(word text) RETURNS boolean LANGUAGE plpgsql STABLE
SET enable_seqscan = off AS $$
BEGIN
    -- a common word is met at once, any other is looked up
    RETURN EXISTS (SELECT FROM (
            SELECT vector FROM nafta_entry ORDER BY day DESC, id DESC LIMIT 300
        ) AS latest WHERE vector @@ search_words(word))
    OR EXISTS (SELECT FROM nafta_entry WHERE vector @@ search_words(word));
END
$$;
