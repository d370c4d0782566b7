-- The query for a word or a phrase as it may stand in an original, which is read with the stemmer
-- of the record's language, or in a translation, which is read word by word. It is empty where the
-- words say nothing to the search: "the", "of".
CREATE OR REPLACE FUNCTION search_words(words text) RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE numnode(phraseto_tsquery('search_record', search_text(words)))
    WHEN 0 THEN ''::tsquery
    ELSE phraseto_tsquery('search_record', search_text(words))
        || phraseto_tsquery('search_plain', search_text(words)) END
$$;
