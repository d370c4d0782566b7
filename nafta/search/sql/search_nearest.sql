-- For each of the words: the names that are like it, however misspelt, best first, eight at most.
-- means: whether the word says anything to the search ("the" does not). heard: whether anything in
-- the record has it, which is looked up only where it is no name. A word that is like no name has
-- one row without a name.
--
-- Publishers are compared only with a word that the record never used.
CREATE OR REPLACE FUNCTION search_nearest(words text[]) RETURNS TABLE (
    word text, means boolean, heard boolean, kind text, key text, label jsonb, names text,
    likeness real
) LANGUAGE sql STABLE SET pg_trgm.word_similarity_threshold = 0.45 AS $$
    WITH near AS MATERIALIZED (
        SELECT query.word, numnode(search_words(query.word)) > 0 AS means, alike.*
        FROM unnest(words) AS query(word) LEFT JOIN LATERAL (
            SELECT DISTINCT ON (entry.names) entry.kind, entry.key, entry.label, entry.names,
                word_similarity(unaccent(query.word), entry.names) AS likeness
            FROM nafta_entry AS entry
            WHERE entry.kind <> 'source' AND unaccent(query.word) <% entry.names
            ORDER BY entry.names
        ) AS alike ON TRUE
    ), query AS MATERIALIZED (
        SELECT near.word, bool_and(near.means) AS means,
            CASE WHEN max(near.likeness) = 1 OR NOT bool_and(near.means) THEN TRUE
            ELSE search_heard(near.word) END AS heard
        FROM near GROUP BY near.word
    ), candidate AS (
        SELECT near.word, near.kind, near.key, near.label, near.names, near.likeness FROM near
        UNION ALL
        SELECT query.word, 'source', source.key, source.label, publisher,
            word_similarity(unaccent(query.word), publisher)
        FROM query CROSS JOIN LATERAL search_publishers() AS publisher
        CROSS JOIN LATERAL (
            SELECT entry.key, entry.label FROM nafta_entry AS entry
            WHERE entry.kind = 'source' AND entry.names = publisher LIMIT 1
        ) AS source
        WHERE NOT query.heard AND unaccent(query.word) <% publisher
    )
    SELECT query.word, query.means, query.heard, best.kind, best.key, best.label, best.names,
        best.likeness
    FROM query CROSS JOIN LATERAL (
        SELECT * FROM candidate WHERE candidate.word = query.word
        ORDER BY likeness DESC, kind = 'source', kind = 'round', length(names), key LIMIT 8
    ) AS best
$$;
