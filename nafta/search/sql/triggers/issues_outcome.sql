-- An outcome is found itself, and so are its sources and its issue.
CREATE OR REPLACE FUNCTION search_after_issues_outcome() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    touched text[] := '{}';
BEGIN
    IF TG_OP <> 'INSERT' THEN
        touched := touched || ARRAY[
            'outcome ' || OLD.id,
            'source ' || OLD.source_id,
            'issue ' || OLD.issue_id];
    END IF;
    IF TG_OP <> 'DELETE' THEN
        touched := touched || ARRAY[
            'outcome ' || NEW.id,
            'source ' || NEW.source_id,
            'issue ' || NEW.issue_id];
    END IF;
    PERFORM search_refresh(touched);
    -- The rows linked to it are read in a second step: by then nobody else is changing a link.
    IF TG_OP = 'UPDATE' THEN
        IF OLD.state <> NEW.state THEN
            PERFORM search_refresh(
                ARRAY(SELECT 'source ' || source_id FROM issues_outcome_other_sources
                    WHERE outcome_id = NEW.id));
        END IF;
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER search AFTER INSERT OR UPDATE OR DELETE ON issues_outcome
FOR EACH ROW EXECUTE FUNCTION search_after_issues_outcome();

CREATE OR REPLACE TRIGGER search_emptied AFTER TRUNCATE ON issues_outcome
EXECUTE FUNCTION search_after_truncate();
