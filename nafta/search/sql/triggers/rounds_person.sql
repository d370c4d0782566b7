-- A person.
CREATE OR REPLACE FUNCTION search_after_rounds_person() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    touched text[] := '{}';
BEGIN
    IF TG_OP <> 'INSERT' THEN
        touched := touched || ARRAY['person ' || OLD.id];
    END IF;
    IF TG_OP <> 'DELETE' THEN
        touched := touched || ARRAY['person ' || NEW.id];
    END IF;
    PERFORM search_refresh(touched);
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER search AFTER INSERT OR UPDATE OR DELETE ON rounds_person
FOR EACH ROW EXECUTE FUNCTION search_after_rounds_person();

CREATE OR REPLACE TRIGGER search_emptied AFTER TRUNCATE ON rounds_person
EXECUTE FUNCTION search_after_truncate();
