-- An issue is a key of its statements, and of the rounds at which these were made.
CREATE OR REPLACE FUNCTION search_after_issues_issue_statements() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    touched text[] := '{}';
BEGIN
    IF TG_OP <> 'INSERT' THEN
        touched := touched || ARRAY['statement ' || OLD.statement_id, 'issue ' || OLD.issue_id];
    END IF;
    IF TG_OP <> 'DELETE' THEN
        touched := touched || ARRAY['statement ' || NEW.statement_id, 'issue ' || NEW.issue_id];
    END IF;
    PERFORM search_refresh(touched);
    PERFORM search_refresh(ARRAY(
        SELECT 'round ' || round_id FROM rounds_statement
        WHERE id IN (OLD.statement_id, NEW.statement_id)));
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER search AFTER INSERT OR UPDATE OR DELETE ON issues_issue_statements
FOR EACH ROW EXECUTE FUNCTION search_after_issues_issue_statements();

CREATE OR REPLACE TRIGGER search_emptied AFTER TRUNCATE ON issues_issue_statements
EXECUTE FUNCTION search_after_truncate();
