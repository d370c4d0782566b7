-- A deadline is found itself, and so are its sources.
CREATE OR REPLACE FUNCTION search_after_rounds_deadline() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    touched text[] := '{}';
BEGIN
    IF TG_OP <> 'INSERT' THEN
        touched := touched || ARRAY['deadline ' || OLD.id, 'source ' || OLD.source_id];
    END IF;
    IF TG_OP <> 'DELETE' THEN
        touched := touched || ARRAY['deadline ' || NEW.id, 'source ' || NEW.source_id];
    END IF;
    PERFORM search_refresh(touched);
    -- The rows linked to it are read in a second step: by then nobody else is changing a link.
    IF TG_OP = 'UPDATE' THEN
        IF OLD.state <> NEW.state THEN
            PERFORM search_refresh(
                ARRAY(SELECT 'source ' || source_id FROM rounds_deadline_other_sources
                    WHERE deadline_id = NEW.id));
        END IF;
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER search AFTER INSERT OR UPDATE OR DELETE ON rounds_deadline
FOR EACH ROW EXECUTE FUNCTION search_after_rounds_deadline();

CREATE OR REPLACE TRIGGER search_emptied AFTER TRUNCATE ON rounds_deadline
EXECUTE FUNCTION search_after_truncate();
