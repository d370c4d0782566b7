-- A party.
CREATE OR REPLACE FUNCTION search_after_rounds_party() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    touched text[] := '{}';
BEGIN
    IF TG_OP <> 'INSERT' THEN
        touched := touched || ARRAY['party ' || OLD.id];
    END IF;
    IF TG_OP <> 'DELETE' THEN
        touched := touched || ARRAY['party ' || NEW.id];
    END IF;
    PERFORM search_refresh(touched);
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER search AFTER INSERT OR UPDATE OR DELETE ON rounds_party
FOR EACH ROW EXECUTE FUNCTION search_after_rounds_party();

CREATE OR REPLACE TRIGGER search_emptied AFTER TRUNCATE ON rounds_party
EXECUTE FUNCTION search_after_truncate();
