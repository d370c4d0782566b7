-- Another source of the outcome of a round is found because of it.
CREATE OR REPLACE FUNCTION search_after_issues_progress_other_sources() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    touched text[] := '{}';
BEGIN
    IF TG_OP <> 'INSERT' THEN
        touched := touched || ARRAY['source ' || OLD.source_id, 'progress ' || OLD.progress_id];
    END IF;
    IF TG_OP <> 'DELETE' THEN
        touched := touched || ARRAY['source ' || NEW.source_id, 'progress ' || NEW.progress_id];
    END IF;
    PERFORM search_refresh(touched);
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER search AFTER INSERT OR UPDATE OR DELETE ON issues_progress_other_sources
FOR EACH ROW EXECUTE FUNCTION search_after_issues_progress_other_sources();

CREATE OR REPLACE TRIGGER search_emptied AFTER TRUNCATE ON issues_progress_other_sources
EXECUTE FUNCTION search_after_truncate();
