-- The normal form of an address: two spellings of one address have the same. What differs between
-- them and means nothing: scheme, "www." and the like, port, fragment, a slash at the end, parameters
-- that only say where a reader came from, and the archive that holds a copy.
-- The unique index on the addresses of sources is made of it; rounds/addresses.py calls it.
CREATE OR REPLACE FUNCTION rounds_normal_address(address text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    rest text := regexp_replace(address, '^\s+|\s+$', '', 'g');
    original text;
    parts text[];
    host text;
    path text;
    query text;
BEGIN
    LOOP
        rest := regexp_replace(rest, '^[a-z][a-z0-9+.-]*:/+', '', 'i');
        original := substring(rest FROM
            '(?i)^(?:web\.)?archive\.org/(?:web|save)/(?:[0-9*]+(?:[a-z]{2}_)?/)?(.+)$');
        IF original IS NULL THEN
            original := substring(rest FROM
                '(?i)^archive\.(?:today|ph|is|li|vn|md|fo)/(?:(?:[0-9.-]+|newest|oldest)/|o/[a-z0-9]+/)(.+)$');
        END IF;
        EXIT WHEN original IS NULL;
        rest := original;
    END LOOP;
    rest := regexp_replace(rest, '#.*$', '');
    parts := regexp_match(rest, '^([^/?]*)([^?]*)[?]?(.*)$');
    host := lower(regexp_replace(parts[1], '^.*@', ''));
    host := regexp_replace(host, ':(?:80|443)?$', '');
    host := regexp_replace(host, '\.$', '');
    host := regexp_replace(host, '^(?:(?:www[0-9]?|m|mobile|amp)\.)+(?=[^.]+\.)', '');
    host := regexp_replace(host, '^archive\.(?:today|is|li|vn|md|fo)$', 'archive.ph');
    path := regexp_replace(parts[2], '/+$', '');
    path := regexp_replace(path, '/amp$', '');
    SELECT string_agg(parameter, '&' ORDER BY parameter COLLATE "C") INTO query
    FROM regexp_split_to_table(parts[3], '&') AS parameter
    WHERE parameter <> '' AND parameter !~* (
        '^(?:utm_[a-z_]+|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|twclid|igshid|igsh|'
        || 'mc_cid|mc_eid|mkt_tok|_ga|_gl|cmpid|amp)(?:=|$)');
    RETURN host || path || coalesce('?' || query, '');
END
$$;
