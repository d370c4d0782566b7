-- What readers can see of the given rows of a kind, as rows of nafta_entry. All else follows from
-- this: search_write stores what it returns, and a row that it does not return is not in the index.
--
-- A key of a row is what the row is related to, as two words: 'party ca', 'issue sunset'. Rows
-- without a day of their own have the first of all days. label holds a name, a text beside it and
-- their translations, as language.local() looks for them: name_fr, text_fr.
--
-- search_body(row) joins the text columns of a row that have no other weight here: Python writes it
-- from the declaration of the columns (nafta/search/record_texts.py).
--
-- A plan that was made while a table is small is kept as it grows, so each row is looked up by its
-- number: sequential scans are off.
CREATE OR REPLACE FUNCTION search_documents(of_kind text, ids bigint[]) RETURNS TABLE (
    kind text, object_id bigint, key text, day date, label jsonb, names text, keys text[],
    vector tsvector
) LANGUAGE plpgsql STABLE SET enable_seqscan = off AS $$
#variable_conflict use_column
BEGIN
    IF of_kind = 'statement' THEN RETURN QUERY
        SELECT 'statement', statement.id, statement.slug::text, lower(statement.dates),
            '{}'::jsonb, '', related.keys,
            search_vector(
                '',
                search_body(statement),
                concat_ws(' ', statement.attribution, statement.unnamed_why, statement.note),
                statement.translations,
                related.keys)
        FROM rounds_statement AS statement CROSS JOIN LATERAL (SELECT
            ARRAY['kind statement', 'basis ' || statement.basis,
                'year ' || extract(year FROM lower(statement.dates))]
            || ARRAY(SELECT 'round ' || slug FROM rounds_round WHERE id = statement.round_id)
            || ARRAY(SELECT 'source ' || slug FROM rounds_source WHERE id = statement.source_id)
            || ARRAY(SELECT 'source ' || source.slug
                FROM rounds_statement_other_sources AS link
                JOIN rounds_source AS source ON source.id = link.source_id
                WHERE link.statement_id = statement.id ORDER BY 1)
            || ARRAY(SELECT 'party ' || party.code
                FROM rounds_statement_parties AS link
                JOIN rounds_party AS party ON party.id = link.party_id
                WHERE link.statement_id = statement.id ORDER BY 1)
            || ARRAY(SELECT 'person ' || person.slug
                FROM rounds_statement_speakers AS link
                JOIN rounds_person AS person ON person.id = link.person_id
                WHERE link.statement_id = statement.id ORDER BY 1)
            || ARRAY(SELECT 'issue ' || issue.slug
                FROM issues_issue_statements AS link
                JOIN issues_issue AS issue ON issue.id = link.issue_id
                WHERE link.statement_id = statement.id AND issue.state = 'published' ORDER BY 1)
            -- how it bears on other statements, whichever end of the link it is
            || ARRAY(SELECT DISTINCT 'link ' || link.kind
                FROM rounds_statementlink AS link
                JOIN rounds_statement AS other_end
                ON other_end.id = link.statement_id + link.other_id - statement.id
                WHERE statement.id IN (link.statement_id, link.other_id)
                AND other_end.state = 'published')
        ) AS related(keys)
        WHERE statement.id = ANY(ids) AND statement.state = 'published';
    END IF;

    IF of_kind = 'proposal' THEN RETURN QUERY
        SELECT 'proposal', proposal.id, proposal.slug::text, lower(proposal.dates),
            '{}'::jsonb, '', related.keys,
            search_vector(
                proposal.title,
                search_body(proposal),
                concat_ws(' ', proposal.attribution, proposal.unnamed_why, proposal.note),
                proposal.translations,
                related.keys)
        FROM issues_proposal AS proposal CROSS JOIN LATERAL (SELECT
            ARRAY['kind proposal', 'basis ' || proposal.basis,
                'year ' || extract(year FROM lower(proposal.dates))]
            || ARRAY(SELECT 'round ' || slug FROM rounds_round WHERE id = proposal.round_id)
            || ARRAY(SELECT 'source ' || slug FROM rounds_source WHERE id = proposal.source_id)
            || ARRAY(SELECT 'source ' || source.slug
                FROM issues_proposal_other_sources AS link
                JOIN rounds_source AS source ON source.id = link.source_id
                WHERE link.proposal_id = proposal.id ORDER BY 1)
            || ARRAY(SELECT 'party ' || party.code
                FROM issues_proposal_parties AS link
                JOIN rounds_party AS party ON party.id = link.party_id
                WHERE link.proposal_id = proposal.id ORDER BY 1)
            || ARRAY(SELECT 'issue ' || slug FROM issues_issue WHERE id = proposal.issue_id)
            || ARRAY['status ' || proposal.status]
        ) AS related(keys)
        WHERE proposal.id = ANY(ids) AND proposal.state = 'published';
    END IF;

    IF of_kind = 'outcome' THEN RETURN QUERY
        SELECT 'outcome', outcome.id, outcome.slug::text, lower(outcome.dates),
            '{}'::jsonb, '', related.keys,
            search_vector('', texts.body, texts.notes, texts.translations, related.keys)
        FROM issues_outcome AS outcome
        CROSS JOIN LATERAL search_outcomes(ARRAY[outcome.id]) AS texts
        CROSS JOIN LATERAL (SELECT
            ARRAY['kind outcome', 'year ' || extract(year FROM lower(outcome.dates))]
            || ARRAY(SELECT 'source ' || slug FROM rounds_source WHERE id = outcome.source_id)
            || ARRAY(SELECT 'source ' || source.slug
                FROM issues_outcome_other_sources AS link
                JOIN rounds_source AS source ON source.id = link.source_id
                WHERE link.outcome_id = outcome.id ORDER BY 1)
            || ARRAY(SELECT 'party ' || party.code
                FROM issues_partyoutcome AS way
                JOIN rounds_party AS party ON party.id = way.party_id
                WHERE way.outcome_id = outcome.id ORDER BY 1)
            || ARRAY(SELECT 'issue ' || slug FROM issues_issue WHERE id = outcome.issue_id)
            -- no other entry has these statuses: issues.models.OutcomeKind
            || ARRAY['status outcome-' || outcome.kind]
        ) AS related(keys)
        WHERE outcome.id = ANY(ids) AND outcome.state = 'published';
    END IF;

    IF of_kind = 'round' THEN RETURN QUERY
        SELECT 'round', round.id, round.slug::text, lower(round.dates),
            jsonb_build_object('name', round.name, 'text', round.place)
            || (SELECT coalesce(jsonb_object_agg(
                    CASE WHEN key LIKE 'name\_%' THEN 'name' || substr(key, 5)
                    ELSE 'text' || substr(key, 6) END, value), '{}')
                FROM jsonb_each(round.translations)
                WHERE key LIKE 'name\_%' OR key LIKE 'place\_%')
            || jsonb_build_object('first', lower(round.dates), 'last', upper(round.dates) - 1),
            search_names(
                ARRAY[round.name, round.slug, split_part(round.place, ',', 1)],
                round.translations, '^name_'),
            related.keys,
            search_vector(
                round.name,
                search_body(round),
                round.note,
                round.translations,
                related.keys)
        FROM rounds_round AS round CROSS JOIN LATERAL (SELECT
            ARRAY['kind ' || CASE WHEN round.kind IN ('round', 'permanent-round')
                THEN 'round' ELSE 'meeting' END,
                'round ' || round.slug,
                'year ' || extract(year FROM lower(round.dates))]
            || ARRAY(SELECT 'source ' || slug FROM rounds_source WHERE id = round.source_id)
            || ARRAY(SELECT 'source ' || source.slug
                FROM rounds_round_other_sources AS link
                JOIN rounds_source AS source ON source.id = link.source_id
                WHERE link.round_id = round.id ORDER BY 1)
            || ARRAY(SELECT 'party ' || party.code
                FROM rounds_round_parties AS link
                JOIN rounds_party AS party ON party.id = link.party_id
                WHERE link.round_id = round.id ORDER BY 1)
            -- the issues that were spoken of at it, as on the timeline
            || ARRAY(SELECT DISTINCT 'issue ' || issue.slug FROM issues_issue AS issue
                WHERE issue.state = 'published' AND (
                    EXISTS (SELECT FROM issues_progress AS progress
                        WHERE progress.round_id = round.id AND progress.issue_id = issue.id
                        AND progress.state = 'published')
                    OR EXISTS (SELECT FROM issues_proposal AS proposal
                        WHERE proposal.round_id = round.id AND proposal.issue_id = issue.id
                        AND proposal.state = 'published')
                    OR EXISTS (SELECT FROM issues_issue_statements AS link
                        JOIN rounds_statement AS statement ON statement.id = link.statement_id
                        WHERE statement.round_id = round.id AND link.issue_id = issue.id
                        AND statement.state = 'published'))
                ORDER BY 1)
            || ARRAY['status ' || round.status]
        ) AS related(keys)
        WHERE round.id = ANY(ids) AND round.state = 'published';
    END IF;

    IF of_kind = 'deadline' THEN RETURN QUERY
        SELECT 'deadline', deadline.id, deadline.slug::text, lower(deadline.dates),
            '{}'::jsonb, '', related.keys,
            search_vector(
                deadline.name,
                search_body(deadline),
                deadline.note,
                deadline.translations,
                related.keys)
        FROM rounds_deadline AS deadline CROSS JOIN LATERAL (SELECT
            ARRAY['kind deadline', 'year ' || extract(year FROM lower(deadline.dates))]
            || ARRAY(SELECT 'source ' || slug FROM rounds_source WHERE id = deadline.source_id)
            || ARRAY(SELECT 'source ' || source.slug
                FROM rounds_deadline_other_sources AS link
                JOIN rounds_source AS source ON source.id = link.source_id
                WHERE link.deadline_id = deadline.id ORDER BY 1)
            || ARRAY(SELECT 'party ' || party.code
                FROM rounds_deadline_parties AS link
                JOIN rounds_party AS party ON party.id = link.party_id
                WHERE link.deadline_id = deadline.id ORDER BY 1)
            || ARRAY['status ' || deadline.outcome]
        ) AS related(keys)
        WHERE deadline.id = ANY(ids) AND deadline.state = 'published';
    END IF;

    -- An issue and a party are also called by other words, after an empty line: those name it only
    -- in full, while a part of its names may do. How an issue ended is found with it.
    IF of_kind = 'issue' THEN RETURN QUERY
        SELECT 'issue', issue.id, issue.slug::text, DATE '0001-01-01',
            jsonb_build_object('name', issue.name, 'text', issue.question)
            || (SELECT coalesce(jsonb_object_agg(
                    CASE WHEN key LIKE 'name\_%' THEN 'name' || substr(key, 5)
                    ELSE 'text' || substr(key, 9) END, value), '{}')
                FROM jsonb_each(issue.translations)
                WHERE key LIKE 'name\_%' OR key LIKE 'question\_%'),
            concat_ws(E'\n\n',
                search_names(
                    ARRAY[issue.name, issue.slug, issue.chapter],
                    issue.translations, '^(name|chapter)_'),
                nullif(search_names(
                    search_keywords(issue.keywords, issue.translations), '{}', ''), '')),
            related.keys,
            search_vector(
                concat_ws(' ',
                    issue.name, replace(issue.slug, '-', ' '), issue.chapter, issue.keywords),
                concat_ws(' ', search_body(issue), texts.body),
                concat_ws(' ', issue.note, texts.notes),
                issue.translations || texts.translations,
                related.keys)
        FROM issues_issue AS issue
        CROSS JOIN LATERAL search_outcomes(ARRAY(
            SELECT id FROM issues_outcome WHERE issue_id = issue.id AND state = 'published'
        )) AS texts
        CROSS JOIN LATERAL (SELECT
            ARRAY['kind issue', 'issue ' || issue.slug]
            || ARRAY(SELECT 'source ' || slug FROM rounds_source WHERE id = issue.source_id)
            || ARRAY(SELECT 'source ' || source.slug
                FROM issues_issue_other_sources AS link
                JOIN rounds_source AS source ON source.id = link.source_id
                WHERE link.issue_id = issue.id ORDER BY 1)
        ) AS related(keys)
        WHERE issue.id = ANY(ids) AND issue.state = 'published';
    END IF;

    IF of_kind = 'party' THEN RETURN QUERY
        SELECT 'party', party.id, party.code::text, DATE '0001-01-01',
            jsonb_build_object('name', party.name, 'text', party.adjective)
            || (SELECT coalesce(jsonb_object_agg(
                    CASE WHEN key LIKE 'name\_%' THEN 'name' || substr(key, 5)
                    ELSE 'text' || substr(key, 10) END, value), '{}')
                FROM jsonb_each(party.translations)
                WHERE key LIKE 'name\_%' OR key LIKE 'adjective\_%')
            || jsonb_build_object('colour', party.colour),
            concat_ws(E'\n\n',
                search_names(
                    ARRAY[party.name, party.adjective, party.code],
                    party.translations, '^(name|adjective)_'),
                nullif(search_names(
                    search_listed(party.other_names, party.translations, 'other_names'),
                    '{}', ''), '')),
            related.keys,
            search_vector(
                concat_ws(' ', party.name, party.adjective, party.other_names),
                '', '', party.translations, related.keys)
        FROM rounds_party AS party
        CROSS JOIN LATERAL (SELECT ARRAY['kind party', 'party ' || party.code]) AS related(keys)
        WHERE party.id = ANY(ids);
    END IF;

    -- A person is shown as soon as something is published that they said.
    IF of_kind = 'person' THEN RETURN QUERY
        SELECT 'person', person.id, person.slug::text, DATE '0001-01-01',
            jsonb_build_object('name', person.name, 'text', person.role)
            || (SELECT coalesce(jsonb_object_agg(
                    CASE WHEN key LIKE 'name\_%' THEN 'name' || substr(key, 5)
                    ELSE 'text' || substr(key, 5) END, value), '{}')
                FROM jsonb_each(person.translations)
                WHERE key LIKE 'name\_%' OR key LIKE 'role\_%'),
            search_names(ARRAY[person.name, person.slug], person.translations, '^name_'),
            related.keys,
            search_vector(
                person.name,
                search_body(person),
                '',
                person.translations,
                related.keys)
        FROM rounds_person AS person CROSS JOIN LATERAL (SELECT
            ARRAY['kind person', 'person ' || person.slug]
            || ARRAY(SELECT 'party ' || code FROM rounds_party WHERE id = person.party_id)
        ) AS related(keys)
        WHERE person.id = ANY(ids) AND EXISTS (
            SELECT FROM rounds_statement_speakers AS link
            JOIN rounds_statement AS statement ON statement.id = link.statement_id
            WHERE link.person_id = person.id AND statement.state = 'published');
    END IF;

    -- A source is shown as soon as something published rests on it: as its source, as another
    -- one, or as the one that an agreed value has.
    IF of_kind = 'source' THEN RETURN QUERY
        SELECT 'source', source.id, source.slug::text,
            coalesce(lower(source.published), DATE '0001-01-01'),
            jsonb_build_object(
                'name', source.title, 'text', source.publisher, 'language', source.language),
            search_names(ARRAY[source.publisher], '{}', ''),
            related.keys,
            search_vector(
                concat_ws(' ', source.publisher, source.title),
                '',
                source.note,
                source.translations,
                related.keys)
        FROM rounds_source AS source CROSS JOIN LATERAL (SELECT
            ARRAY['kind source', 'source ' || source.slug]
            || array_remove(
                ARRAY['year ' || extract(year FROM lower(source.published))], NULL)
        ) AS related(keys)
        WHERE source.id = ANY(ids) AND (
            EXISTS (SELECT FROM rounds_statement AS record
                WHERE record.source_id = source.id AND record.state = 'published')
            OR EXISTS (SELECT FROM rounds_round AS record
                WHERE record.source_id = source.id AND record.state = 'published')
            OR EXISTS (SELECT FROM rounds_deadline AS record
                WHERE record.source_id = source.id AND record.state = 'published')
            OR EXISTS (SELECT FROM issues_issue AS record
                WHERE record.source_id = source.id AND record.state = 'published')
            OR EXISTS (SELECT FROM issues_proposal AS record
                WHERE record.source_id = source.id AND record.state = 'published')
            OR EXISTS (SELECT FROM issues_measure AS record
                WHERE record.source_id = source.id AND record.state = 'published')
            OR EXISTS (SELECT FROM issues_measure AS record
                WHERE record.agreed_source_id = source.id AND record.state = 'published')
            OR EXISTS (SELECT FROM issues_progress AS record
                WHERE record.source_id = source.id AND record.state = 'published')
            OR EXISTS (SELECT FROM issues_outcome AS record
                WHERE record.source_id = source.id AND record.state = 'published')
            OR EXISTS (SELECT FROM rounds_statement_other_sources AS link
                JOIN rounds_statement AS record ON record.id = link.statement_id
                WHERE link.source_id = source.id AND record.state = 'published')
            OR EXISTS (SELECT FROM rounds_round_other_sources AS link
                JOIN rounds_round AS record ON record.id = link.round_id
                WHERE link.source_id = source.id AND record.state = 'published')
            OR EXISTS (SELECT FROM rounds_deadline_other_sources AS link
                JOIN rounds_deadline AS record ON record.id = link.deadline_id
                WHERE link.source_id = source.id AND record.state = 'published')
            OR EXISTS (SELECT FROM issues_issue_other_sources AS link
                JOIN issues_issue AS record ON record.id = link.issue_id
                WHERE link.source_id = source.id AND record.state = 'published')
            OR EXISTS (SELECT FROM issues_proposal_other_sources AS link
                JOIN issues_proposal AS record ON record.id = link.proposal_id
                WHERE link.source_id = source.id AND record.state = 'published')
            OR EXISTS (SELECT FROM issues_measure_other_sources AS link
                JOIN issues_measure AS record ON record.id = link.measure_id
                WHERE link.source_id = source.id AND record.state = 'published')
            OR EXISTS (SELECT FROM issues_progress_other_sources AS link
                JOIN issues_progress AS record ON record.id = link.progress_id
                WHERE link.source_id = source.id AND record.state = 'published')
            OR EXISTS (SELECT FROM issues_outcome_other_sources AS link
                JOIN issues_outcome AS record ON record.id = link.outcome_id
                WHERE link.source_id = source.id AND record.state = 'published'));
    END IF;
END
$$;
