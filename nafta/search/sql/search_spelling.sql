-- A text in the normal spelling. These are the rules of nafta/spelling.py, in their order, and a
-- test compares the two: abbreviations with full stops (without and with spaces), elisions,
-- hyphens, per cent, signs of currencies.
CREATE OR REPLACE FUNCTION search_spelling(words text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $spelling$
    SELECT replace(replace(
        regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(words,
            '\m([[:alpha:]])(\1?)\.((?=[[:alpha:]]\M)|-?(?=[[:alpha:]]{1,2}\.))', '\1\2', 'gi'),
            '(?<![\w.-])([[:alpha:]])(\1?)\.[\s\u00a0\u202f](?=[[:alpha:]]{1,2}\.(?![[:alpha:]]))',
            '\1\2', 'gi'),
            '\m([cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)[''’](?=[[:alpha:]])', '', 'gi'),
            '(?<=[[:alpha:].])[-\u2010\u2011](?=\w)|(?<=\d)[-\u2010\u2011](?=[[:alpha:]])', ' ', 'g'),
            '[\s\u00a0\u202f]*%|\m(per[\s\u00a0\u202f]cent|pour[\s\u00a0\u202f]?cent|por[\s\u00a0\u202f]?ciento)\M',
            ' percent ', 'gi'),
            '(\m[[:alpha:]]{1,3})?\$', ' dollars ', 'g'),
        '€', ' euros '), '£', ' pounds ')
$spelling$;
