-- A party's way to an outcome is found with that outcome and its issue.
CREATE OR REPLACE FUNCTION search_after_issues_partyoutcome() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    touched text[] := '{}';
BEGIN
    IF TG_OP <> 'INSERT' THEN
        touched := touched || ARRAY['outcome ' || OLD.outcome_id]
            || ARRAY(SELECT 'issue ' || issue_id FROM issues_outcome WHERE id = OLD.outcome_id);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        touched := touched || ARRAY['outcome ' || NEW.outcome_id]
            || ARRAY(SELECT 'issue ' || issue_id FROM issues_outcome WHERE id = NEW.outcome_id);
    END IF;
    PERFORM search_refresh(touched);
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER search AFTER INSERT OR UPDATE OR DELETE ON issues_partyoutcome
FOR EACH ROW EXECUTE FUNCTION search_after_issues_partyoutcome();

CREATE OR REPLACE TRIGGER search_emptied AFTER TRUNCATE ON issues_partyoutcome
EXECUTE FUNCTION search_after_truncate();
