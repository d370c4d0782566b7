-- A party is a key of a proposal.
CREATE OR REPLACE FUNCTION search_after_issues_proposal_parties() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    touched text[] := '{}';
BEGIN
    IF TG_OP <> 'INSERT' THEN
        touched := touched || ARRAY['proposal ' || OLD.proposal_id];
    END IF;
    IF TG_OP <> 'DELETE' THEN
        touched := touched || ARRAY['proposal ' || NEW.proposal_id];
    END IF;
    PERFORM search_refresh(touched);
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER search AFTER INSERT OR UPDATE OR DELETE ON issues_proposal_parties
FOR EACH ROW EXECUTE FUNCTION search_after_issues_proposal_parties();

CREATE OR REPLACE TRIGGER search_emptied AFTER TRUNCATE ON issues_proposal_parties
EXECUTE FUNCTION search_after_truncate();
