-- A statement is found itself, and makes others found: its sources, its speakers, the statements it
-- is linked to.
CREATE OR REPLACE FUNCTION search_after_rounds_statement() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    touched text[] := '{}';
BEGIN
    IF TG_OP <> 'INSERT' THEN
        touched := touched || ARRAY['statement ' || OLD.id, 'source ' || OLD.source_id];
    END IF;
    IF TG_OP <> 'DELETE' THEN
        touched := touched || ARRAY['statement ' || NEW.id, 'source ' || NEW.source_id];
    END IF;
    PERFORM search_refresh(touched);
    -- The rows linked to it are read in a second step: by then nobody else is changing a link.
    IF TG_OP = 'UPDATE' THEN
        IF OLD.state <> NEW.state THEN
            PERFORM search_refresh(
                ARRAY(SELECT 'person ' || person_id FROM rounds_statement_speakers
                    WHERE statement_id = NEW.id)
                || ARRAY(SELECT 'statement ' || other_id FROM rounds_statementlink
                    WHERE statement_id = NEW.id)
                || ARRAY(SELECT 'statement ' || statement_id FROM rounds_statementlink
                    WHERE other_id = NEW.id)
                || ARRAY(SELECT 'source ' || source_id FROM rounds_statement_other_sources
                    WHERE statement_id = NEW.id));
        END IF;
    END IF;
    -- It makes its issues keys of its round, which is renewed where the statement moves or is
    -- shown; only then, as there are many statements at a round.
    IF TG_OP = 'UPDATE' THEN
        IF (OLD.state, OLD.round_id) IS DISTINCT FROM (NEW.state, NEW.round_id) THEN
            PERFORM search_refresh(ARRAY['round ' || OLD.round_id, 'round ' || NEW.round_id]);
        END IF;
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER search AFTER INSERT OR UPDATE OR DELETE ON rounds_statement
FOR EACH ROW EXECUTE FUNCTION search_after_rounds_statement();

CREATE OR REPLACE TRIGGER search_emptied AFTER TRUNCATE ON rounds_statement
EXECUTE FUNCTION search_after_truncate();
