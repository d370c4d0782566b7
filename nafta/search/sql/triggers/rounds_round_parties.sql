-- A party is a key of a round.
CREATE OR REPLACE FUNCTION search_after_rounds_round_parties() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    touched text[] := '{}';
BEGIN
    IF TG_OP <> 'INSERT' THEN
        touched := touched || ARRAY['round ' || OLD.round_id];
    END IF;
    IF TG_OP <> 'DELETE' THEN
        touched := touched || ARRAY['round ' || NEW.round_id];
    END IF;
    PERFORM search_refresh(touched);
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER search AFTER INSERT OR UPDATE OR DELETE ON rounds_round_parties
FOR EACH ROW EXECUTE FUNCTION search_after_rounds_round_parties();

CREATE OR REPLACE TRIGGER search_emptied AFTER TRUNCATE ON rounds_round_parties
EXECUTE FUNCTION search_after_truncate();
