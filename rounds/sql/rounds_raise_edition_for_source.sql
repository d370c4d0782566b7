-- Readers see a source through the published records that cite it: here those of this app. See
-- rounds_raise_edition_for_person.
CREATE OR REPLACE FUNCTION rounds_raise_edition_for_source() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM rounds_await_editions();
    IF EXISTS (SELECT FROM rounds_statement AS record
            WHERE record.source_id = NEW.id AND record.state = 'published')
        OR EXISTS (SELECT FROM rounds_round AS record
            WHERE record.source_id = NEW.id AND record.state = 'published')
        OR EXISTS (SELECT FROM rounds_deadline AS record
            WHERE record.source_id = NEW.id AND record.state = 'published')
        OR EXISTS (SELECT FROM rounds_statement_other_sources AS link
            JOIN rounds_statement AS record ON record.id = link.statement_id
            WHERE link.source_id = NEW.id AND record.state = 'published')
        OR EXISTS (SELECT FROM rounds_round_other_sources AS link
            JOIN rounds_round AS record ON record.id = link.round_id
            WHERE link.source_id = NEW.id AND record.state = 'published')
        OR EXISTS (SELECT FROM rounds_deadline_other_sources AS link
            JOIN rounds_deadline AS record ON record.id = link.deadline_id
            WHERE link.source_id = NEW.id AND record.state = 'published')
    THEN
        PERFORM rounds_raise_edition();
    END IF;
    RETURN NULL;
END
$$;

DROP TRIGGER IF EXISTS rounds_raise_edition_for_source ON rounds_source;
CREATE CONSTRAINT TRIGGER rounds_raise_edition_for_source
AFTER UPDATE ON rounds_source DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)
EXECUTE FUNCTION rounds_raise_edition_for_source();
