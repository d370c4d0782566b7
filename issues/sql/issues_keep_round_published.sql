-- A round cannot go back to draft while something published about an issue points at it. What of
-- its own app points at a round is kept by the trigger keep_published of rounds.models.Round.
CREATE OR REPLACE FUNCTION issues_keep_round_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM issues_proposal WHERE round_id = OLD.id AND state = 'published';
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation',
            MESSAGE = 'keep_published: issues_proposal.round_id';
    END IF;
    PERFORM 1 FROM issues_progress WHERE round_id = OLD.id AND state = 'published';
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation',
            MESSAGE = 'keep_published: issues_progress.round_id';
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER issues_keep_round_published
BEFORE UPDATE OF state ON rounds_round
FOR EACH ROW WHEN (OLD.state = 'published' AND NEW.state <> 'published')
EXECUTE FUNCTION issues_keep_round_published();
