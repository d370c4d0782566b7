-- The texts of the given outcomes of issues, and of each party's way to them, as one: in the record's
-- language, and their translations under names that end with the number of the row.
CREATE OR REPLACE FUNCTION search_outcomes(ids bigint[])
RETURNS TABLE (body text, notes text, translations jsonb) LANGUAGE sql STABLE AS $$
    WITH texts AS MATERIALIZED (
        SELECT search_body(outcome) AS body, outcome.note, outcome.translations, outcome.id
        FROM issues_outcome AS outcome WHERE outcome.id = ANY(ids)
        UNION ALL
        SELECT search_body(way), NULL, way.translations, way.id
        FROM issues_partyoutcome AS way WHERE way.outcome_id = ANY(ids)
    )
    SELECT string_agg(texts.body, ' '), string_agg(texts.note, ' '), (
        SELECT coalesce(jsonb_object_agg(key || ' ' || texts.id, value), '{}')
        FROM texts, jsonb_each(texts.translations)
    ) FROM texts
$$;
