-- Readers see a person through the published statements that name them. Nobody else's change raises
-- the edition: its mark stands in the headers of every page, and would tell of work on drafts. A
-- person who is added or deleted is seen by the statement that changes with them.
CREATE OR REPLACE FUNCTION rounds_raise_edition_for_person() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM rounds_await_editions();
    IF EXISTS (
        SELECT FROM rounds_statement_speakers AS link
        JOIN rounds_statement AS statement ON statement.id = link.statement_id
        WHERE link.person_id = NEW.id AND statement.state = 'published'
    ) THEN
        PERFORM rounds_raise_edition();
    END IF;
    RETURN NULL;
END
$$;

DROP TRIGGER IF EXISTS rounds_raise_edition_for_person ON rounds_person;
CREATE CONSTRAINT TRIGGER rounds_raise_edition_for_person
AFTER UPDATE ON rounds_person DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)
EXECUTE FUNCTION rounds_raise_edition_for_person();
