-- An issue is a key of statements, proposals and rounds.
CREATE OR REPLACE FUNCTION search_after_issues_issue() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    touched text[] := '{}';
BEGIN
    IF TG_OP <> 'INSERT' THEN
        touched := touched || ARRAY['issue ' || OLD.id, 'source ' || OLD.source_id];
    END IF;
    IF TG_OP <> 'DELETE' THEN
        touched := touched || ARRAY['issue ' || NEW.id, 'source ' || NEW.source_id];
    END IF;
    PERFORM search_refresh(touched);
    -- The rows linked to it are read in a second step: by then nobody else is changing a link.
    IF TG_OP = 'UPDATE' THEN
        IF OLD.state <> NEW.state THEN
            PERFORM search_refresh(
                ARRAY(SELECT 'statement ' || statement_id FROM issues_issue_statements
                    WHERE issue_id = NEW.id)
                || ARRAY(SELECT 'source ' || source_id FROM issues_issue_other_sources
                    WHERE issue_id = NEW.id)
                || ARRAY(SELECT 'round ' || round_id FROM issues_progress
                    WHERE issue_id = NEW.id)
                || ARRAY(SELECT 'round ' || round_id FROM issues_proposal
                    WHERE issue_id = NEW.id)
                || ARRAY(SELECT 'round ' || statement.round_id
                    FROM issues_issue_statements AS link
                    JOIN rounds_statement AS statement ON statement.id = link.statement_id
                    WHERE link.issue_id = NEW.id));
        END IF;
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER search AFTER INSERT OR UPDATE OR DELETE ON issues_issue
FOR EACH ROW EXECUTE FUNCTION search_after_issues_issue();

CREATE OR REPLACE TRIGGER search_emptied AFTER TRUNCATE ON issues_issue
EXECUTE FUNCTION search_after_truncate();
