-- A link between two statements is a key of both.
CREATE OR REPLACE FUNCTION search_after_rounds_statementlink() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    touched text[] := '{}';
BEGIN
    IF TG_OP <> 'INSERT' THEN
        touched := touched || ARRAY['statement ' || OLD.statement_id, 'statement ' || OLD.other_id];
    END IF;
    IF TG_OP <> 'DELETE' THEN
        touched := touched || ARRAY['statement ' || NEW.statement_id, 'statement ' || NEW.other_id];
    END IF;
    PERFORM search_refresh(touched);
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER search AFTER INSERT OR UPDATE OR DELETE ON rounds_statementlink
FOR EACH ROW EXECUTE FUNCTION search_after_rounds_statementlink();

CREATE OR REPLACE TRIGGER search_emptied AFTER TRUNCATE ON rounds_statementlink
EXECUTE FUNCTION search_after_truncate();
