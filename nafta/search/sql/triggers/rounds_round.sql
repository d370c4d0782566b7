-- A round is found itself, and so are its sources.
CREATE OR REPLACE FUNCTION search_after_rounds_round() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    touched text[] := '{}';
BEGIN
    IF TG_OP <> 'INSERT' THEN
        touched := touched || ARRAY['round ' || OLD.id, 'source ' || OLD.source_id];
    END IF;
    IF TG_OP <> 'DELETE' THEN
        touched := touched || ARRAY['round ' || NEW.id, 'source ' || NEW.source_id];
    END IF;
    PERFORM search_refresh(touched);
    -- The rows linked to it are read in a second step: by then nobody else is changing a link.
    IF TG_OP = 'UPDATE' THEN
        IF OLD.state <> NEW.state THEN
            PERFORM search_refresh(
                ARRAY(SELECT 'source ' || source_id FROM rounds_round_other_sources
                    WHERE round_id = NEW.id));
        END IF;
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER search AFTER INSERT OR UPDATE OR DELETE ON rounds_round
FOR EACH ROW EXECUTE FUNCTION search_after_rounds_round();

CREATE OR REPLACE TRIGGER search_emptied AFTER TRUNCATE ON rounds_round
EXECUTE FUNCTION search_after_truncate();
