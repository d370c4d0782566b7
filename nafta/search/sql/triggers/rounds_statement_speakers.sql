-- A person is found as soon as something is published that they said.
CREATE OR REPLACE FUNCTION search_after_rounds_statement_speakers() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    touched text[] := '{}';
BEGIN
    IF TG_OP <> 'INSERT' THEN
        touched := touched || ARRAY['statement ' || OLD.statement_id, 'person ' || OLD.person_id];
    END IF;
    IF TG_OP <> 'DELETE' THEN
        touched := touched || ARRAY['statement ' || NEW.statement_id, 'person ' || NEW.person_id];
    END IF;
    PERFORM search_refresh(touched);
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER search AFTER INSERT OR UPDATE OR DELETE ON rounds_statement_speakers
FOR EACH ROW EXECUTE FUNCTION search_after_rounds_statement_speakers();

CREATE OR REPLACE TRIGGER search_emptied AFTER TRUNCATE ON rounds_statement_speakers
EXECUTE FUNCTION search_after_truncate();
