-- The outcome of a round for an issue is not found itself: its sources are, and its issue is a key
-- of its round.
CREATE OR REPLACE FUNCTION search_after_issues_progress() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    touched text[] := '{}';
BEGIN
    IF TG_OP <> 'INSERT' THEN
        touched := touched || ARRAY[
            'source ' || OLD.source_id,
            'progress ' || OLD.id,
            'round ' || OLD.round_id,
            'issue ' || OLD.issue_id];
    END IF;
    IF TG_OP <> 'DELETE' THEN
        touched := touched || ARRAY[
            'source ' || NEW.source_id,
            'progress ' || NEW.id,
            'round ' || NEW.round_id,
            'issue ' || NEW.issue_id];
    END IF;
    PERFORM search_refresh(touched);
    -- The rows linked to it are read in a second step: by then nobody else is changing a link.
    IF TG_OP = 'UPDATE' THEN
        IF OLD.state <> NEW.state THEN
            PERFORM search_refresh(
                ARRAY(SELECT 'source ' || source_id FROM issues_progress_other_sources
                    WHERE progress_id = NEW.id));
        END IF;
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER search AFTER INSERT OR UPDATE OR DELETE ON issues_progress
FOR EACH ROW EXECUTE FUNCTION search_after_issues_progress();

CREATE OR REPLACE TRIGGER search_emptied AFTER TRUNCATE ON issues_progress
EXECUTE FUNCTION search_after_truncate();
