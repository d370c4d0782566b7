-- A statement cannot go back to draft while a published position rests on it.
CREATE OR REPLACE FUNCTION issues_keep_statement_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM issues_position WHERE statement_id = OLD.id AND state = 'published';
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation',
            MESSAGE = 'keep_published: issues_position.statement_id';
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER issues_keep_statement_published
BEFORE UPDATE OF state ON rounds_statement
FOR EACH ROW WHEN (OLD.state = 'published' AND NEW.state <> 'published')
EXECUTE FUNCTION issues_keep_statement_published();
