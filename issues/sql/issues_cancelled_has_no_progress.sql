-- A meeting with a recorded outcome cannot be called off. The other half of the rule, no outcome for
-- a meeting that is off, is the trigger progress_needs_meeting of issues.models.Progress.
CREATE OR REPLACE FUNCTION issues_cancelled_has_no_progress() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM issues_progress WHERE round_id = NEW.id;
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = 'cancelled_has_no_progress';
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER issues_cancelled_has_no_progress
BEFORE UPDATE OF status ON rounds_round
FOR EACH ROW WHEN (NEW.status IN ('cancelled', 'rescheduled'))
EXECUTE FUNCTION issues_cancelled_has_no_progress();
