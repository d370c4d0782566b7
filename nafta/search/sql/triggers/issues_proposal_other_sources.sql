-- Another source of a proposal is a key of it, and is found because of it.
CREATE OR REPLACE FUNCTION search_after_issues_proposal_other_sources() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    touched text[] := '{}';
BEGIN
    IF TG_OP <> 'INSERT' THEN
        touched := touched || ARRAY['proposal ' || OLD.proposal_id, 'source ' || OLD.source_id];
    END IF;
    IF TG_OP <> 'DELETE' THEN
        touched := touched || ARRAY['proposal ' || NEW.proposal_id, 'source ' || NEW.source_id];
    END IF;
    PERFORM search_refresh(touched);
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER search AFTER INSERT OR UPDATE OR DELETE ON issues_proposal_other_sources
FOR EACH ROW EXECUTE FUNCTION search_after_issues_proposal_other_sources();

CREATE OR REPLACE TRIGGER search_emptied AFTER TRUNCATE ON issues_proposal_other_sources
EXECUTE FUNCTION search_after_truncate();
