-- Readers see a source through the published records that cite it: here those of this app, beside
-- rounds_raise_edition_for_source.
CREATE OR REPLACE FUNCTION issues_raise_edition_for_source() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM rounds_await_editions();
    IF EXISTS (SELECT FROM issues_issue AS record
            WHERE record.source_id = NEW.id AND record.state = 'published')
        OR EXISTS (SELECT FROM issues_proposal AS record
            WHERE record.source_id = NEW.id AND record.state = 'published')
        OR EXISTS (SELECT FROM issues_measure AS record
            WHERE record.source_id = NEW.id AND record.state = 'published')
        OR EXISTS (SELECT FROM issues_measure AS record
            WHERE record.agreed_source_id = NEW.id AND record.state = 'published')
        OR EXISTS (SELECT FROM issues_progress AS record
            WHERE record.source_id = NEW.id AND record.state = 'published')
        OR EXISTS (SELECT FROM issues_outcome AS record
            WHERE record.source_id = NEW.id AND record.state = 'published')
        OR EXISTS (SELECT FROM issues_issue_other_sources AS link
            JOIN issues_issue AS record ON record.id = link.issue_id
            WHERE link.source_id = NEW.id AND record.state = 'published')
        OR EXISTS (SELECT FROM issues_proposal_other_sources AS link
            JOIN issues_proposal AS record ON record.id = link.proposal_id
            WHERE link.source_id = NEW.id AND record.state = 'published')
        OR EXISTS (SELECT FROM issues_measure_other_sources AS link
            JOIN issues_measure AS record ON record.id = link.measure_id
            WHERE link.source_id = NEW.id AND record.state = 'published')
        OR EXISTS (SELECT FROM issues_progress_other_sources AS link
            JOIN issues_progress AS record ON record.id = link.progress_id
            WHERE link.source_id = NEW.id AND record.state = 'published')
        OR EXISTS (SELECT FROM issues_outcome_other_sources AS link
            JOIN issues_outcome AS record ON record.id = link.outcome_id
            WHERE link.source_id = NEW.id AND record.state = 'published')
    THEN
        PERFORM rounds_raise_edition();
    END IF;
    RETURN NULL;
END
$$;

DROP TRIGGER IF EXISTS issues_raise_edition_for_source ON rounds_source;
CREATE CONSTRAINT TRIGGER issues_raise_edition_for_source
AFTER UPDATE ON rounds_source DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)
EXECUTE FUNCTION issues_raise_edition_for_source();
