-- Another source of an outcome is a key of it, and is found because of it.
CREATE OR REPLACE FUNCTION search_after_issues_outcome_other_sources() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    touched text[] := '{}';
BEGIN
    IF TG_OP <> 'INSERT' THEN
        touched := touched || ARRAY['outcome ' || OLD.outcome_id, 'source ' || OLD.source_id];
    END IF;
    IF TG_OP <> 'DELETE' THEN
        touched := touched || ARRAY['outcome ' || NEW.outcome_id, 'source ' || NEW.source_id];
    END IF;
    PERFORM search_refresh(touched);
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER search AFTER INSERT OR UPDATE OR DELETE ON issues_outcome_other_sources
FOR EACH ROW EXECUTE FUNCTION search_after_issues_outcome_other_sources();

CREATE OR REPLACE TRIGGER search_emptied AFTER TRUNCATE ON issues_outcome_other_sources
EXECUTE FUNCTION search_after_truncate();
