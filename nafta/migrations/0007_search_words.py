"""The index spells in one way what is spelt in several, and knows the other names of parties."""

from importlib import import_module

from django.db import migrations

search = import_module("nafta.migrations.0001_search")
status_and_keywords = import_module("nafta.migrations.0004_status_and_keywords")

# The rules of nafta/search/spelling.py, in their order: abbreviations with full stops, elisions, hyphens,
# per cent, signs of currencies.
SPELLING = r"""
CREATE FUNCTION search_spelling(words text) RETURNS text
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
"""

# As in 0001_search.py, in the normal spelling.
PLAIN = """
CREATE OR REPLACE FUNCTION search_text(words text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT translate(search_spelling(left(words, 50000)), '<>&', '   ')
$$;
"""
NAMES = """
CREATE OR REPLACE FUNCTION search_names(names text[], translations jsonb, called text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(string_agg(DISTINCT btrim(unaccent(lower(search_spelling(name)))), E'\n'), '')
    FROM (
        SELECT unnest(names) UNION SELECT value FROM jsonb_each_text(translations) WHERE key ~ called
    ) AS every(name) WHERE name <> ''
$$;
"""

# Several names in one text, with commas between, and in its translations.
LISTED = r"""
CREATE FUNCTION search_listed(names text, translations jsonb, field text) RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT ARRAY(SELECT btrim(name) FROM (
        SELECT names UNION ALL
        SELECT value FROM jsonb_each_text(translations) WHERE starts_with(key, field || '_')
    ) AS every(list), regexp_split_to_table(list, '[,;]') AS name)
$$;
"""

party = status_and_keywords.DOCUMENTS["party"]
DOCUMENTS = status_and_keywords.DOCUMENTS | {
    "party": party
    | {
        "names": f"""concat_ws(E'\n\n', {party["names"]}, nullif(search_names(
            search_listed(one.other_names, one.translations, 'other_names'), '{{}}', ''), ''))""",
        "name": "concat_ws(' ', one.name, one.adjective, one.other_names)",
    }
}
REFRESH_ALL = "SELECT search_refresh_all();"


class Migration(migrations.Migration):
    dependencies = [
        ("nafta", "0006_no_farther_than_it_takes"),
        ("rounds", "0014_other_names"),
    ]

    operations = [
        migrations.RunSQL(
            SPELLING + PLAIN + NAMES + LISTED + search.documents(DOCUMENTS) + REFRESH_ALL,
            search.PLAIN.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
            + search.NAMES.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
            + search.documents(status_and_keywords.DOCUMENTS)
            + "DROP FUNCTION search_spelling(text); DROP FUNCTION search_listed(text, jsonb, text);"
            + REFRESH_ALL,
        ),
    ]
