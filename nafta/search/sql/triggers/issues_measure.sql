-- A measure is not found itself, but its sources are.
CREATE OR REPLACE FUNCTION search_after_issues_measure() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    touched text[] := '{}';
BEGIN
    IF TG_OP <> 'INSERT' THEN
        touched := touched || ARRAY[
            'source ' || OLD.source_id,
            'source ' || OLD.agreed_source_id,
            'measure ' || OLD.id];
    END IF;
    IF TG_OP <> 'DELETE' THEN
        touched := touched || ARRAY[
            'source ' || NEW.source_id,
            'source ' || NEW.agreed_source_id,
            'measure ' || NEW.id];
    END IF;
    PERFORM search_refresh(touched);
    -- The rows linked to it are read in a second step: by then nobody else is changing a link.
    IF TG_OP = 'UPDATE' THEN
        IF OLD.state <> NEW.state THEN
            PERFORM search_refresh(
                ARRAY(SELECT 'source ' || source_id FROM issues_measure_other_sources
                    WHERE measure_id = NEW.id));
        END IF;
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER search AFTER INSERT OR UPDATE OR DELETE ON issues_measure
FOR EACH ROW EXECUTE FUNCTION search_after_issues_measure();

CREATE OR REPLACE TRIGGER search_emptied AFTER TRUNCATE ON issues_measure
EXECUTE FUNCTION search_after_truncate();
