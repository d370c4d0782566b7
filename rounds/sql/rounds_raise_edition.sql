-- Raise the edition once in a transaction, as the trigger raise_edition of rounds.models.edition does
-- for records that say themselves whether readers see them.
CREATE OR REPLACE FUNCTION rounds_raise_edition() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('rounds.raised', TRUE) IS DISTINCT FROM pg_current_xact_id()::text THEN
        INSERT INTO rounds_edition AS edition (id, number, mark, raised_at)
            VALUES (1, 1, gen_random_uuid(), clock_timestamp())
            ON CONFLICT (id) DO UPDATE SET number = edition.number + 1,
                mark = EXCLUDED.mark, raised_at = EXCLUDED.raised_at;
        PERFORM set_config('rounds.raised', pg_current_xact_id()::text, TRUE);
    END IF;
END
$$;
