-- A source.
CREATE OR REPLACE FUNCTION search_after_rounds_source() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    touched text[] := '{}';
BEGIN
    IF TG_OP <> 'INSERT' THEN
        touched := touched || ARRAY['source ' || OLD.id];
    END IF;
    IF TG_OP <> 'DELETE' THEN
        touched := touched || ARRAY['source ' || NEW.id];
    END IF;
    PERFORM search_refresh(touched);
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER search AFTER INSERT OR UPDATE OR DELETE ON rounds_source
FOR EACH ROW EXECUTE FUNCTION search_after_rounds_source();

CREATE OR REPLACE TRIGGER search_emptied AFTER TRUNCATE ON rounds_source
EXECUTE FUNCTION search_after_truncate();
