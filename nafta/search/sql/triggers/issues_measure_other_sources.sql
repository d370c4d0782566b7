-- Another source of a measure is found because of it.
CREATE OR REPLACE FUNCTION search_after_issues_measure_other_sources() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    touched text[] := '{}';
BEGIN
    IF TG_OP <> 'INSERT' THEN
        touched := touched || ARRAY['source ' || OLD.source_id, 'measure ' || OLD.measure_id];
    END IF;
    IF TG_OP <> 'DELETE' THEN
        touched := touched || ARRAY['source ' || NEW.source_id, 'measure ' || NEW.measure_id];
    END IF;
    PERFORM search_refresh(touched);
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER search AFTER INSERT OR UPDATE OR DELETE ON issues_measure_other_sources
FOR EACH ROW EXECUTE FUNCTION search_after_issues_measure_other_sources();

CREATE OR REPLACE TRIGGER search_emptied AFTER TRUNCATE ON issues_measure_other_sources
EXECUTE FUNCTION search_after_truncate();
