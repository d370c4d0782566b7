"""The tables of meetings and statements, with their rules, their history and its triggers.

It replaces the first sixteen migrations: a database that ran all of them runs nothing of this.
Triggers stand in the options of the models, and django-pgtrigger makes them with the tables. With
an operation for each, Django would build all models again after each, which took half a minute.
Lists are proxies of the tables between two others, and have no table of their own to be made with.
"""

import datetime
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
import django.utils.timezone
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models
from pathlib import Path

import rounds.platform.url_normalisation
import rounds.platform.dates
import rounds.models.base
from rounds.sql import run_sql_files

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('rounds', '0001_record'),
        ('rounds', '0002_history'),
        ('rounds', '0003_begin_history'),
        ('rounds', '0004_presence'),
        ('rounds', '0005_suggestions'),
        ('rounds', '0006_source_addresses'),
        ('rounds', '0007_link_checks'),
        ('rounds', '0008_translations'),
        ('rounds', '0009_list_events_by_row'),
        ('rounds', '0010_edition'),
        ('rounds', '0011_indexes_that_carry_a_million'),
        ('rounds', '0012_what_was_known'),
        ('rounds', '0013_licence_of_the_record'),
        ('rounds', '0014_other_names'),
        ('rounds', '0015_publish_at_in_range'),
        ('rounds', '0016_plain_text'),
    ]

    dependencies = [
        ('contenttypes', '0002_remove_content_type_name'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        run_sql_files(
            SQL,
            "rounds_normal_address",
            "rounds_is_plain_text",
            "rounds_is_address",
            "rounds_are_plain_texts",
        ),
        migrations.CreateModel(
            name='Edition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.BigIntegerField(default=0, verbose_name='number')),
                ('mark', models.UUIDField(verbose_name='mark')),
                ('raised_at', models.DateTimeField(verbose_name='raised at')),
            ],
            options={
                'verbose_name': 'edition',
                'verbose_name_plural': 'editions',
                'default_permissions': (),
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('pk', 1)), name='rounds_edition_only_one'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Due',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True, verbose_name='at')),
            ],
            options={
                'verbose_name': 'time in the timetable',
                'verbose_name_plural': 'timetable',
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Negotiation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('translations', models.JSONField(blank=True, default=dict, editable=False, verbose_name='translations')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('changed_at', models.DateTimeField(editable=False, null=True, verbose_name='last changed')),
                ('slug', models.SlugField(unique=True, verbose_name='key')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('short_name', models.CharField(max_length=40, verbose_name='short name')),
                ('standfirst', models.TextField(help_text='Two or three sentences.', verbose_name='standfirst')),
                ('licence', models.CharField(blank=True, help_text='The licence under which others may use the record, by its usual name, such as CC BY 4.0. If empty, readers are told that no licence is given.', max_length=120, verbose_name='licence')),
                ('licence_url', models.URLField(blank=True, help_text='Where the text of the licence can be read.', max_length=500, verbose_name='address of the licence')),
            ],
            options={
                'verbose_name': 'negotiation',
                'verbose_name_plural': 'negotiation',
                'permissions': [('publish', 'Can publish, correct and take back what readers see')],
                'constraints': [
                    models.UniqueConstraint(models.Value(1), name='rounds_negotiation_only_one', violation_error_message='A site covers one negotiation; this one has it.'),
                    models.CheckConstraint(condition=models.Q(('licence_url', ''), models.Q(('licence', ''), _negated=True), _connector='OR'), name='rounds_negotiation_licence_has_name', violation_error_message='Give the licence its name beside its address.'),
                    models.CheckConstraint(condition=models.Q(django.db.models.lookups.Exact(models.Func(models.F('translations'), models.Value('$.type() ? (@ != "object")'), function='jsonb_path_exists', output_field=models.BooleanField()), models.Value(False)), django.db.models.lookups.Exact(models.Func(models.F('translations'), models.Value('$.keyvalue() ? (@.value.type() != "string" || @.value == "")'), function='jsonb_path_exists', output_field=models.BooleanField()), models.Value(False))), name='rounds_negotiation_translations_are_texts', violation_error_message='A translation is a text.'),
                    models.CheckConstraint(condition=models.Q(models.Func(models.F('slug'), models.Value(False), function='rounds_is_plain_text', output_field=models.BooleanField()), models.Func(models.F('title'), models.Value(False), function='rounds_is_plain_text', output_field=models.BooleanField()), models.Func(models.F('short_name'), models.Value(False), function='rounds_is_plain_text', output_field=models.BooleanField()), models.Func(models.F('standfirst'), models.Value(True), function='rounds_is_plain_text', output_field=models.BooleanField()), models.Func(models.F('licence'), models.Value(False), function='rounds_is_plain_text', output_field=models.BooleanField()), models.Func(models.F('licence_url'), models.Value(False), function='rounds_is_plain_text', output_field=models.BooleanField()), models.Func(models.F('licence_url'), function='rounds_is_address', output_field=models.BooleanField()), models.Func(models.F('translations'), models.Value('{"title": 200, "short_name": 40}'), function='rounds_are_plain_texts', output_field=models.BooleanField())), name='rounds_negotiation_plain_text', violation_error_message='A text here holds a character that cannot be stored, or is too long, or is no address.'),
                ],
                'triggers': [
                    pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "rounds_negotiationevent" ("changed_at", "id", "licence", "licence_url", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "short_name", "slug", "standfirst", "title", "translations", "version") VALUES (NEW."changed_at", NEW."id", NEW."licence", NEW."licence_url", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'added\', NEW."id", NEW."short_name", NEW."slug", NEW."standfirst", NEW."title", NEW."translations", NEW."version"); RETURN NULL;', hash='965adbda933fcad9316456cea49f0a4fd711ce5b', operation='INSERT', pgid='pgtrigger_added_insert_9a90d', table='rounds_negotiation', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='changed_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.version <> NEW.version)', func='INSERT INTO "rounds_negotiationevent" ("changed_at", "id", "licence", "licence_url", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "short_name", "slug", "standfirst", "title", "translations", "version") VALUES (NEW."changed_at", NEW."id", NEW."licence", NEW."licence_url", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'changed\', NEW."id", NEW."short_name", NEW."slug", NEW."standfirst", NEW."title", NEW."translations", NEW."version"); RETURN NULL;', hash='6980a35ffa7bef83ff9dea19c89ba18203308a79', operation='UPDATE', pgid='pgtrigger_changed_update_710bc', table='rounds_negotiation', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='deleted_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "rounds_negotiationevent" ("changed_at", "id", "licence", "licence_url", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "short_name", "slug", "standfirst", "title", "translations", "version") VALUES (OLD."changed_at", OLD."id", OLD."licence", OLD."licence_url", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'deleted\', OLD."id", OLD."short_name", OLD."slug", OLD."standfirst", OLD."title", OLD."translations", OLD."version"); RETURN NULL;', hash='a04438e4df767365d694913ae61445256700b118', operation='DELETE', pgid='pgtrigger_deleted_delete_a82df', table='rounds_negotiation', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='count_versions', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE asked boolean;', func="\n        IF TG_OP = 'INSERT' THEN\n            NEW.version := 1; NEW.changed_at := now(); RETURN NEW;\n        END IF;\n        asked := NEW.version > OLD.version;\n        NEW.version := OLD.version; NEW.changed_at := OLD.changed_at;\n        IF asked OR NEW IS DISTINCT FROM OLD THEN\n            NEW.version := OLD.version + 1; NEW.changed_at := now();\n        END IF;\n        RETURN NEW;", hash='c9324d2f0ac4ae504dbdeae1f360a82cb824d6d3', operation='INSERT OR UPDATE', pgid='pgtrigger_count_versions_34ac6', table='rounds_negotiation', when='BEFORE')),
                    pgtrigger.compiler.Trigger(name='raise_edition', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func='\n            IF (TG_OP <> \'INSERT\' AND TRUE OR TG_OP <> \'DELETE\' AND TRUE)\n                AND current_setting(\'rounds.raised\', TRUE)\n                    IS DISTINCT FROM pg_current_xact_id()::text THEN\n                INSERT INTO "rounds_edition" AS edition (id, number, mark, raised_at)\n                    VALUES (1, 1, gen_random_uuid(), clock_timestamp())\n                    ON CONFLICT (id) DO UPDATE SET number = edition.number + 1,\n                        mark = EXCLUDED.mark, raised_at = EXCLUDED.raised_at;\n                PERFORM set_config(\'rounds.raised\', pg_current_xact_id()::text, TRUE);\n            END IF;\n            RETURN NULL;', hash='8499c8df48c56a95631071a81f0ed2171e5bd0e8', operation='UPDATE OR DELETE OR INSERT', pgid='pgtrigger_raise_edition_0dda1', table='rounds_negotiation', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
                ],
            },
        ),
        migrations.CreateModel(
            name='Party',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('translations', models.JSONField(blank=True, default=dict, editable=False, verbose_name='translations')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('changed_at', models.DateTimeField(editable=False, null=True, verbose_name='last changed')),
                ('code', models.SlugField(max_length=20, unique=True, verbose_name='code')),
                ('name', models.CharField(max_length=80, unique=True, verbose_name='name')),
                ('adjective', models.CharField(max_length=80, verbose_name='adjective')),
                ('other_names', models.CharField(blank=True, help_text='Abbreviations and other names that readers search for, separated by commas.', max_length=300, verbose_name='other names')),
                ('colour', models.PositiveSmallIntegerField(blank=True, default=None, help_text="A place in the site's palette of party colours, 1 to 9.", validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(9)], verbose_name='colour')),
                ('order', models.PositiveSmallIntegerField(blank=True, default=None, verbose_name='order')),
            ],
            options={
                'verbose_name': 'party',
                'verbose_name_plural': 'parties',
                'ordering': ('order', 'code'),
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('colour__range', (1, 9))), name='rounds_party_colour_in_palette', violation_error_message='Choose a colour from 1 to 9.'),
                    models.CheckConstraint(condition=models.Q(django.db.models.lookups.Exact(models.Func(models.F('translations'), models.Value('$.type() ? (@ != "object")'), function='jsonb_path_exists', output_field=models.BooleanField()), models.Value(False)), django.db.models.lookups.Exact(models.Func(models.F('translations'), models.Value('$.keyvalue() ? (@.value.type() != "string" || @.value == "")'), function='jsonb_path_exists', output_field=models.BooleanField()), models.Value(False))), name='rounds_party_translations_are_texts', violation_error_message='A translation is a text.'),
                    models.CheckConstraint(condition=models.Q(models.Func(models.F('code'), models.Value(False), function='rounds_is_plain_text', output_field=models.BooleanField()), models.Func(models.F('name'), models.Value(False), function='rounds_is_plain_text', output_field=models.BooleanField()), models.Func(models.F('adjective'), models.Value(False), function='rounds_is_plain_text', output_field=models.BooleanField()), models.Func(models.F('other_names'), models.Value(False), function='rounds_is_plain_text', output_field=models.BooleanField()), models.Func(models.F('translations'), models.Value('{"name": 80, "adjective": 80, "other_names": 300}'), function='rounds_are_plain_texts', output_field=models.BooleanField())), name='rounds_party_plain_text', violation_error_message='A text here holds a character that cannot be stored, or is too long, or is no address.'),
                ],
                'triggers': [
                    pgtrigger.compiler.Trigger(name='fixed_code', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."code" IS DISTINCT FROM (NEW."code"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='4d1ecf91f8dd5864382a6674f38ce2b996c8bf20', operation='UPDATE', pgid='pgtrigger_fixed_code_211a7', table='rounds_party', when='BEFORE')),
                    pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "rounds_partyevent" ("adjective", "changed_at", "code", "colour", "id", "name", "order", "other_names", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "translations", "version") VALUES (NEW."adjective", NEW."changed_at", NEW."code", NEW."colour", NEW."id", NEW."name", NEW."order", NEW."other_names", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'added\', NEW."id", NEW."translations", NEW."version"); RETURN NULL;', hash='5a39ff4f48d74d70d6fff38ffc4deaa81ea9159d', operation='INSERT', pgid='pgtrigger_added_insert_9d68c', table='rounds_party', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='changed_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.version <> NEW.version)', func='INSERT INTO "rounds_partyevent" ("adjective", "changed_at", "code", "colour", "id", "name", "order", "other_names", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "translations", "version") VALUES (NEW."adjective", NEW."changed_at", NEW."code", NEW."colour", NEW."id", NEW."name", NEW."order", NEW."other_names", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'changed\', NEW."id", NEW."translations", NEW."version"); RETURN NULL;', hash='9e92529e6e71e4976f34cbd55ece575d0be537f5', operation='UPDATE', pgid='pgtrigger_changed_update_ab910', table='rounds_party', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='deleted_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "rounds_partyevent" ("adjective", "changed_at", "code", "colour", "id", "name", "order", "other_names", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "translations", "version") VALUES (OLD."adjective", OLD."changed_at", OLD."code", OLD."colour", OLD."id", OLD."name", OLD."order", OLD."other_names", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'deleted\', OLD."id", OLD."translations", OLD."version"); RETURN NULL;', hash='1aec64be32316a2146075f2d812175c0487a8816', operation='DELETE', pgid='pgtrigger_deleted_delete_af5b4', table='rounds_party', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='count_versions', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE asked boolean;', func="\n        IF TG_OP = 'INSERT' THEN\n            NEW.version := 1; NEW.changed_at := now(); RETURN NEW;\n        END IF;\n        asked := NEW.version > OLD.version;\n        NEW.version := OLD.version; NEW.changed_at := OLD.changed_at;\n        IF asked OR NEW IS DISTINCT FROM OLD THEN\n            NEW.version := OLD.version + 1; NEW.changed_at := now();\n        END IF;\n        RETURN NEW;", hash='12f6c9b8e4dd9eba965380c754410ac72d2ca397', operation='INSERT OR UPDATE', pgid='pgtrigger_count_versions_2350d', table='rounds_party', when='BEFORE')),
                    pgtrigger.compiler.Trigger(name='raise_edition', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func='\n            IF (TG_OP <> \'INSERT\' AND TRUE OR TG_OP <> \'DELETE\' AND TRUE)\n                AND current_setting(\'rounds.raised\', TRUE)\n                    IS DISTINCT FROM pg_current_xact_id()::text THEN\n                INSERT INTO "rounds_edition" AS edition (id, number, mark, raised_at)\n                    VALUES (1, 1, gen_random_uuid(), clock_timestamp())\n                    ON CONFLICT (id) DO UPDATE SET number = edition.number + 1,\n                        mark = EXCLUDED.mark, raised_at = EXCLUDED.raised_at;\n                PERFORM set_config(\'rounds.raised\', pg_current_xact_id()::text, TRUE);\n            END IF;\n            RETURN NULL;', hash='50eab5d1cf7347653bd83826e4fecd6d228a4d1f', operation='UPDATE OR DELETE OR INSERT', pgid='pgtrigger_raise_edition_08c19', table='rounds_party', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
                ],
            },
        ),
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('translations', models.JSONField(blank=True, default=dict, editable=False, verbose_name='translations')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('changed_at', models.DateTimeField(editable=False, null=True, verbose_name='last changed')),
                ('slug', models.SlugField(max_length=80, unique=True, verbose_name='key')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('role', models.CharField(blank=True, max_length=160, verbose_name='role')),
                ('organisation', models.CharField(blank=True, max_length=160, verbose_name='organisation')),
                ('party', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='people', to='rounds.party', verbose_name='party')),
            ],
            options={
                'verbose_name': 'person',
                'verbose_name_plural': 'people',
                'ordering': ('name',),
                'constraints': [
                    models.CheckConstraint(condition=models.Q(django.db.models.lookups.Exact(models.Func(models.F('translations'), models.Value('$.type() ? (@ != "object")'), function='jsonb_path_exists', output_field=models.BooleanField()), models.Value(False)), django.db.models.lookups.Exact(models.Func(models.F('translations'), models.Value('$.keyvalue() ? (@.value.type() != "string" || @.value == "")'), function='jsonb_path_exists', output_field=models.BooleanField()), models.Value(False))), name='rounds_person_translations_are_texts', violation_error_message='A translation is a text.'),
                    models.CheckConstraint(condition=models.Q(models.Func(models.F('slug'), models.Value(False), function='rounds_is_plain_text', output_field=models.BooleanField()), models.Func(models.F('name'), models.Value(False), function='rounds_is_plain_text', output_field=models.BooleanField()), models.Func(models.F('role'), models.Value(False), function='rounds_is_plain_text', output_field=models.BooleanField()), models.Func(models.F('organisation'), models.Value(False), function='rounds_is_plain_text', output_field=models.BooleanField()), models.Func(models.F('translations'), models.Value('{"role": 160, "organisation": 160}'), function='rounds_are_plain_texts', output_field=models.BooleanField())), name='rounds_person_plain_text', violation_error_message='A text here holds a character that cannot be stored, or is too long, or is no address.'),
                ],
                'triggers': [
                    pgtrigger.compiler.Trigger(name='fixed_slug', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."slug" IS DISTINCT FROM (NEW."slug"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='38926ae36c4f3b8aeea7fdccc9d7cb976cb89da5', operation='UPDATE', pgid='pgtrigger_fixed_slug_f1519', table='rounds_person', when='BEFORE')),
                    pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "rounds_personevent" ("changed_at", "id", "name", "organisation", "party_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "slug", "translations", "version") VALUES (NEW."changed_at", NEW."id", NEW."name", NEW."organisation", NEW."party_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'added\', NEW."id", NEW."role", NEW."slug", NEW."translations", NEW."version"); RETURN NULL;', hash='4c3bdcb8b749db2b67e3c227311729028a96d244', operation='INSERT', pgid='pgtrigger_added_insert_f70e9', table='rounds_person', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='changed_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.version <> NEW.version)', func='INSERT INTO "rounds_personevent" ("changed_at", "id", "name", "organisation", "party_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "slug", "translations", "version") VALUES (NEW."changed_at", NEW."id", NEW."name", NEW."organisation", NEW."party_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'changed\', NEW."id", NEW."role", NEW."slug", NEW."translations", NEW."version"); RETURN NULL;', hash='eb2007caa7faf12aabb44697db6db2d5099867c9', operation='UPDATE', pgid='pgtrigger_changed_update_a173b', table='rounds_person', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='deleted_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "rounds_personevent" ("changed_at", "id", "name", "organisation", "party_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "slug", "translations", "version") VALUES (OLD."changed_at", OLD."id", OLD."name", OLD."organisation", OLD."party_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'deleted\', OLD."id", OLD."role", OLD."slug", OLD."translations", OLD."version"); RETURN NULL;', hash='c85c401149056c050ef042b8c5544e72adf20876', operation='DELETE', pgid='pgtrigger_deleted_delete_cf664', table='rounds_person', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='count_versions', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE asked boolean;', func="\n        IF TG_OP = 'INSERT' THEN\n            NEW.version := 1; NEW.changed_at := now(); RETURN NEW;\n        END IF;\n        asked := NEW.version > OLD.version;\n        NEW.version := OLD.version; NEW.changed_at := OLD.changed_at;\n        IF asked OR NEW IS DISTINCT FROM OLD THEN\n            NEW.version := OLD.version + 1; NEW.changed_at := now();\n        END IF;\n        RETURN NEW;", hash='ead821285b15aa7eea9d45a9b6199f4855152b1f', operation='INSERT OR UPDATE', pgid='pgtrigger_count_versions_fcf40', table='rounds_person', when='BEFORE')),
                    pgtrigger.compiler.Trigger(name='raise_edition', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func='\n            IF (TG_OP <> \'INSERT\' AND TRUE OR TG_OP <> \'DELETE\' AND TRUE)\n                AND current_setting(\'rounds.raised\', TRUE)\n                    IS DISTINCT FROM pg_current_xact_id()::text THEN\n                INSERT INTO "rounds_edition" AS edition (id, number, mark, raised_at)\n                    VALUES (1, 1, gen_random_uuid(), clock_timestamp())\n                    ON CONFLICT (id) DO UPDATE SET number = edition.number + 1,\n                        mark = EXCLUDED.mark, raised_at = EXCLUDED.raised_at;\n                PERFORM set_config(\'rounds.raised\', pg_current_xact_id()::text, TRUE);\n            END IF;\n            RETURN NULL;', hash='e7f9c9f2658e16355647bde81000d7ddf7dac9f3', operation='UPDATE OR DELETE', pgid='pgtrigger_raise_edition_f7767', table='rounds_person', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
                ],
            },
        ),
        migrations.CreateModel(
            name='Source',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('translations', models.JSONField(blank=True, default=dict, editable=False, verbose_name='translations')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('changed_at', models.DateTimeField(editable=False, null=True, verbose_name='last changed')),
                ('slug', models.SlugField(default=rounds.models.base.new_key, max_length=80, unique=True, verbose_name='key')),
                ('publisher', models.CharField(max_length=120, verbose_name='publisher')),
                ('title', models.CharField(help_text='Its title, or what it is in a few words.', max_length=250, verbose_name='title')),
                ('url', models.URLField(blank=True, max_length=500, verbose_name='address')),
                ('archive_url', models.URLField(blank=True, max_length=500, verbose_name='archive address')),
                ('published', rounds.platform.dates.SpanField(blank=True, null=True, verbose_name='published')),
                ('published_approximate', models.BooleanField(default=False, help_text='The span says between which days it appeared.', verbose_name='published on some day between')),
                ('language', models.CharField(default='en', max_length=10, verbose_name='language')),
                ('note', models.TextField(blank=True, help_text='What readers should know of this source.', verbose_name='public note')),
            ],
            options={
                'verbose_name': 'source',
                'verbose_name_plural': 'sources',
                'ordering': (django.db.models.functions.text.Lower('publisher'), 'title'),
                'indexes': [
                    models.Index(rounds.platform.url_normalisation.NormalAddress('archive_url'), name='rounds_source_archive'),
                    models.Index(django.db.models.functions.text.Lower('publisher'), models.F('title'), name='rounds_source_in_order'),
                ],
                'constraints': [
                    models.UniqueConstraint(rounds.platform.url_normalisation.NormalAddress('url'), condition=models.Q(('url', ''), _negated=True), name='rounds_source_address_once', violation_error_message='A source with this address is in the record already.'),
                    models.CheckConstraint(condition=models.Q(('published__isnull', True), ('published__startswith__isnull', False), _connector='OR'), name='rounds_source_published_begins', violation_error_message='Give the first day.'),
                    models.CheckConstraint(condition=models.Q(('published__startswith__gte', datetime.date(1900, 1, 1)), models.Q(('published__endswith__isnull', True), ('published__endswith__lte', datetime.date(2100, 12, 31)), _connector='OR')), name='rounds_source_published_plausible', violation_error_message='Give days between the years 1900 and 2100.'),
                    models.CheckConstraint(condition=models.Q(django.db.models.lookups.Exact(models.Func(models.F('translations'), models.Value('$.type() ? (@ != "object")'), function='jsonb_path_exists', output_field=models.BooleanField()), models.Value(False)), django.db.models.lookups.Exact(models.Func(models.F('translations'), models.Value('$.keyvalue() ? (@.value.type() != "string" || @.value == "")'), function='jsonb_path_exists', output_field=models.BooleanField()), models.Value(False))), name='rounds_source_translations_are_texts', violation_error_message='A translation is a text.'),
                    models.CheckConstraint(condition=models.Q(models.Func(models.F('slug'), models.Value(False), function='rounds_is_plain_text', output_field=models.BooleanField()), models.Func(models.F('publisher'), models.Value(False), function='rounds_is_plain_text', output_field=models.BooleanField()), models.Func(models.F('title'), models.Value(False), function='rounds_is_plain_text', output_field=models.BooleanField()), models.Func(models.F('url'), models.Value(False), function='rounds_is_plain_text', output_field=models.BooleanField()), models.Func(models.F('url'), function='rounds_is_address', output_field=models.BooleanField()), models.Func(models.F('archive_url'), models.Value(False), function='rounds_is_plain_text', output_field=models.BooleanField()), models.Func(models.F('archive_url'), function='rounds_is_address', output_field=models.BooleanField()), models.Func(models.F('language'), models.Value(False), function='rounds_is_plain_text', output_field=models.BooleanField()), models.Func(models.F('note'), models.Value(True), function='rounds_is_plain_text', output_field=models.BooleanField()), models.Func(models.F('translations'), models.Value('{}'), function='rounds_are_plain_texts', output_field=models.BooleanField())), name='rounds_source_plain_text', violation_error_message='A text here holds a character that cannot be stored, or is too long, or is no address.'),
                ],
                'triggers': [
                    pgtrigger.compiler.Trigger(name='fixed_slug', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."slug" IS DISTINCT FROM (NEW."slug"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='7af993b89df10511f5884baf7cbcc72e74fc5cf7', operation='UPDATE', pgid='pgtrigger_fixed_slug_ba916', table='rounds_source', when='BEFORE')),
                    pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "rounds_sourceevent" ("archive_url", "changed_at", "id", "language", "note", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published", "published_approximate", "publisher", "slug", "title", "translations", "url", "version") VALUES (NEW."archive_url", NEW."changed_at", NEW."id", NEW."language", NEW."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'added\', NEW."id", NEW."published", NEW."published_approximate", NEW."publisher", NEW."slug", NEW."title", NEW."translations", NEW."url", NEW."version"); RETURN NULL;', hash='b1313e099fae15a361b81f8b2f79bfa79054f511', operation='INSERT', pgid='pgtrigger_added_insert_82507', table='rounds_source', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='changed_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.version <> NEW.version)', func='INSERT INTO "rounds_sourceevent" ("archive_url", "changed_at", "id", "language", "note", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published", "published_approximate", "publisher", "slug", "title", "translations", "url", "version") VALUES (NEW."archive_url", NEW."changed_at", NEW."id", NEW."language", NEW."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'changed\', NEW."id", NEW."published", NEW."published_approximate", NEW."publisher", NEW."slug", NEW."title", NEW."translations", NEW."url", NEW."version"); RETURN NULL;', hash='f514df1faedd66cd0587f8890aece9981bf42467', operation='UPDATE', pgid='pgtrigger_changed_update_8881c', table='rounds_source', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='deleted_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "rounds_sourceevent" ("archive_url", "changed_at", "id", "language", "note", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published", "published_approximate", "publisher", "slug", "title", "translations", "url", "version") VALUES (OLD."archive_url", OLD."changed_at", OLD."id", OLD."language", OLD."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'deleted\', OLD."id", OLD."published", OLD."published_approximate", OLD."publisher", OLD."slug", OLD."title", OLD."translations", OLD."url", OLD."version"); RETURN NULL;', hash='fc233fd6a31347254842f582dd0b56f9710be972', operation='DELETE', pgid='pgtrigger_deleted_delete_49237', table='rounds_source', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='count_versions', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE asked boolean;', func="\n        IF TG_OP = 'INSERT' THEN\n            NEW.version := 1; NEW.changed_at := now(); RETURN NEW;\n        END IF;\n        asked := NEW.version > OLD.version;\n        NEW.version := OLD.version; NEW.changed_at := OLD.changed_at;\n        IF asked OR NEW IS DISTINCT FROM OLD THEN\n            NEW.version := OLD.version + 1; NEW.changed_at := now();\n        END IF;\n        RETURN NEW;", hash='a404f96903e46d4f2be549b76612c4e5e61a745e', operation='INSERT OR UPDATE', pgid='pgtrigger_count_versions_5daeb', table='rounds_source', when='BEFORE')),
                    pgtrigger.compiler.Trigger(name='raise_edition', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func='\n            IF (TG_OP <> \'INSERT\' AND TRUE OR TG_OP <> \'DELETE\' AND TRUE)\n                AND current_setting(\'rounds.raised\', TRUE)\n                    IS DISTINCT FROM pg_current_xact_id()::text THEN\n                INSERT INTO "rounds_edition" AS edition (id, number, mark, raised_at)\n                    VALUES (1, 1, gen_random_uuid(), clock_timestamp())\n                    ON CONFLICT (id) DO UPDATE SET number = edition.number + 1,\n                        mark = EXCLUDED.mark, raised_at = EXCLUDED.raised_at;\n                PERFORM set_config(\'rounds.raised\', pg_current_xact_id()::text, TRUE);\n            END IF;\n            RETURN NULL;', hash='9911b00ebb0fe179ca8f07d54da683f3c65f276c', operation='UPDATE OR DELETE', pgid='pgtrigger_raise_edition_e4731', table='rounds_source', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
                ],
            },
        ),
        migrations.CreateModel(
            name='LinkCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.URLField(max_length=500, unique=True, verbose_name='address')),
                ('state', models.CharField(choices=[('answers', 'answers'), ('dead', 'dead'), ('unclear', 'unclear')], max_length=10, verbose_name='state')),
                ('answer', models.CharField(max_length=120, verbose_name='what came back')),
                ('checked_at', models.DateTimeField(verbose_name='last asked')),
            ],
            options={
                'verbose_name': 'check of a link',
                'verbose_name_plural': 'checks of links',
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('state__in', ['answers', 'dead', 'unclear'])), name='rounds_linkcheck_state_known', violation_error_message='Choose one of: answers, dead, unclear.'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Round',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('translations', models.JSONField(blank=True, default=dict, editable=False, verbose_name='translations')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('changed_at', models.DateTimeField(editable=False, null=True, verbose_name='last changed')),
                ('state', models.CharField(choices=[('draft', 'draft'), ('ready', 'ready'), ('published', 'published')], db_index=True, default='draft', max_length=10, verbose_name='state')),
                ('note', models.TextField(blank=True, help_text='What sources disagree about, or what readers should know of this entry.', verbose_name='public note')),
                ('publish_at', models.DateTimeField(blank=True, db_index=True, help_text='A draft goes out at this time by itself.', null=True, verbose_name='publish at')),
                ('dates', rounds.platform.dates.SpanField(verbose_name='dates')),
                ('approximate', models.BooleanField(default=False, help_text='The dates say between which days it was, not from when to when it lasted.', verbose_name='on some day between')),
                ('slug', models.SlugField(max_length=80, unique=True, verbose_name='key')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('kind', models.CharField(choices=[('round', 'round'), ('ministerial', 'ministerial meeting'), ('intersessional', 'intersessional talks'), ('bilateral', 'bilateral talks'), ('leaders', 'leaders’ meeting'), ('permanent-round', 'permanent round'), ('milestone', 'milestone')], default='round', max_length=20, verbose_name='kind')),
                ('number', models.PositiveSmallIntegerField(blank=True, help_text='Only if it has one.', null=True, verbose_name='number')),
                ('place', models.CharField(blank=True, max_length=120, verbose_name='place')),
                ('status', models.CharField(choices=[('planned', 'planned'), ('under-way', 'under way'), ('held', 'held'), ('cancelled', 'cancelled'), ('rescheduled', 'rescheduled')], default='planned', max_length=12, verbose_name='status')),
                ('planned_dates', rounds.platform.dates.SpanField(blank=True, help_text='If they differ from the dates it had in the end.', null=True, verbose_name='dates as announced')),
                ('summary', models.TextField(blank=True, help_text='What it led to.', verbose_name='outcome')),
                ('agenda', models.TextField(blank=True, help_text='What it was to be about.', verbose_name='agenda')),
                ('host', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='hosted_rounds', to='rounds.party', verbose_name='host')),
                ('parties', models.ManyToManyField(blank=True, related_name='rounds', to='rounds.party', verbose_name='parties at the table')),
                ('replaced_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaces', to='rounds.round', verbose_name='replaced by')),
                ('other_sources', models.ManyToManyField(blank=True, help_text='Publications that say the same.', related_name='%(class)s_corroborations', to='rounds.source', verbose_name='other sources')),
                ('source', models.ForeignKey(help_text='Who says so: the publication this was first read in.', on_delete=django.db.models.deletion.PROTECT, related_name='%(class)s_claims', to='rounds.source', verbose_name='source')),
            ],
            options={
                'verbose_name': 'round',
                'verbose_name_plural': 'rounds',
                'ordering': ('-dates',),
                'abstract': False,
                'indexes': [
                    models.Index(models.OrderBy(models.F('dates__startswith'), descending=True), models.OrderBy(models.F('id'), descending=True), name='round_latest_first'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'ready', 'published'])), name='rounds_round_state_known', violation_error_message='Choose one of: draft, ready, published.'),
                    models.CheckConstraint(condition=models.Q(django.db.models.lookups.Exact(models.Func(models.F('translations'), models.Value('$.type() ? (@ != "object")'), function='jsonb_path_exists', output_field=models.BooleanField()), models.Value(False)), django.db.models.lookups.Exact(models.Func(models.F('translations'), models.Value('$.keyvalue() ? (@.value.type() != "string" || @.value == "")'), function='jsonb_path_exists', output_field=models.BooleanField()), models.Value(False))), name='rounds_round_translations_are_texts', violation_error_message='A translation is a text.'),
                    models.CheckConstraint(condition=models.Q(('publish_at__isnull', True), models.Q(('state', 'published'), _negated=True), _connector='OR'), name='rounds_round_scheduled_is_draft', violation_error_message='What is published already has no time to go out.'),
                    models.CheckConstraint(condition=models.Q(('publish_at__isnull', True), models.Q(('publish_at__gte', datetime.datetime(1899, 12, 31, 0, 0, tzinfo=datetime.timezone.utc)), ('publish_at__lte', datetime.datetime(2101, 1, 1, 23, 59, 59, 999999, tzinfo=datetime.timezone.utc))), _connector='OR'), name='rounds_round_publish_at_plausible', violation_error_message='Give a time between the years 1900 and 2100.'),
                    models.CheckConstraint(condition=models.Q(('dates__isnull', True), ('dates__startswith__isnull', False), _connector='OR'), name='rounds_round_dates_begins', violation_error_message='Give the first day.'),
                    models.CheckConstraint(condition=models.Q(('dates__startswith__gte', datetime.date(1900, 1, 1)), models.Q(('dates__endswith__isnull', True), ('dates__endswith__lte', datetime.date(2100, 12, 31)), _connector='OR')), name='rounds_round_dates_plausible', violation_error_message='Give days between the years 1900 and 2100.'),
                    models.CheckConstraint(condition=models.Q(('kind__in', ['round', 'ministerial', 'intersessional', 'bilateral', 'leaders', 'permanent-round', 'milestone'])), name='rounds_round_kind_known', violation_error_message='Choose one of: round, ministerial, intersessional, bilateral, leaders, permanent-round, milestone.'),
                    models.CheckConstraint(condition=models.Q(('status__in', ['planned', 'under-way', 'held', 'cancelled', 'rescheduled'])), name='rounds_round_status_known', violation_error_message='Choose one of: planned, under-way, held, cancelled, rescheduled.'),
                    models.UniqueConstraint(condition=models.Q(('status__in', ('cancelled', 'rescheduled')), _negated=True), fields=('number',), name='rounds_round_number_once', violation_error_message='Another round has this number.'),
                    models.CheckConstraint(condition=models.Q(('planned_dates__isnull', True), ('planned_dates__startswith__isnull', False), _connector='OR'), name='rounds_round_planned_dates_begins', violation_error_message='Give the first day.'),
                    models.CheckConstraint(condition=models.Q(('planned_dates__startswith__gte', datetime.date(1900, 1, 1)), models.Q(('planned_dates__endswith__isnull', True), ('planned_dates__endswith__lte', datetime.date(2100, 12, 31)), _connector='OR')), name='rounds_round_planned_dates_plausible', violation_error_message='Give days between the years 1900 and 2100.'),
                    models.CheckConstraint(condition=models.Q(('summary', ''), models.Q(('status__in', ('planned', 'cancelled', 'rescheduled')), _negated=True), _connector='OR'), name='rounds_round_outcome_needs_meeting', violation_error_message='A meeting that was not held has no outcome.'),
                    models.CheckConstraint(condition=models.Q(('replaced_by__isnull', True), ('status__in', ('cancelled', 'rescheduled')), _connector='OR'), name='rounds_round_replaced_only_if_off', violation_error_message='Only a cancelled or rescheduled meeting is replaced by another.'),
                    models.CheckConstraint(condition=models.Q(models.Func(models.F('note'), models.Value(True), function='rounds_is_plain_text', output_field=models.BooleanField()), models.Func(models.F('slug'), models.Value(False), function='rounds_is_plain_text', output_field=models.BooleanField()), models.Func(models.F('name'), models.Value(False), function='rounds_is_plain_text', output_field=models.BooleanField()), models.Func(models.F('place'), models.Value(False), function='rounds_is_plain_text', output_field=models.BooleanField()), models.Func(models.F('summary'), models.Value(True), function='rounds_is_plain_text', output_field=models.BooleanField()), models.Func(models.F('agenda'), models.Value(True), function='rounds_is_plain_text', output_field=models.BooleanField()), models.Func(models.F('translations'), models.Value('{"name": 120, "place": 120}'), function='rounds_are_plain_texts', output_field=models.BooleanField())), name='rounds_round_plain_text', violation_error_message='A text here holds a character that cannot be stored, or is too long, or is no address.'),
                ],
                'triggers': [
                    pgtrigger.compiler.Trigger(name='fixed_slug', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."slug" IS DISTINCT FROM (NEW."slug"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='d4ed0ec29f24c64921f27638b49a3288d8617d58', operation='UPDATE', pgid='pgtrigger_fixed_slug_0c919', table='rounds_round', when='BEFORE')),
                    pgtrigger.compiler.Trigger(name='replaced_by_no_cycle', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n            IF NEW."replaced_by_id" IS NULL THEN RETURN NEW; END IF;\n            -- one at a time: two transactions could each add half of a circle\n            PERFORM pg_advisory_xact_lock(\'"rounds_round"\'::regclass::oid::integer);\n            IF EXISTS (\n                WITH RECURSIVE chain(id) AS (\n                    SELECT NEW."replaced_by_id"\n                    UNION\n                    SELECT "rounds_round"."replaced_by_id" FROM "rounds_round" JOIN chain USING (id)\n                    WHERE "rounds_round"."replaced_by_id" IS NOT NULL\n                ) SELECT 1 FROM chain WHERE id = NEW.id\n            ) THEN RAISE EXCEPTION USING ERRCODE = \'check_violation\', MESSAGE =  \'no_cycle: round.replaced_by\';\n            END IF;\n            RETURN NEW;', hash='b786881ae2f234667a42bfe59458217f875148e8', operation='INSERT OR UPDATE', pgid='pgtrigger_replaced_by_no_cycle_5d574', table='rounds_round', when='BEFORE')),
                    pgtrigger.compiler.Trigger(name='published_needs_published', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."state" = \'published\')', func='\n            PERFORM 1 FROM "rounds_round" WHERE id = NEW."replaced_by_id" FOR SHARE;\n            PERFORM 1 FROM "rounds_round" WHERE id = NEW."replaced_by_id" AND state <> \'published\';\n            IF FOUND THEN RAISE EXCEPTION USING ERRCODE = \'check_violation\', MESSAGE =  \'published_needs_published: round.replaced_by\';\n            END IF;\nRETURN NEW;', hash='90efcc300fe550240dee1e3a58dc49a76bb8d8ec', operation='INSERT OR UPDATE', pgid='pgtrigger_published_needs_published_510cc', table='rounds_round', when='BEFORE')),
                    pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "rounds_roundevent" ("agenda", "approximate", "changed_at", "dates", "host_id", "id", "kind", "name", "note", "number", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "planned_dates", "publish_at", "replaced_by_id", "slug", "source_id", "state", "status", "summary", "translations", "version") VALUES (NEW."agenda", NEW."approximate", NEW."changed_at", NEW."dates", NEW."host_id", NEW."id", NEW."kind", NEW."name", NEW."note", NEW."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'added\', NEW."id", NEW."place", NEW."planned_dates", NEW."publish_at", NEW."replaced_by_id", NEW."slug", NEW."source_id", NEW."state", NEW."status", NEW."summary", NEW."translations", NEW."version"); RETURN NULL;', hash='f0bbf76706d7c53d744c07f42953bf5e543be491', operation='INSERT', pgid='pgtrigger_added_insert_a1397', table='rounds_round', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='changed_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.version <> NEW.version AND NOT OLD.state = 'published' AND NOT NEW.state = 'published')", func='INSERT INTO "rounds_roundevent" ("agenda", "approximate", "changed_at", "dates", "host_id", "id", "kind", "name", "note", "number", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "planned_dates", "publish_at", "replaced_by_id", "slug", "source_id", "state", "status", "summary", "translations", "version") VALUES (NEW."agenda", NEW."approximate", NEW."changed_at", NEW."dates", NEW."host_id", NEW."id", NEW."kind", NEW."name", NEW."note", NEW."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'changed\', NEW."id", NEW."place", NEW."planned_dates", NEW."publish_at", NEW."replaced_by_id", NEW."slug", NEW."source_id", NEW."state", NEW."status", NEW."summary", NEW."translations", NEW."version"); RETURN NULL;', hash='78e0c214d88b65b4d3076b7376897bbf058b97e4', operation='UPDATE', pgid='pgtrigger_changed_update_88180', table='rounds_round', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='published_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NOT OLD.state = 'published' AND NEW.state = 'published')", func='INSERT INTO "rounds_roundevent" ("agenda", "approximate", "changed_at", "dates", "host_id", "id", "kind", "name", "note", "number", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "planned_dates", "publish_at", "replaced_by_id", "slug", "source_id", "state", "status", "summary", "translations", "version") VALUES (NEW."agenda", NEW."approximate", NEW."changed_at", NEW."dates", NEW."host_id", NEW."id", NEW."kind", NEW."name", NEW."note", NEW."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'published\', NEW."id", NEW."place", NEW."planned_dates", NEW."publish_at", NEW."replaced_by_id", NEW."slug", NEW."source_id", NEW."state", NEW."status", NEW."summary", NEW."translations", NEW."version"); RETURN NULL;', hash='124c0f221c86ff43d2a3feb7ff23cd7c7caeed8a', operation='UPDATE', pgid='pgtrigger_published_update_6f792', table='rounds_round', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='corrected_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.version <> NEW.version AND OLD.state = 'published' AND NEW.state = 'published')", func='INSERT INTO "rounds_roundevent" ("agenda", "approximate", "changed_at", "dates", "host_id", "id", "kind", "name", "note", "number", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "planned_dates", "publish_at", "replaced_by_id", "slug", "source_id", "state", "status", "summary", "translations", "version") VALUES (NEW."agenda", NEW."approximate", NEW."changed_at", NEW."dates", NEW."host_id", NEW."id", NEW."kind", NEW."name", NEW."note", NEW."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'corrected\', NEW."id", NEW."place", NEW."planned_dates", NEW."publish_at", NEW."replaced_by_id", NEW."slug", NEW."source_id", NEW."state", NEW."status", NEW."summary", NEW."translations", NEW."version"); RETURN NULL;', hash='96d9c8be159d41bb54191d351f0e60b1adcc019f', operation='UPDATE', pgid='pgtrigger_corrected_update_0382d', table='rounds_round', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='withdrawn_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.state = 'published' AND NOT NEW.state = 'published')", func='INSERT INTO "rounds_roundevent" ("agenda", "approximate", "changed_at", "dates", "host_id", "id", "kind", "name", "note", "number", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "planned_dates", "publish_at", "replaced_by_id", "slug", "source_id", "state", "status", "summary", "translations", "version") VALUES (NEW."agenda", NEW."approximate", NEW."changed_at", NEW."dates", NEW."host_id", NEW."id", NEW."kind", NEW."name", NEW."note", NEW."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'withdrawn\', NEW."id", NEW."place", NEW."planned_dates", NEW."publish_at", NEW."replaced_by_id", NEW."slug", NEW."source_id", NEW."state", NEW."status", NEW."summary", NEW."translations", NEW."version"); RETURN NULL;', hash='c97a21c6a6901aa0bb78d04f292360936cc675b9', operation='UPDATE', pgid='pgtrigger_withdrawn_update_3b36f', table='rounds_round', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='deleted_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "rounds_roundevent" ("agenda", "approximate", "changed_at", "dates", "host_id", "id", "kind", "name", "note", "number", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "planned_dates", "publish_at", "replaced_by_id", "slug", "source_id", "state", "status", "summary", "translations", "version") VALUES (OLD."agenda", OLD."approximate", OLD."changed_at", OLD."dates", OLD."host_id", OLD."id", OLD."kind", OLD."name", OLD."note", OLD."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'deleted\', OLD."id", OLD."place", OLD."planned_dates", OLD."publish_at", OLD."replaced_by_id", OLD."slug", OLD."source_id", OLD."state", OLD."status", OLD."summary", OLD."translations", OLD."version"); RETURN NULL;', hash='f9f8a949d87fe7c0171fcdf2020a07db4586d1d5', operation='DELETE', pgid='pgtrigger_deleted_delete_16bce', table='rounds_round', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='count_versions', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE asked boolean;', func="\n        IF TG_OP = 'INSERT' THEN\n            NEW.version := 1; NEW.changed_at := now(); RETURN NEW;\n        END IF;\n        asked := NEW.version > OLD.version;\n        NEW.version := OLD.version; NEW.changed_at := OLD.changed_at;\n        IF asked OR NEW IS DISTINCT FROM OLD THEN\n            NEW.version := OLD.version + 1; NEW.changed_at := now();\n        END IF;\n        RETURN NEW;", hash='d929f9856fec0509cbcb140488c10d5bc7d4ccfd', operation='INSERT OR UPDATE', pgid='pgtrigger_count_versions_1a3ca', table='rounds_round', when='BEFORE')),
                    pgtrigger.compiler.Trigger(name='raise_edition', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func='\n            IF (TG_OP <> \'INSERT\' AND OLD.state = \'published\' OR TG_OP <> \'DELETE\' AND NEW.state = \'published\')\n                AND current_setting(\'rounds.raised\', TRUE)\n                    IS DISTINCT FROM pg_current_xact_id()::text THEN\n                INSERT INTO "rounds_edition" AS edition (id, number, mark, raised_at)\n                    VALUES (1, 1, gen_random_uuid(), clock_timestamp())\n                    ON CONFLICT (id) DO UPDATE SET number = edition.number + 1,\n                        mark = EXCLUDED.mark, raised_at = EXCLUDED.raised_at;\n                PERFORM set_config(\'rounds.raised\', pg_current_xact_id()::text, TRUE);\n            END IF;\n            RETURN NULL;', hash='2087074472e4ed1a65100c216b775b41ef29f09d', operation='UPDATE OR DELETE OR INSERT', pgid='pgtrigger_raise_edition_af06d', table='rounds_round', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='note_time', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."publish_at" IS NOT NULL AND NEW."state" = \'ready\')', func='\n            INSERT INTO "rounds_due" (at) VALUES (NEW.publish_at);\n            RETURN NULL;', hash='c405d9fc85744f5bd5165a86a0de527ab37e2754', operation='INSERT OR UPDATE', pgid='pgtrigger_note_time_77b0e', table='rounds_round', when='AFTER')),
                ],
            },
        ),
        migrations.CreateModel(
            name='Deadline',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('translations', models.JSONField(blank=True, default=dict, editable=False, verbose_name='translations')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('changed_at', models.DateTimeField(editable=False, null=True, verbose_name='last changed')),
                ('state', models.CharField(choices=[('draft', 'draft'), ('ready', 'ready'), ('published', 'published')], db_index=True, default='draft', max_length=10, verbose_name='state')),
                ('note', models.TextField(blank=True, help_text='What sources disagree about, or what readers should know of this entry.', verbose_name='public note')),
                ('publish_at', models.DateTimeField(blank=True, db_index=True, help_text='A draft goes out at this time by itself.', null=True, verbose_name='publish at')),
                ('dates', rounds.platform.dates.SpanField(verbose_name='dates')),
                ('approximate', models.BooleanField(default=False, help_text='The dates say between which days it was, not from when to when it lasted.', verbose_name='on some day between')),
                ('slug', models.SlugField(max_length=80, unique=True, verbose_name='key')),
                ('name', models.CharField(max_length=160, verbose_name='name')),
                ('set_on', rounds.platform.dates.SpanField(verbose_name='set on')),
                ('set_on_approximate', models.BooleanField(default=False, verbose_name='set on some day between')),
                ('set_by', models.CharField(help_text='As sources say: “negotiators of both sides”.', max_length=160, verbose_name='set by')),
                ('basis', models.TextField(blank=True, verbose_name='on what basis')),
                ('outcome', models.CharField(choices=[('pending', 'pending'), ('met', 'met'), ('missed', 'missed'), ('moved', 'moved')], default='pending', max_length=10, verbose_name='outcome')),
                ('superseded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='supersedes', to='rounds.deadline', verbose_name='superseded by')),
                ('parties', models.ManyToManyField(blank=True, related_name='deadlines', to='rounds.party', verbose_name='parties that set it')),
                ('other_sources', models.ManyToManyField(blank=True, help_text='Publications that say the same.', related_name='%(class)s_corroborations', to='rounds.source', verbose_name='other sources')),
                ('source', models.ForeignKey(help_text='Who says so: the publication this was first read in.', on_delete=django.db.models.deletion.PROTECT, related_name='%(class)s_claims', to='rounds.source', verbose_name='source')),
            ],
            options={
                'verbose_name': 'deadline',
                'verbose_name_plural': 'deadlines',
                'ordering': ('-dates',),
                'abstract': False,
                'indexes': [
                    models.Index(models.OrderBy(models.F('dates__startswith'), descending=True), models.OrderBy(models.F('id'), descending=True), name='deadline_latest_first'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'ready', 'published'])), name='rounds_deadline_state_known', violation_error_message='Choose one of: draft, ready, published.'),
                    models.CheckConstraint(condition=models.Q(django.db.models.lookups.Exact(models.Func(models.F('translations'), models.Value('$.type() ? (@ != "object")'), function='jsonb_path_exists', output_field=models.BooleanField()), models.Value(False)), django.db.models.lookups.Exact(models.Func(models.F('translations'), models.Value('$.keyvalue() ? (@.value.type() != "string" || @.value == "")'), function='jsonb_path_exists', output_field=models.BooleanField()), models.Value(False))), name='rounds_deadline_translations_are_texts', violation_error_message='A translation is a text.'),
                    models.CheckConstraint(condition=models.Q(('publish_at__isnull', True), models.Q(('state', 'published'), _negated=True), _connector='OR'), name='rounds_deadline_scheduled_is_draft', violation_error_message='What is published already has no time to go out.'),
                    models.CheckConstraint(condition=models.Q(('publish_at__isnull', True), models.Q(('publish_at__gte', datetime.datetime(1899, 12, 31, 0, 0, tzinfo=datetime.timezone.utc)), ('publish_at__lte', datetime.datetime(2101, 1, 1, 23, 59, 59, 999999, tzinfo=datetime.timezone.utc))), _connector='OR'), name='rounds_deadline_publish_at_plausible', violation_error_message='Give a time between the years 1900 and 2100.'),
                    models.CheckConstraint(condition=models.Q(('dates__isnull', True), ('dates__startswith__isnull', False), _connector='OR'), name='rounds_deadline_dates_begins', violation_error_message='Give the first day.'),
                    models.CheckConstraint(condition=models.Q(('dates__startswith__gte', datetime.date(1900, 1, 1)), models.Q(('dates__endswith__isnull', True), ('dates__endswith__lte', datetime.date(2100, 12, 31)), _connector='OR')), name='rounds_deadline_dates_plausible', violation_error_message='Give days between the years 1900 and 2100.'),
                    models.CheckConstraint(condition=models.Q(('outcome__in', ['pending', 'met', 'missed', 'moved'])), name='rounds_deadline_outcome_known', violation_error_message='Choose one of: pending, met, missed, moved.'),
                    models.CheckConstraint(condition=models.Q(('dates__endswith__isnull', True), ('set_on__startswith__lt', models.F('dates__endswith')), _connector='OR'), name='rounds_deadline_set_before_due', violation_error_message='A deadline is set before it falls due.'),
                    models.CheckConstraint(condition=models.Q(('set_on__isnull', True), ('set_on__startswith__isnull', False), _connector='OR'), name='rounds_deadline_set_on_begins', violation_error_message='Give the first day.'),
                    models.CheckConstraint(condition=models.Q(('set_on__startswith__gte', datetime.date(1900, 1, 1)), models.Q(('set_on__endswith__isnull', True), ('set_on__endswith__lte', datetime.date(2100, 12, 31)), _connector='OR')), name='rounds_deadline_set_on_plausible', violation_error_message='Give days between the years 1900 and 2100.'),
                    models.CheckConstraint(condition=models.Q(('superseded_by__isnull', True), ('outcome__in', ('moved', 'missed')), _connector='OR'), name='rounds_deadline_superseded_has_passed', violation_error_message='A deadline that another supersedes was moved or missed: say which.'),
                    models.CheckConstraint(condition=models.Q(models.Func(models.F('note'), models.Value(True), function='rounds_is_plain_text', output_field=models.BooleanField()), models.Func(models.F('slug'), models.Value(False), function='rounds_is_plain_text', output_field=models.BooleanField()), models.Func(models.F('name'), models.Value(False), function='rounds_is_plain_text', output_field=models.BooleanField()), models.Func(models.F('set_by'), models.Value(False), function='rounds_is_plain_text', output_field=models.BooleanField()), models.Func(models.F('basis'), models.Value(True), function='rounds_is_plain_text', output_field=models.BooleanField()), models.Func(models.F('translations'), models.Value('{"name": 160, "set_by": 160}'), function='rounds_are_plain_texts', output_field=models.BooleanField())), name='rounds_deadline_plain_text', violation_error_message='A text here holds a character that cannot be stored, or is too long, or is no address.'),
                ],
                'triggers': [
                    pgtrigger.compiler.Trigger(name='fixed_slug', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."slug" IS DISTINCT FROM (NEW."slug"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='50d0fb11c9117cec01870d256f248d2e1aee02c5', operation='UPDATE', pgid='pgtrigger_fixed_slug_51568', table='rounds_deadline', when='BEFORE')),
                    pgtrigger.compiler.Trigger(name='superseded_by_no_cycle', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n            IF NEW."superseded_by_id" IS NULL THEN RETURN NEW; END IF;\n            -- one at a time: two transactions could each add half of a circle\n            PERFORM pg_advisory_xact_lock(\'"rounds_deadline"\'::regclass::oid::integer);\n            IF EXISTS (\n                WITH RECURSIVE chain(id) AS (\n                    SELECT NEW."superseded_by_id"\n                    UNION\n                    SELECT "rounds_deadline"."superseded_by_id" FROM "rounds_deadline" JOIN chain USING (id)\n                    WHERE "rounds_deadline"."superseded_by_id" IS NOT NULL\n                ) SELECT 1 FROM chain WHERE id = NEW.id\n            ) THEN RAISE EXCEPTION USING ERRCODE = \'check_violation\', MESSAGE =  \'no_cycle: deadline.superseded_by\';\n            END IF;\n            RETURN NEW;', hash='8c48012e4c9a922ff38cc65ab24499b85dc4df28', operation='INSERT OR UPDATE', pgid='pgtrigger_superseded_by_no_cycle_c76c4', table='rounds_deadline', when='BEFORE')),
                    pgtrigger.compiler.Trigger(name='published_needs_published', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."state" = \'published\')', func='\n            PERFORM 1 FROM "rounds_deadline" WHERE id = NEW."superseded_by_id" FOR SHARE;\n            PERFORM 1 FROM "rounds_deadline" WHERE id = NEW."superseded_by_id" AND state <> \'published\';\n            IF FOUND THEN RAISE EXCEPTION USING ERRCODE = \'check_violation\', MESSAGE =  \'published_needs_published: deadline.superseded_by\';\n            END IF;\nRETURN NEW;', hash='98997bcbc24a15a2101efdcb3cdc75c22a17dfc5', operation='INSERT OR UPDATE', pgid='pgtrigger_published_needs_published_3cc5c', table='rounds_deadline', when='BEFORE')),
                    pgtrigger.compiler.Trigger(name='keep_published', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" = \'published\' AND NOT (NEW."state" = \'published\'))', func='\n            PERFORM 1 FROM "rounds_deadline" WHERE "superseded_by_id" = OLD.id AND state = \'published\';\n            IF FOUND THEN RAISE EXCEPTION USING ERRCODE = \'check_violation\', MESSAGE =  \'keep_published: rounds_deadline.superseded_by_id\'; END IF;\nRETURN NEW;', hash='e48e15c80d35b3647cb6e7a89228a844e4670730', operation='UPDATE OF "state"', pgid='pgtrigger_keep_published_7f422', table='rounds_deadline', when='BEFORE')),
                    pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "rounds_deadlineevent" ("approximate", "basis", "changed_at", "dates", "id", "name", "note", "outcome", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "publish_at", "set_by", "set_on", "set_on_approximate", "slug", "source_id", "state", "superseded_by_id", "translations", "version") VALUES (NEW."approximate", NEW."basis", NEW."changed_at", NEW."dates", NEW."id", NEW."name", NEW."note", NEW."outcome", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'added\', NEW."id", NEW."publish_at", NEW."set_by", NEW."set_on", NEW."set_on_approximate", NEW."slug", NEW."source_id", NEW."state", NEW."superseded_by_id", NEW."translations", NEW."version"); RETURN NULL;', hash='378016ae5e11d457e5142c3015f806a8806fb0f4', operation='INSERT', pgid='pgtrigger_added_insert_f0ac7', table='rounds_deadline', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='changed_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.version <> NEW.version AND NOT OLD.state = 'published' AND NOT NEW.state = 'published')", func='INSERT INTO "rounds_deadlineevent" ("approximate", "basis", "changed_at", "dates", "id", "name", "note", "outcome", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "publish_at", "set_by", "set_on", "set_on_approximate", "slug", "source_id", "state", "superseded_by_id", "translations", "version") VALUES (NEW."approximate", NEW."basis", NEW."changed_at", NEW."dates", NEW."id", NEW."name", NEW."note", NEW."outcome", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'changed\', NEW."id", NEW."publish_at", NEW."set_by", NEW."set_on", NEW."set_on_approximate", NEW."slug", NEW."source_id", NEW."state", NEW."superseded_by_id", NEW."translations", NEW."version"); RETURN NULL;', hash='78516b1ed35340e06d783d272618e71172def4c0', operation='UPDATE', pgid='pgtrigger_changed_update_87e58', table='rounds_deadline', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='published_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NOT OLD.state = 'published' AND NEW.state = 'published')", func='INSERT INTO "rounds_deadlineevent" ("approximate", "basis", "changed_at", "dates", "id", "name", "note", "outcome", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "publish_at", "set_by", "set_on", "set_on_approximate", "slug", "source_id", "state", "superseded_by_id", "translations", "version") VALUES (NEW."approximate", NEW."basis", NEW."changed_at", NEW."dates", NEW."id", NEW."name", NEW."note", NEW."outcome", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'published\', NEW."id", NEW."publish_at", NEW."set_by", NEW."set_on", NEW."set_on_approximate", NEW."slug", NEW."source_id", NEW."state", NEW."superseded_by_id", NEW."translations", NEW."version"); RETURN NULL;', hash='1e8512123177e2f3dc0db90426ff193e6c4f131a', operation='UPDATE', pgid='pgtrigger_published_update_e5701', table='rounds_deadline', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='corrected_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.version <> NEW.version AND OLD.state = 'published' AND NEW.state = 'published')", func='INSERT INTO "rounds_deadlineevent" ("approximate", "basis", "changed_at", "dates", "id", "name", "note", "outcome", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "publish_at", "set_by", "set_on", "set_on_approximate", "slug", "source_id", "state", "superseded_by_id", "translations", "version") VALUES (NEW."approximate", NEW."basis", NEW."changed_at", NEW."dates", NEW."id", NEW."name", NEW."note", NEW."outcome", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'corrected\', NEW."id", NEW."publish_at", NEW."set_by", NEW."set_on", NEW."set_on_approximate", NEW."slug", NEW."source_id", NEW."state", NEW."superseded_by_id", NEW."translations", NEW."version"); RETURN NULL;', hash='ea3bdc1b2d415da3fe4366e57244c7dfe6a0ca0c', operation='UPDATE', pgid='pgtrigger_corrected_update_ff4ad', table='rounds_deadline', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='withdrawn_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.state = 'published' AND NOT NEW.state = 'published')", func='INSERT INTO "rounds_deadlineevent" ("approximate", "basis", "changed_at", "dates", "id", "name", "note", "outcome", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "publish_at", "set_by", "set_on", "set_on_approximate", "slug", "source_id", "state", "superseded_by_id", "translations", "version") VALUES (NEW."approximate", NEW."basis", NEW."changed_at", NEW."dates", NEW."id", NEW."name", NEW."note", NEW."outcome", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'withdrawn\', NEW."id", NEW."publish_at", NEW."set_by", NEW."set_on", NEW."set_on_approximate", NEW."slug", NEW."source_id", NEW."state", NEW."superseded_by_id", NEW."translations", NEW."version"); RETURN NULL;', hash='82f402a2cae7bf8309961d257a5607555d04836b', operation='UPDATE', pgid='pgtrigger_withdrawn_update_ef83d', table='rounds_deadline', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='deleted_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "rounds_deadlineevent" ("approximate", "basis", "changed_at", "dates", "id", "name", "note", "outcome", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "publish_at", "set_by", "set_on", "set_on_approximate", "slug", "source_id", "state", "superseded_by_id", "translations", "version") VALUES (OLD."approximate", OLD."basis", OLD."changed_at", OLD."dates", OLD."id", OLD."name", OLD."note", OLD."outcome", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'deleted\', OLD."id", OLD."publish_at", OLD."set_by", OLD."set_on", OLD."set_on_approximate", OLD."slug", OLD."source_id", OLD."state", OLD."superseded_by_id", OLD."translations", OLD."version"); RETURN NULL;', hash='e4e33ffeafa716fe976b3d5edc8b7688f34be001', operation='DELETE', pgid='pgtrigger_deleted_delete_573cd', table='rounds_deadline', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='count_versions', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE asked boolean;', func="\n        IF TG_OP = 'INSERT' THEN\n            NEW.version := 1; NEW.changed_at := now(); RETURN NEW;\n        END IF;\n        asked := NEW.version > OLD.version;\n        NEW.version := OLD.version; NEW.changed_at := OLD.changed_at;\n        IF asked OR NEW IS DISTINCT FROM OLD THEN\n            NEW.version := OLD.version + 1; NEW.changed_at := now();\n        END IF;\n        RETURN NEW;", hash='8313ef293f99f28e58a941d860a612dc6cb98927', operation='INSERT OR UPDATE', pgid='pgtrigger_count_versions_70f58', table='rounds_deadline', when='BEFORE')),
                    pgtrigger.compiler.Trigger(name='raise_edition', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func='\n            IF (TG_OP <> \'INSERT\' AND OLD.state = \'published\' OR TG_OP <> \'DELETE\' AND NEW.state = \'published\')\n                AND current_setting(\'rounds.raised\', TRUE)\n                    IS DISTINCT FROM pg_current_xact_id()::text THEN\n                INSERT INTO "rounds_edition" AS edition (id, number, mark, raised_at)\n                    VALUES (1, 1, gen_random_uuid(), clock_timestamp())\n                    ON CONFLICT (id) DO UPDATE SET number = edition.number + 1,\n                        mark = EXCLUDED.mark, raised_at = EXCLUDED.raised_at;\n                PERFORM set_config(\'rounds.raised\', pg_current_xact_id()::text, TRUE);\n            END IF;\n            RETURN NULL;', hash='5a3c90cc80a955866fdbf6c7ab63b61f8d65252f', operation='UPDATE OR DELETE OR INSERT', pgid='pgtrigger_raise_edition_5deaa', table='rounds_deadline', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='note_time', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."publish_at" IS NOT NULL AND NEW."state" = \'ready\')', func='\n            INSERT INTO "rounds_due" (at) VALUES (NEW.publish_at);\n            RETURN NULL;', hash='53fb75f0ada0882d63561ae66d9134fdd0ccb55a', operation='INSERT OR UPDATE', pgid='pgtrigger_note_time_42756', table='rounds_deadline', when='AFTER')),
                ],
            },
        ),
        migrations.CreateModel(
            name='Presence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.CharField(max_length=120)),
                ('seen_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': (),
                'indexes': [
                    models.Index(fields=['place'], name='rounds_presence_place'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('user', 'place'), name='rounds_presence_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Statement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('translations', models.JSONField(blank=True, default=dict, editable=False, verbose_name='translations')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('changed_at', models.DateTimeField(editable=False, null=True, verbose_name='last changed')),
                ('state', models.CharField(choices=[('draft', 'draft'), ('ready', 'ready'), ('published', 'published')], db_index=True, default='draft', max_length=10, verbose_name='state')),
                ('note', models.TextField(blank=True, help_text='What sources disagree about, or what readers should know of this entry.', verbose_name='public note')),
                ('publish_at', models.DateTimeField(blank=True, db_index=True, help_text='A draft goes out at this time by itself.', null=True, verbose_name='publish at')),
                ('dates', rounds.platform.dates.SpanField(verbose_name='dates')),
                ('approximate', models.BooleanField(default=False, help_text='The dates say between which days it was, not from when to when it lasted.', verbose_name='on some day between')),
                ('basis', models.CharField(choices=[('on-record', 'on the record'), ('unnamed', 'unnamed'), ('joint-statement', 'joint statement'), ('document', 'document'), ('reporting', 'reporting')], default='on-record', max_length=20, verbose_name='basis')),
                ('attribution', models.CharField(blank=True, help_text='As the source puts it: “a senior official”, “two people close to the talks”.', max_length=200, verbose_name='attribution')),
                ('unnamed_count', models.PositiveSmallIntegerField(blank=True, help_text='If the source says.', null=True, verbose_name='how many unnamed')),
                ('unnamed_why', models.CharField(blank=True, help_text='If the source says.', max_length=200, verbose_name='why unnamed')),
                ('slug', models.SlugField(default=rounds.models.base.new_key, max_length=80, unique=True, verbose_name='key')),
                ('summary', models.TextField(help_text='What was said, in our own words.', verbose_name='summary')),
                ('quotation', models.CharField(blank=True, help_text='At most eight words, in the language they were said in, without marks.', max_length=160, verbose_name='quotation')),
                ('language', models.CharField(default='en', max_length=10, verbose_name='language of the quotation')),
                ('other_sources', models.ManyToManyField(blank=True, help_text='Publications that say the same.', related_name='%(class)s_corroborations', to='rounds.source', verbose_name='other sources')),
                ('parties', models.ManyToManyField(blank=True, related_name='statements', to='rounds.party', verbose_name='speaks for')),
                ('round', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='statements', to='rounds.round', verbose_name='round')),
                ('source', models.ForeignKey(help_text='Who says so: the publication this was first read in.', on_delete=django.db.models.deletion.PROTECT, related_name='%(class)s_claims', to='rounds.source', verbose_name='source')),
                ('speakers', models.ManyToManyField(blank=True, related_name='statements', to='rounds.person', verbose_name='speakers')),
            ],
            options={
                'verbose_name': 'statement',
                'verbose_name_plural': 'statements',
                'ordering': ('-dates', '-id'),
                'abstract': False,
                'indexes': [
                    models.Index(models.OrderBy(models.F('dates__startswith'), descending=True), models.OrderBy(models.F('id'), descending=True), name='statement_latest_first'),
                    models.Index(condition=models.Q(('state', 'published')), fields=['id'], name='statement_shown'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'ready', 'published'])), name='rounds_statement_state_known', violation_error_message='Choose one of: draft, ready, published.'),
                    models.CheckConstraint(condition=models.Q(django.db.models.lookups.Exact(models.Func(models.F('translations'), models.Value('$.type() ? (@ != "object")'), function='jsonb_path_exists', output_field=models.BooleanField()), models.Value(False)), django.db.models.lookups.Exact(models.Func(models.F('translations'), models.Value('$.keyvalue() ? (@.value.type() != "string" || @.value == "")'), function='jsonb_path_exists', output_field=models.BooleanField()), models.Value(False))), name='rounds_statement_translations_are_texts', violation_error_message='A translation is a text.'),
                    models.CheckConstraint(condition=models.Q(('publish_at__isnull', True), models.Q(('state', 'published'), _negated=True), _connector='OR'), name='rounds_statement_scheduled_is_draft', violation_error_message='What is published already has no time to go out.'),
                    models.CheckConstraint(condition=models.Q(('publish_at__isnull', True), models.Q(('publish_at__gte', datetime.datetime(1899, 12, 31, 0, 0, tzinfo=datetime.timezone.utc)), ('publish_at__lte', datetime.datetime(2101, 1, 1, 23, 59, 59, 999999, tzinfo=datetime.timezone.utc))), _connector='OR'), name='rounds_statement_publish_at_plausible', violation_error_message='Give a time between the years 1900 and 2100.'),
                    models.CheckConstraint(condition=models.Q(('dates__isnull', True), ('dates__startswith__isnull', False), _connector='OR'), name='rounds_statement_dates_begins', violation_error_message='Give the first day.'),
                    models.CheckConstraint(condition=models.Q(('dates__startswith__gte', datetime.date(1900, 1, 1)), models.Q(('dates__endswith__isnull', True), ('dates__endswith__lte', datetime.date(2100, 12, 31)), _connector='OR')), name='rounds_statement_dates_plausible', violation_error_message='Give days between the years 1900 and 2100.'),
                    models.CheckConstraint(condition=models.Q(('basis__in', ['on-record', 'unnamed', 'joint-statement', 'document', 'reporting'])), name='rounds_statement_basis_known', violation_error_message='Choose one of: on-record, unnamed, joint-statement, document, reporting.'),
                    models.CheckConstraint(condition=models.Q(models.Q(('basis', 'unnamed'), _negated=True), models.Q(('attribution', ''), _negated=True), _connector='OR'), name='rounds_statement_unnamed_described', violation_error_message='Say how the source describes whoever is unnamed.'),
                    models.CheckConstraint(condition=models.Q(('basis', 'unnamed'), models.Q(('unnamed_count__isnull', True), ('unnamed_why', '')), _connector='OR'), name='rounds_statement_named_has_no_count', violation_error_message='Only unnamed sources have a number or a reason.'),
                    models.CheckConstraint(condition=models.Q(('unnamed_count__isnull', True), ('unnamed_count__gte', 1), _connector='OR'), name='rounds_statement_somebody_unnamed', violation_error_message='At least one person said it.'),
                    models.CheckConstraint(condition=models.Q(('quotation', ''), ('quotation__regex', '^\\S+(\\s+\\S+){0,7}$'), _connector='OR'), name='rounds_statement_quotation_short', violation_error_message='A quotation has at most eight words.'),
                    models.CheckConstraint(condition=models.Q(('summary', ''), _negated=True), name='rounds_statement_says_something', violation_error_message='Say what was said.'),
                    models.CheckConstraint(condition=models.Q(models.Func(models.F('note'), models.Value(True), function='rounds_is_plain_text', output_field=models.BooleanField()), models.Func(models.F('attribution'), models.Value(False), function='rounds_is_plain_text', output_field=models.BooleanField()), models.Func(models.F('unnamed_why'), models.Value(False), function='rounds_is_plain_text', output_field=models.BooleanField()), models.Func(models.F('slug'), models.Value(False), function='rounds_is_plain_text', output_field=models.BooleanField()), models.Func(models.F('summary'), models.Value(True), function='rounds_is_plain_text', output_field=models.BooleanField()), models.Func(models.F('quotation'), models.Value(False), function='rounds_is_plain_text', output_field=models.BooleanField()), models.Func(models.F('language'), models.Value(False), function='rounds_is_plain_text', output_field=models.BooleanField()), models.Func(models.F('translations'), models.Value('{"attribution": 200, "unnamed_why": 200}'), function='rounds_are_plain_texts', output_field=models.BooleanField())), name='rounds_statement_plain_text', violation_error_message='A text here holds a character that cannot be stored, or is too long, or is no address.'),
                ],
                'triggers': [
                    pgtrigger.compiler.Trigger(name='fixed_slug', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."slug" IS DISTINCT FROM (NEW."slug"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='5c2c0b6b40eb4e88354b0f1817435aea1ff83096', operation='UPDATE', pgid='pgtrigger_fixed_slug_bea4c', table='rounds_statement', when='BEFORE')),
                    pgtrigger.compiler.Trigger(name='published_needs_published', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."state" = \'published\')', func='\n            PERFORM 1 FROM "rounds_round" WHERE id = NEW."round_id" FOR SHARE;\n            PERFORM 1 FROM "rounds_round" WHERE id = NEW."round_id" AND state <> \'published\';\n            IF FOUND THEN RAISE EXCEPTION USING ERRCODE = \'check_violation\', MESSAGE =  \'published_needs_published: statement.round\';\n            END IF;\nRETURN NEW;', hash='ebd1936ef129c49519ebac916b5a0aab37f2b33a', operation='INSERT OR UPDATE', pgid='pgtrigger_published_needs_published_ce530', table='rounds_statement', when='BEFORE')),
                    pgtrigger.compiler.Trigger(name='unnamed_stays_unnamed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."basis" = \'unnamed\')', func="\n                    PERFORM 1 FROM rounds_statement_speakers WHERE statement_id = NEW.id;\n                    IF FOUND THEN RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE =  'unnamed_stays_unnamed'; END IF;\n                    RETURN NEW;", hash='61cdf5276babe3232a1063f2ca6b9841376fef3f', operation='UPDATE OF "basis"', pgid='pgtrigger_unnamed_stays_unnamed_1eb5f', table='rounds_statement', when='BEFORE')),
                    pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "rounds_statementevent" ("approximate", "attribution", "basis", "changed_at", "dates", "id", "language", "note", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "publish_at", "quotation", "round_id", "slug", "source_id", "state", "summary", "translations", "unnamed_count", "unnamed_why", "version") VALUES (NEW."approximate", NEW."attribution", NEW."basis", NEW."changed_at", NEW."dates", NEW."id", NEW."language", NEW."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'added\', NEW."id", NEW."publish_at", NEW."quotation", NEW."round_id", NEW."slug", NEW."source_id", NEW."state", NEW."summary", NEW."translations", NEW."unnamed_count", NEW."unnamed_why", NEW."version"); RETURN NULL;', hash='c731a6c4e4be08a8515f366747d5c3eafba842d1', operation='INSERT', pgid='pgtrigger_added_insert_ab50d', table='rounds_statement', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='changed_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.version <> NEW.version AND NOT OLD.state = 'published' AND NOT NEW.state = 'published')", func='INSERT INTO "rounds_statementevent" ("approximate", "attribution", "basis", "changed_at", "dates", "id", "language", "note", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "publish_at", "quotation", "round_id", "slug", "source_id", "state", "summary", "translations", "unnamed_count", "unnamed_why", "version") VALUES (NEW."approximate", NEW."attribution", NEW."basis", NEW."changed_at", NEW."dates", NEW."id", NEW."language", NEW."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'changed\', NEW."id", NEW."publish_at", NEW."quotation", NEW."round_id", NEW."slug", NEW."source_id", NEW."state", NEW."summary", NEW."translations", NEW."unnamed_count", NEW."unnamed_why", NEW."version"); RETURN NULL;', hash='fd5bb568cac55f51461c057fe9e9df0c758672f4', operation='UPDATE', pgid='pgtrigger_changed_update_65791', table='rounds_statement', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='published_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NOT OLD.state = 'published' AND NEW.state = 'published')", func='INSERT INTO "rounds_statementevent" ("approximate", "attribution", "basis", "changed_at", "dates", "id", "language", "note", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "publish_at", "quotation", "round_id", "slug", "source_id", "state", "summary", "translations", "unnamed_count", "unnamed_why", "version") VALUES (NEW."approximate", NEW."attribution", NEW."basis", NEW."changed_at", NEW."dates", NEW."id", NEW."language", NEW."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'published\', NEW."id", NEW."publish_at", NEW."quotation", NEW."round_id", NEW."slug", NEW."source_id", NEW."state", NEW."summary", NEW."translations", NEW."unnamed_count", NEW."unnamed_why", NEW."version"); RETURN NULL;', hash='291ecf643e6662cff92dce5d23e09f42f869262f', operation='UPDATE', pgid='pgtrigger_published_update_01cc4', table='rounds_statement', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='corrected_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.version <> NEW.version AND OLD.state = 'published' AND NEW.state = 'published')", func='INSERT INTO "rounds_statementevent" ("approximate", "attribution", "basis", "changed_at", "dates", "id", "language", "note", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "publish_at", "quotation", "round_id", "slug", "source_id", "state", "summary", "translations", "unnamed_count", "unnamed_why", "version") VALUES (NEW."approximate", NEW."attribution", NEW."basis", NEW."changed_at", NEW."dates", NEW."id", NEW."language", NEW."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'corrected\', NEW."id", NEW."publish_at", NEW."quotation", NEW."round_id", NEW."slug", NEW."source_id", NEW."state", NEW."summary", NEW."translations", NEW."unnamed_count", NEW."unnamed_why", NEW."version"); RETURN NULL;', hash='0b79a3f6e0ac02b15535988e1745adf0c4012378', operation='UPDATE', pgid='pgtrigger_corrected_update_7f56e', table='rounds_statement', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='withdrawn_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.state = 'published' AND NOT NEW.state = 'published')", func='INSERT INTO "rounds_statementevent" ("approximate", "attribution", "basis", "changed_at", "dates", "id", "language", "note", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "publish_at", "quotation", "round_id", "slug", "source_id", "state", "summary", "translations", "unnamed_count", "unnamed_why", "version") VALUES (NEW."approximate", NEW."attribution", NEW."basis", NEW."changed_at", NEW."dates", NEW."id", NEW."language", NEW."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'withdrawn\', NEW."id", NEW."publish_at", NEW."quotation", NEW."round_id", NEW."slug", NEW."source_id", NEW."state", NEW."summary", NEW."translations", NEW."unnamed_count", NEW."unnamed_why", NEW."version"); RETURN NULL;', hash='3191a70fc8fcaaed893bc052881222e92ae695f2', operation='UPDATE', pgid='pgtrigger_withdrawn_update_08daf', table='rounds_statement', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='deleted_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "rounds_statementevent" ("approximate", "attribution", "basis", "changed_at", "dates", "id", "language", "note", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "publish_at", "quotation", "round_id", "slug", "source_id", "state", "summary", "translations", "unnamed_count", "unnamed_why", "version") VALUES (OLD."approximate", OLD."attribution", OLD."basis", OLD."changed_at", OLD."dates", OLD."id", OLD."language", OLD."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'deleted\', OLD."id", OLD."publish_at", OLD."quotation", OLD."round_id", OLD."slug", OLD."source_id", OLD."state", OLD."summary", OLD."translations", OLD."unnamed_count", OLD."unnamed_why", OLD."version"); RETURN NULL;', hash='7ef8ee76301436d1e4797b4e44bd7c8cd3623c14', operation='DELETE', pgid='pgtrigger_deleted_delete_9d03b', table='rounds_statement', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='count_versions', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE asked boolean;', func="\n        IF TG_OP = 'INSERT' THEN\n            NEW.version := 1; NEW.changed_at := now(); RETURN NEW;\n        END IF;\n        asked := NEW.version > OLD.version;\n        NEW.version := OLD.version; NEW.changed_at := OLD.changed_at;\n        IF asked OR NEW IS DISTINCT FROM OLD THEN\n            NEW.version := OLD.version + 1; NEW.changed_at := now();\n        END IF;\n        RETURN NEW;", hash='4a9203cfc0a808f616d275bb68183f8512feec2c', operation='INSERT OR UPDATE', pgid='pgtrigger_count_versions_57a42', table='rounds_statement', when='BEFORE')),
                    pgtrigger.compiler.Trigger(name='raise_edition', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func='\n            IF (TG_OP <> \'INSERT\' AND OLD.state = \'published\' OR TG_OP <> \'DELETE\' AND NEW.state = \'published\')\n                AND current_setting(\'rounds.raised\', TRUE)\n                    IS DISTINCT FROM pg_current_xact_id()::text THEN\n                INSERT INTO "rounds_edition" AS edition (id, number, mark, raised_at)\n                    VALUES (1, 1, gen_random_uuid(), clock_timestamp())\n                    ON CONFLICT (id) DO UPDATE SET number = edition.number + 1,\n                        mark = EXCLUDED.mark, raised_at = EXCLUDED.raised_at;\n                PERFORM set_config(\'rounds.raised\', pg_current_xact_id()::text, TRUE);\n            END IF;\n            RETURN NULL;', hash='6f8d8a7c38b9b0fc8da0c930ef2ca1fdde22a1f2', operation='UPDATE OR DELETE OR INSERT', pgid='pgtrigger_raise_edition_7915e', table='rounds_statement', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='note_time', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."publish_at" IS NOT NULL AND NEW."state" = \'ready\')', func='\n            INSERT INTO "rounds_due" (at) VALUES (NEW.publish_at);\n            RETURN NULL;', hash='6bab55917a76502e9fc8a524a5c804cd4e5a1950', operation='INSERT OR UPDATE', pgid='pgtrigger_note_time_26dbe', table='rounds_statement', when='AFTER')),
                ],
            },
        ),
        migrations.CreateModel(
            name='StatementLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('translations', models.JSONField(blank=True, default=dict, editable=False, verbose_name='translations')),
                ('kind', models.CharField(choices=[('replies-to', 'replies to'), ('contradicts', 'contradicts'), ('corroborates', 'corroborates')], max_length=12, verbose_name='kind')),
                ('note', models.CharField(blank=True, max_length=250, verbose_name='public note')),
                ('other', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='linked_from', to='rounds.statement', verbose_name='other statement')),
                ('statement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links', to='rounds.statement', verbose_name='statement')),
            ],
            options={
                'verbose_name': 'link between statements',
                'verbose_name_plural': 'links between statements',
                'ordering': ('statement', 'kind', 'other'),
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('kind__in', ['replies-to', 'contradicts', 'corroborates'])), name='rounds_statementlink_kind_known', violation_error_message='Choose one of: replies-to, contradicts, corroborates.'),
                    models.CheckConstraint(condition=models.Q(django.db.models.lookups.Exact(models.Func(models.F('translations'), models.Value('$.type() ? (@ != "object")'), function='jsonb_path_exists', output_field=models.BooleanField()), models.Value(False)), django.db.models.lookups.Exact(models.Func(models.F('translations'), models.Value('$.keyvalue() ? (@.value.type() != "string" || @.value == "")'), function='jsonb_path_exists', output_field=models.BooleanField()), models.Value(False))), name='rounds_statementlink_translations_are_texts', violation_error_message='A translation is a text.'),
                    models.UniqueConstraint(fields=('statement', 'kind', 'other'), name='rounds_statementlink_once', violation_error_message='This link is there already.'),
                    models.CheckConstraint(condition=models.Q(('statement', models.F('other')), _negated=True), name='rounds_statementlink_not_itself', violation_error_message='A statement cannot be linked to itself.'),
                    models.CheckConstraint(condition=models.Q(models.Func(models.F('note'), models.Value(False), function='rounds_is_plain_text', output_field=models.BooleanField()), models.Func(models.F('translations'), models.Value('{"note": 250}'), function='rounds_are_plain_texts', output_field=models.BooleanField())), name='rounds_statementlink_plain_text', violation_error_message='A text here holds a character that cannot be stored, or is too long, or is no address.'),
                ],
                'triggers': [
                    pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "rounds_statementlinkevent" ("id", "kind", "note", "other_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "statement_id", "translations") VALUES (NEW."id", NEW."kind", NEW."note", NEW."other_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'added\', NEW."id", NEW."statement_id", NEW."translations"); RETURN NULL;', hash='92edebe92fdf6b77a2ec1278ac7cf324544e7d2e', operation='INSERT', pgid='pgtrigger_added_insert_561cc', table='rounds_statementlink', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='changed_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "rounds_statementlinkevent" ("id", "kind", "note", "other_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "statement_id", "translations") VALUES (NEW."id", NEW."kind", NEW."note", NEW."other_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'changed\', NEW."id", NEW."statement_id", NEW."translations"); RETURN NULL;', hash='78c7b65cbef939a59ba3353865e1b0671544ba65', operation='UPDATE', pgid='pgtrigger_changed_update_2149b', table='rounds_statementlink', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='deleted_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "rounds_statementlinkevent" ("id", "kind", "note", "other_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "statement_id", "translations") VALUES (OLD."id", OLD."kind", OLD."note", OLD."other_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'deleted\', OLD."id", OLD."statement_id", OLD."translations"); RETURN NULL;', hash='7acc1499fa3cbb1a86a8ad8b3580da3574e561df', operation='DELETE', pgid='pgtrigger_deleted_delete_a5e01', table='rounds_statementlink', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='part_of', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n            IF TG_OP <> \'INSERT\' THEN UPDATE "rounds_statement" SET version = version + 1\n            WHERE id = OLD."statement_id" AND changed_at IS DISTINCT FROM now(); END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            UPDATE "rounds_statement" SET version = version + 1\n            WHERE id = NEW."statement_id" AND changed_at IS DISTINCT FROM now();\n            RETURN NEW;', hash='caa8d25047ee1d94eae2b1a8551d35600e256b84', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_part_of_2c47e', table='rounds_statementlink', when='BEFORE')),
                ],
            },
        ),
        migrations.CreateModel(
            name='Suggestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('object_id', models.PositiveBigIntegerField()),
                ('made_at', models.DateTimeField(auto_now_add=True, verbose_name='made at')),
                ('title', models.CharField(max_length=250, verbose_name='title')),
                ('form', models.JSONField(verbose_name='form')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('content_type', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contenttypes.contenttype')),
            ],
            options={
                'verbose_name': 'suggested change',
                'verbose_name_plural': 'suggested changes',
                'ordering': ['made_at'],
                'default_permissions': (),
                'indexes': [
                    models.Index(fields=['content_type', 'object_id'], name='rounds_sugg_content_17ec68_idx'),
                ],
            },
        ),
        migrations.CreateModel(
            name='NegotiationEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('translations', models.JSONField(blank=True, default=dict, editable=False, verbose_name='translations')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('changed_at', models.DateTimeField(editable=False, null=True, verbose_name='last changed')),
                ('slug', models.SlugField(db_index=False, verbose_name='key')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('short_name', models.CharField(max_length=40, verbose_name='short name')),
                ('standfirst', models.TextField(help_text='Two or three sentences.', verbose_name='standfirst')),
                ('licence', models.CharField(blank=True, help_text='The licence under which others may use the record, by its usual name, such as CC BY 4.0. If empty, readers are told that no licence is given.', max_length=120, verbose_name='licence')),
                ('licence_url', models.URLField(blank=True, help_text='Where the text of the licence can be read.', max_length=500, verbose_name='address of the licence')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='rounds.negotiation')),
            ],
            options={
                'abstract': False,
                'default_permissions': (),
                'indexes': [
                    models.Index(fields=['pgh_created_at'], name='rounds_nego_pgh_cre_4c0aef_idx'),
                    models.Index(fields=['pgh_context_id'], name='rounds_nego_pgh_con_83a00e_idx'),
                    models.Index(fields=['slug'], name='negotiation_event_slug'),
                    models.Index(condition=models.Q(('pgh_label', 'deleted')), fields=['slug'], name='negotiation_event_gone'),
                ],
                'triggers': [
                    pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='6ee87e44c48e0e4bd71ed3e583b5436f94d4f8b1', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_41dba', table='rounds_negotiationevent', when='BEFORE')),
                ],
            },
        ),
        migrations.CreateModel(
            name='PartyEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('translations', models.JSONField(blank=True, default=dict, editable=False, verbose_name='translations')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('changed_at', models.DateTimeField(editable=False, null=True, verbose_name='last changed')),
                ('code', models.SlugField(db_index=False, max_length=20, verbose_name='code')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('adjective', models.CharField(max_length=80, verbose_name='adjective')),
                ('other_names', models.CharField(blank=True, help_text='Abbreviations and other names that readers search for, separated by commas.', max_length=300, verbose_name='other names')),
                ('colour', models.PositiveSmallIntegerField(blank=True, default=None, help_text="A place in the site's palette of party colours, 1 to 9.", validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(9)], verbose_name='colour')),
                ('order', models.PositiveSmallIntegerField(blank=True, default=None, verbose_name='order')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='rounds.party')),
            ],
            options={
                'abstract': False,
                'default_permissions': (),
                'indexes': [
                    models.Index(fields=['pgh_created_at'], name='rounds_part_pgh_cre_0f3eff_idx'),
                    models.Index(fields=['pgh_context_id'], name='rounds_part_pgh_con_d74a9b_idx'),
                ],
                'triggers': [
                    pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='447ebe0e5c3f7c7ec51313ae43eb96ce6f4278c1', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_30616', table='rounds_partyevent', when='BEFORE')),
                ],
            },
        ),
        migrations.CreateModel(
            name='PersonEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('translations', models.JSONField(blank=True, default=dict, editable=False, verbose_name='translations')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('changed_at', models.DateTimeField(editable=False, null=True, verbose_name='last changed')),
                ('slug', models.SlugField(db_index=False, max_length=80, verbose_name='key')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('role', models.CharField(blank=True, max_length=160, verbose_name='role')),
                ('organisation', models.CharField(blank=True, max_length=160, verbose_name='organisation')),
                ('party', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='rounds.party', verbose_name='party')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='rounds.person')),
            ],
            options={
                'abstract': False,
                'default_permissions': (),
                'indexes': [
                    models.Index(fields=['pgh_created_at'], name='rounds_pers_pgh_cre_433332_idx'),
                    models.Index(fields=['pgh_context_id'], name='rounds_pers_pgh_con_8d60d7_idx'),
                    models.Index(fields=['slug'], name='person_event_slug'),
                    models.Index(condition=models.Q(('pgh_label', 'deleted')), fields=['slug'], name='person_event_gone'),
                ],
                'triggers': [
                    pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='dae126121248561b374845784e515aaa81e5af0e', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_6ca8a', table='rounds_personevent', when='BEFORE')),
                ],
            },
        ),
        migrations.CreateModel(
            name='SourceEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('translations', models.JSONField(blank=True, default=dict, editable=False, verbose_name='translations')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('changed_at', models.DateTimeField(editable=False, null=True, verbose_name='last changed')),
                ('slug', models.SlugField(db_index=False, default=rounds.models.base.new_key, max_length=80, verbose_name='key')),
                ('publisher', models.CharField(max_length=120, verbose_name='publisher')),
                ('title', models.CharField(help_text='Its title, or what it is in a few words.', max_length=250, verbose_name='title')),
                ('url', models.URLField(blank=True, max_length=500, verbose_name='address')),
                ('archive_url', models.URLField(blank=True, max_length=500, verbose_name='archive address')),
                ('published', rounds.platform.dates.SpanField(blank=True, null=True, verbose_name='published')),
                ('published_approximate', models.BooleanField(default=False, help_text='The span says between which days it appeared.', verbose_name='published on some day between')),
                ('language', models.CharField(default='en', max_length=10, verbose_name='language')),
                ('note', models.TextField(blank=True, help_text='What readers should know of this source.', verbose_name='public note')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='rounds.source')),
            ],
            options={
                'abstract': False,
                'default_permissions': (),
                'indexes': [
                    models.Index(fields=['pgh_created_at'], name='rounds_sour_pgh_cre_893f20_idx'),
                    models.Index(fields=['pgh_context_id'], name='rounds_sour_pgh_con_895563_idx'),
                    models.Index(django.db.models.functions.text.Lower('publisher'), models.F('title'), name='source_event_in_order'),
                    models.Index(fields=['slug'], name='source_event_slug'),
                    models.Index(condition=models.Q(('pgh_label', 'deleted')), fields=['slug'], name='source_event_gone'),
                ],
                'triggers': [
                    pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='c458837b83930b9c469c3a47aa8fde8bb08a30cd', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_cd313', table='rounds_sourceevent', when='BEFORE')),
                ],
            },
        ),
        migrations.CreateModel(
            name='RoundEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('translations', models.JSONField(blank=True, default=dict, editable=False, verbose_name='translations')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('changed_at', models.DateTimeField(editable=False, null=True, verbose_name='last changed')),
                ('state', models.CharField(choices=[('draft', 'draft'), ('ready', 'ready'), ('published', 'published')], default='draft', max_length=10, verbose_name='state')),
                ('note', models.TextField(blank=True, help_text='What sources disagree about, or what readers should know of this entry.', verbose_name='public note')),
                ('publish_at', models.DateTimeField(blank=True, help_text='A draft goes out at this time by itself.', null=True, verbose_name='publish at')),
                ('dates', rounds.platform.dates.SpanField(verbose_name='dates')),
                ('approximate', models.BooleanField(default=False, help_text='The dates say between which days it was, not from when to when it lasted.', verbose_name='on some day between')),
                ('slug', models.SlugField(db_index=False, max_length=80, verbose_name='key')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('kind', models.CharField(choices=[('round', 'round'), ('ministerial', 'ministerial meeting'), ('intersessional', 'intersessional talks'), ('bilateral', 'bilateral talks'), ('leaders', 'leaders’ meeting'), ('permanent-round', 'permanent round'), ('milestone', 'milestone')], default='round', max_length=20, verbose_name='kind')),
                ('number', models.PositiveSmallIntegerField(blank=True, help_text='Only if it has one.', null=True, verbose_name='number')),
                ('place', models.CharField(blank=True, max_length=120, verbose_name='place')),
                ('status', models.CharField(choices=[('planned', 'planned'), ('under-way', 'under way'), ('held', 'held'), ('cancelled', 'cancelled'), ('rescheduled', 'rescheduled')], default='planned', max_length=12, verbose_name='status')),
                ('planned_dates', rounds.platform.dates.SpanField(blank=True, help_text='If they differ from the dates it had in the end.', null=True, verbose_name='dates as announced')),
                ('summary', models.TextField(blank=True, help_text='What it led to.', verbose_name='outcome')),
                ('agenda', models.TextField(blank=True, help_text='What it was to be about.', verbose_name='agenda')),
                ('host', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='rounds.party', verbose_name='host')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='rounds.round')),
                ('replaced_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='rounds.round', verbose_name='replaced by')),
                ('source', models.ForeignKey(db_constraint=False, help_text='Who says so: the publication this was first read in.', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='rounds.source', verbose_name='source')),
            ],
            options={
                'abstract': False,
                'default_permissions': (),
                'indexes': [
                    models.Index(fields=['pgh_created_at'], name='rounds_roun_pgh_cre_5e701c_idx'),
                    models.Index(fields=['pgh_context_id'], name='rounds_roun_pgh_con_688d6e_idx'),
                    models.Index(models.OrderBy(models.F('dates__startswith'), descending=True), models.OrderBy(models.F('pgh_obj_id'), descending=True), models.F('pgh_created_at'), name='round_event_in_order'),
                    models.Index(condition=models.Q(('pgh_label__in', ('corrected', 'withdrawn', 'deleted', 'published'))), fields=['-pgh_created_at'], name='round_event_seen'),
                    models.Index(condition=models.Q(('pgh_label__in', ('added', 'published')), ('state', 'published')), fields=['-pgh_created_at', '-pgh_obj_id'], name='round_event_shown'),
                    models.Index(condition=models.Q(('pgh_label__in', ('withdrawn', 'deleted'))), fields=['pgh_obj_id'], name='round_event_lost'),
                    models.Index(fields=['slug'], name='round_event_slug'),
                    models.Index(condition=models.Q(('pgh_label', 'deleted')), fields=['slug'], name='round_event_gone'),
                ],
                'triggers': [
                    pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='a8aa83b4eeb3fa26cef5a8bee9f3b4371617f928', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_757eb', table='rounds_roundevent', when='BEFORE')),
                ],
            },
        ),
        migrations.CreateModel(
            name='RoundOtherSourcesEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('round', models.ForeignKey(db_constraint=False, db_tablespace='', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='rounds.round')),
                ('source', models.ForeignKey(db_constraint=False, db_tablespace='', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='rounds.source')),
            ],
            options={
                'abstract': False,
                'default_permissions': (),
                'indexes': [
                    models.Index(fields=['pgh_created_at'], name='rounds_roun_pgh_cre_5b8726_idx'),
                    models.Index(fields=['id'], name='rounds_roun_id_2971b9_idx'),
                ],
                'triggers': [
                    pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='f777df0e5588cb1ab188e657d8858972c5e58b62', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_77157', table='rounds_roundothersourcesevent', when='BEFORE')),
                ],
            },
        ),
        migrations.CreateModel(
            name='RoundPartiesEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('party', models.ForeignKey(db_constraint=False, db_tablespace='', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='rounds.party')),
                ('round', models.ForeignKey(db_constraint=False, db_tablespace='', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='rounds.round')),
            ],
            options={
                'abstract': False,
                'default_permissions': (),
                'indexes': [
                    models.Index(fields=['pgh_created_at'], name='rounds_roun_pgh_cre_318f6c_idx'),
                    models.Index(fields=['id'], name='rounds_roun_id_1f3086_idx'),
                ],
                'triggers': [
                    pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='4289c44df17e26d5c5959e267bcb95433b44b8c5', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_23661', table='rounds_roundpartiesevent', when='BEFORE')),
                ],
            },
        ),
        migrations.CreateModel(
            name='DeadlineEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('translations', models.JSONField(blank=True, default=dict, editable=False, verbose_name='translations')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('changed_at', models.DateTimeField(editable=False, null=True, verbose_name='last changed')),
                ('state', models.CharField(choices=[('draft', 'draft'), ('ready', 'ready'), ('published', 'published')], default='draft', max_length=10, verbose_name='state')),
                ('note', models.TextField(blank=True, help_text='What sources disagree about, or what readers should know of this entry.', verbose_name='public note')),
                ('publish_at', models.DateTimeField(blank=True, help_text='A draft goes out at this time by itself.', null=True, verbose_name='publish at')),
                ('dates', rounds.platform.dates.SpanField(verbose_name='dates')),
                ('approximate', models.BooleanField(default=False, help_text='The dates say between which days it was, not from when to when it lasted.', verbose_name='on some day between')),
                ('slug', models.SlugField(db_index=False, max_length=80, verbose_name='key')),
                ('name', models.CharField(max_length=160, verbose_name='name')),
                ('set_on', rounds.platform.dates.SpanField(verbose_name='set on')),
                ('set_on_approximate', models.BooleanField(default=False, verbose_name='set on some day between')),
                ('set_by', models.CharField(help_text='As sources say: “negotiators of both sides”.', max_length=160, verbose_name='set by')),
                ('basis', models.TextField(blank=True, verbose_name='on what basis')),
                ('outcome', models.CharField(choices=[('pending', 'pending'), ('met', 'met'), ('missed', 'missed'), ('moved', 'moved')], default='pending', max_length=10, verbose_name='outcome')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='rounds.deadline')),
                ('superseded_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='rounds.deadline', verbose_name='superseded by')),
                ('source', models.ForeignKey(db_constraint=False, help_text='Who says so: the publication this was first read in.', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='rounds.source', verbose_name='source')),
            ],
            options={
                'abstract': False,
                'default_permissions': (),
                'indexes': [
                    models.Index(fields=['pgh_created_at'], name='rounds_dead_pgh_cre_ce0d15_idx'),
                    models.Index(fields=['pgh_context_id'], name='rounds_dead_pgh_con_1a271d_idx'),
                    models.Index(models.OrderBy(models.F('dates__startswith'), descending=True), models.OrderBy(models.F('pgh_obj_id'), descending=True), models.F('pgh_created_at'), name='deadline_event_in_order'),
                    models.Index(condition=models.Q(('pgh_label__in', ('corrected', 'withdrawn', 'deleted', 'published'))), fields=['-pgh_created_at'], name='deadline_event_seen'),
                    models.Index(condition=models.Q(('pgh_label__in', ('added', 'published')), ('state', 'published')), fields=['-pgh_created_at', '-pgh_obj_id'], name='deadline_event_shown'),
                    models.Index(condition=models.Q(('pgh_label__in', ('withdrawn', 'deleted')), models.Q(('basis', 'unnamed'), ('pgh_label', 'corrected')), _connector='OR'), fields=['pgh_obj_id'], name='deadline_event_lost'),
                    models.Index(fields=['slug'], name='deadline_event_slug'),
                    models.Index(condition=models.Q(('pgh_label', 'deleted')), fields=['slug'], name='deadline_event_gone'),
                ],
                'triggers': [
                    pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='142ddd2bf77f5eafd9afeb98d08ebc92a2d2be0b', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_ff1d4', table='rounds_deadlineevent', when='BEFORE')),
                ],
            },
        ),
        migrations.CreateModel(
            name='DeadlineOtherSourcesEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('deadline', models.ForeignKey(db_constraint=False, db_tablespace='', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='rounds.deadline')),
                ('source', models.ForeignKey(db_constraint=False, db_tablespace='', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='rounds.source')),
            ],
            options={
                'abstract': False,
                'default_permissions': (),
                'indexes': [
                    models.Index(fields=['pgh_created_at'], name='rounds_dead_pgh_cre_e95d02_idx'),
                    models.Index(fields=['id'], name='rounds_dead_id_752060_idx'),
                ],
                'triggers': [
                    pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='b82406a481f58ad653d5fc8fad3bcda710e78e2f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_9c6e7', table='rounds_deadlineothersourcesevent', when='BEFORE')),
                ],
            },
        ),
        migrations.CreateModel(
            name='DeadlinePartiesEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('deadline', models.ForeignKey(db_constraint=False, db_tablespace='', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='rounds.deadline')),
                ('party', models.ForeignKey(db_constraint=False, db_tablespace='', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='rounds.party')),
            ],
            options={
                'abstract': False,
                'default_permissions': (),
                'indexes': [
                    models.Index(fields=['pgh_created_at'], name='rounds_dead_pgh_cre_f43730_idx'),
                    models.Index(fields=['id'], name='rounds_dead_id_ec63de_idx'),
                ],
                'triggers': [
                    pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='22b37726acd74433690cc8e91a799ecce128fa18', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_fd1ed', table='rounds_deadlinepartiesevent', when='BEFORE')),
                ],
            },
        ),
        migrations.CreateModel(
            name='StatementEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('translations', models.JSONField(blank=True, default=dict, editable=False, verbose_name='translations')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('changed_at', models.DateTimeField(editable=False, null=True, verbose_name='last changed')),
                ('state', models.CharField(choices=[('draft', 'draft'), ('ready', 'ready'), ('published', 'published')], default='draft', max_length=10, verbose_name='state')),
                ('note', models.TextField(blank=True, help_text='What sources disagree about, or what readers should know of this entry.', verbose_name='public note')),
                ('publish_at', models.DateTimeField(blank=True, help_text='A draft goes out at this time by itself.', null=True, verbose_name='publish at')),
                ('dates', rounds.platform.dates.SpanField(verbose_name='dates')),
                ('approximate', models.BooleanField(default=False, help_text='The dates say between which days it was, not from when to when it lasted.', verbose_name='on some day between')),
                ('basis', models.CharField(choices=[('on-record', 'on the record'), ('unnamed', 'unnamed'), ('joint-statement', 'joint statement'), ('document', 'document'), ('reporting', 'reporting')], default='on-record', max_length=20, verbose_name='basis')),
                ('attribution', models.CharField(blank=True, help_text='As the source puts it: “a senior official”, “two people close to the talks”.', max_length=200, verbose_name='attribution')),
                ('unnamed_count', models.PositiveSmallIntegerField(blank=True, help_text='If the source says.', null=True, verbose_name='how many unnamed')),
                ('unnamed_why', models.CharField(blank=True, help_text='If the source says.', max_length=200, verbose_name='why unnamed')),
                ('slug', models.SlugField(db_index=False, default=rounds.models.base.new_key, max_length=80, verbose_name='key')),
                ('summary', models.TextField(help_text='What was said, in our own words.', verbose_name='summary')),
                ('quotation', models.CharField(blank=True, help_text='At most eight words, in the language they were said in, without marks.', max_length=160, verbose_name='quotation')),
                ('language', models.CharField(default='en', max_length=10, verbose_name='language of the quotation')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='rounds.statement')),
                ('round', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='rounds.round', verbose_name='round')),
                ('source', models.ForeignKey(db_constraint=False, help_text='Who says so: the publication this was first read in.', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='rounds.source', verbose_name='source')),
            ],
            options={
                'abstract': False,
                'default_permissions': (),
                'indexes': [
                    models.Index(fields=['pgh_created_at'], name='rounds_stat_pgh_cre_450caa_idx'),
                    models.Index(fields=['pgh_context_id'], name='rounds_stat_pgh_con_2b7ca8_idx'),
                    models.Index(models.OrderBy(models.F('dates__startswith'), descending=True), models.OrderBy(models.F('pgh_obj_id'), descending=True), models.F('pgh_created_at'), name='statement_event_in_order'),
                    models.Index(condition=models.Q(('pgh_label__in', ('corrected', 'withdrawn', 'deleted', 'published'))), fields=['-pgh_created_at'], name='statement_event_seen'),
                    models.Index(condition=models.Q(('pgh_label__in', ('added', 'published')), ('state', 'published')), fields=['-pgh_created_at', '-pgh_obj_id'], name='statement_event_shown'),
                    models.Index(condition=models.Q(('pgh_label__in', ('withdrawn', 'deleted')), models.Q(('basis', 'unnamed'), ('pgh_label', 'corrected')), _connector='OR'), fields=['pgh_obj_id'], name='statement_event_lost'),
                    models.Index(fields=['slug'], name='statement_event_slug'),
                    models.Index(condition=models.Q(('pgh_label', 'deleted')), fields=['slug'], name='statement_event_gone'),
                ],
                'triggers': [
                    pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='8b969a1831ee80f0c9413d295ad3eb49c8d73b68', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_42c9c', table='rounds_statementevent', when='BEFORE')),
                ],
            },
        ),
        migrations.CreateModel(
            name='StatementOtherSourcesEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('source', models.ForeignKey(db_constraint=False, db_tablespace='', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='rounds.source')),
                ('statement', models.ForeignKey(db_constraint=False, db_tablespace='', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='rounds.statement')),
            ],
            options={
                'abstract': False,
                'default_permissions': (),
                'indexes': [
                    models.Index(fields=['pgh_created_at'], name='rounds_stat_pgh_cre_e4b300_idx'),
                    models.Index(fields=['id'], name='rounds_stat_id_1f8b7d_idx'),
                ],
                'triggers': [
                    pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='3bcee177d25acea51994a40d94aea580f9c9b310', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_e61a6', table='rounds_statementothersourcesevent', when='BEFORE')),
                ],
            },
        ),
        migrations.CreateModel(
            name='StatementSpeakersEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('person', models.ForeignKey(db_constraint=False, db_tablespace='', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='rounds.person')),
                ('statement', models.ForeignKey(db_constraint=False, db_tablespace='', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='rounds.statement')),
            ],
            options={
                'abstract': False,
                'default_permissions': (),
                'indexes': [
                    models.Index(fields=['pgh_created_at'], name='rounds_stat_pgh_cre_61f8a1_idx'),
                    models.Index(fields=['id'], name='rounds_stat_id_e6537a_idx'),
                ],
                'triggers': [
                    pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='443151f0340eb38feb94428bfb9a031296f42a5a', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_05b28', table='rounds_statementspeakersevent', when='BEFORE')),
                ],
            },
        ),
        migrations.CreateModel(
            name='StatementPartiesEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('party', models.ForeignKey(db_constraint=False, db_tablespace='', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='rounds.party')),
                ('statement', models.ForeignKey(db_constraint=False, db_tablespace='', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='rounds.statement')),
            ],
            options={
                'abstract': False,
                'default_permissions': (),
                'indexes': [
                    models.Index(fields=['pgh_created_at'], name='rounds_stat_pgh_cre_4aa658_idx'),
                    models.Index(fields=['id'], name='rounds_stat_id_8402eb_idx'),
                ],
                'triggers': [
                    pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='d6fc31c64ac43d8581e75e4e5f412fdf493a7e4b', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_50714', table='rounds_statementpartiesevent', when='BEFORE')),
                ],
            },
        ),
        migrations.CreateModel(
            name='StatementLinkEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('translations', models.JSONField(blank=True, default=dict, editable=False, verbose_name='translations')),
                ('kind', models.CharField(choices=[('replies-to', 'replies to'), ('contradicts', 'contradicts'), ('corroborates', 'corroborates')], max_length=12, verbose_name='kind')),
                ('note', models.CharField(blank=True, max_length=250, verbose_name='public note')),
                ('other', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='rounds.statement', verbose_name='other statement')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='rounds.statementlink')),
                ('statement', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='rounds.statement', verbose_name='statement')),
            ],
            options={
                'abstract': False,
                'default_permissions': (),
                'indexes': [
                    models.Index(fields=['pgh_created_at'], name='rounds_stat_pgh_cre_b6470f_idx'),
                ],
                'triggers': [
                    pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='949c49cfa5147288d98d54fe77c4ff93a70b2648', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_749a8', table='rounds_statementlinkevent', when='BEFORE')),
                ],
            },
        ),
        migrations.CreateModel(
            name='RoundOtherSources',
            fields=[
            ],
            options={
                'proxy': True,
                'default_permissions': (),
            },
            bases=('rounds.round_other_sources',),
        ),
        migrations.CreateModel(
            name='RoundParties',
            fields=[
            ],
            options={
                'proxy': True,
                'default_permissions': (),
            },
            bases=('rounds.round_parties',),
        ),
        migrations.CreateModel(
            name='DeadlineOtherSources',
            fields=[
            ],
            options={
                'proxy': True,
                'default_permissions': (),
            },
            bases=('rounds.deadline_other_sources',),
        ),
        migrations.CreateModel(
            name='DeadlineParties',
            fields=[
            ],
            options={
                'proxy': True,
                'default_permissions': (),
            },
            bases=('rounds.deadline_parties',),
        ),
        migrations.CreateModel(
            name='StatementOtherSources',
            fields=[
            ],
            options={
                'proxy': True,
                'default_permissions': (),
            },
            bases=('rounds.statement_other_sources',),
        ),
        migrations.CreateModel(
            name='StatementSpeakers',
            fields=[
            ],
            options={
                'proxy': True,
                'default_permissions': (),
            },
            bases=('rounds.statement_speakers',),
        ),
        migrations.CreateModel(
            name='StatementParties',
            fields=[
            ],
            options={
                'proxy': True,
                'default_permissions': (),
            },
            bases=('rounds.statement_parties',),
        ),
        migrations.CreateModel(
            name='StatementSpeaker',
            fields=[
            ],
            options={
                'proxy': True,
            },
            bases=('rounds.statement_speakers',),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='roundothersources',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "rounds_roundothersourcesevent" ("id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "round_id", "source_id") VALUES (NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'added\', NEW."round_id", NEW."source_id"); RETURN NULL;', hash='b3446b78edd8982e11ecc3db5cc745f74fe6f2c1', operation='INSERT', pgid='pgtrigger_added_insert_58d23', table='rounds_round_other_sources', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='roundothersources',
            trigger=pgtrigger.compiler.Trigger(name='changed_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "rounds_roundothersourcesevent" ("id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "round_id", "source_id") VALUES (NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'changed\', NEW."round_id", NEW."source_id"); RETURN NULL;', hash='d18d40b38a2bbc187dc804758748a1d73c9f6ca4', operation='UPDATE', pgid='pgtrigger_changed_update_8e128', table='rounds_round_other_sources', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='roundothersources',
            trigger=pgtrigger.compiler.Trigger(name='deleted_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "rounds_roundothersourcesevent" ("id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "round_id", "source_id") VALUES (OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'deleted\', OLD."round_id", OLD."source_id"); RETURN NULL;', hash='e8292e5c935e30d0501c82972607eff759cf369c', operation='DELETE', pgid='pgtrigger_deleted_delete_25a04', table='rounds_round_other_sources', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='roundothersources',
            trigger=pgtrigger.compiler.Trigger(name='part_of', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n            IF TG_OP <> \'INSERT\' THEN UPDATE "rounds_round" SET version = version + 1\n            WHERE id = OLD."round_id" AND changed_at IS DISTINCT FROM now(); END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            UPDATE "rounds_round" SET version = version + 1\n            WHERE id = NEW."round_id" AND changed_at IS DISTINCT FROM now();\n            RETURN NEW;', hash='8f45c86f2297207dc8feaeeb182fab93af965dcd', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_part_of_abfdd', table='rounds_round_other_sources', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='roundparties',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "rounds_roundpartiesevent" ("id", "party_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "round_id") VALUES (NEW."id", NEW."party_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'added\', NEW."round_id"); RETURN NULL;', hash='4a843a3ab9059376b95c7817b5507c4ea1c4eb51', operation='INSERT', pgid='pgtrigger_added_insert_662e4', table='rounds_round_parties', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='roundparties',
            trigger=pgtrigger.compiler.Trigger(name='changed_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "rounds_roundpartiesevent" ("id", "party_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "round_id") VALUES (NEW."id", NEW."party_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'changed\', NEW."round_id"); RETURN NULL;', hash='14aba58f0b3f1dde5b57022bdbca45dc08aa3c78', operation='UPDATE', pgid='pgtrigger_changed_update_4624f', table='rounds_round_parties', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='roundparties',
            trigger=pgtrigger.compiler.Trigger(name='deleted_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "rounds_roundpartiesevent" ("id", "party_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "round_id") VALUES (OLD."id", OLD."party_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'deleted\', OLD."round_id"); RETURN NULL;', hash='3e4f0bc64ee3024f70bd369bf763ad2198bea7dd', operation='DELETE', pgid='pgtrigger_deleted_delete_3a5ec', table='rounds_round_parties', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='roundparties',
            trigger=pgtrigger.compiler.Trigger(name='part_of', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n            IF TG_OP <> \'INSERT\' THEN UPDATE "rounds_round" SET version = version + 1\n            WHERE id = OLD."round_id" AND changed_at IS DISTINCT FROM now(); END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            UPDATE "rounds_round" SET version = version + 1\n            WHERE id = NEW."round_id" AND changed_at IS DISTINCT FROM now();\n            RETURN NEW;', hash='8cce658af3d076384257949044916a7a49abbda8', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_part_of_8f02f', table='rounds_round_parties', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='deadlineothersources',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "rounds_deadlineothersourcesevent" ("deadline_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "source_id") VALUES (NEW."deadline_id", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'added\', NEW."source_id"); RETURN NULL;', hash='4e68dc0cc5b854fb05ede3689607d6cf56463a31', operation='INSERT', pgid='pgtrigger_added_insert_403ee', table='rounds_deadline_other_sources', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='deadlineothersources',
            trigger=pgtrigger.compiler.Trigger(name='changed_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "rounds_deadlineothersourcesevent" ("deadline_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "source_id") VALUES (NEW."deadline_id", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'changed\', NEW."source_id"); RETURN NULL;', hash='f9a194f4fffe667b82b0e0a96634ff08cf3998a8', operation='UPDATE', pgid='pgtrigger_changed_update_565ea', table='rounds_deadline_other_sources', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='deadlineothersources',
            trigger=pgtrigger.compiler.Trigger(name='deleted_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "rounds_deadlineothersourcesevent" ("deadline_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "source_id") VALUES (OLD."deadline_id", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'deleted\', OLD."source_id"); RETURN NULL;', hash='360df58abf32863ee742e7229022b49106531dd8', operation='DELETE', pgid='pgtrigger_deleted_delete_cad81', table='rounds_deadline_other_sources', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='deadlineothersources',
            trigger=pgtrigger.compiler.Trigger(name='part_of', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n            IF TG_OP <> \'INSERT\' THEN UPDATE "rounds_deadline" SET version = version + 1\n            WHERE id = OLD."deadline_id" AND changed_at IS DISTINCT FROM now(); END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            UPDATE "rounds_deadline" SET version = version + 1\n            WHERE id = NEW."deadline_id" AND changed_at IS DISTINCT FROM now();\n            RETURN NEW;', hash='4c5c2e723b1b2d8e6d5973c152292eb4d62fb7fd', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_part_of_324b6', table='rounds_deadline_other_sources', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='deadlineparties',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "rounds_deadlinepartiesevent" ("deadline_id", "id", "party_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label") VALUES (NEW."deadline_id", NEW."id", NEW."party_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'added\'); RETURN NULL;', hash='cb9c60195006464afc7ea8223efeee9012a656d8', operation='INSERT', pgid='pgtrigger_added_insert_524a2', table='rounds_deadline_parties', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='deadlineparties',
            trigger=pgtrigger.compiler.Trigger(name='changed_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "rounds_deadlinepartiesevent" ("deadline_id", "id", "party_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label") VALUES (NEW."deadline_id", NEW."id", NEW."party_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'changed\'); RETURN NULL;', hash='2fac3a3b172fa01f79501ab969791e8bdac0f48e', operation='UPDATE', pgid='pgtrigger_changed_update_5b027', table='rounds_deadline_parties', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='deadlineparties',
            trigger=pgtrigger.compiler.Trigger(name='deleted_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "rounds_deadlinepartiesevent" ("deadline_id", "id", "party_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label") VALUES (OLD."deadline_id", OLD."id", OLD."party_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'deleted\'); RETURN NULL;', hash='0f2784469c131844a9e88f8ca5f5c240a850e7f2', operation='DELETE', pgid='pgtrigger_deleted_delete_886fd', table='rounds_deadline_parties', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='deadlineparties',
            trigger=pgtrigger.compiler.Trigger(name='part_of', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n            IF TG_OP <> \'INSERT\' THEN UPDATE "rounds_deadline" SET version = version + 1\n            WHERE id = OLD."deadline_id" AND changed_at IS DISTINCT FROM now(); END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            UPDATE "rounds_deadline" SET version = version + 1\n            WHERE id = NEW."deadline_id" AND changed_at IS DISTINCT FROM now();\n            RETURN NEW;', hash='d2f91d42754f60f357895ed2f158c67549c5fcb6', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_part_of_2d0de', table='rounds_deadline_parties', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='statementothersources',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "rounds_statementothersourcesevent" ("id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "source_id", "statement_id") VALUES (NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'added\', NEW."source_id", NEW."statement_id"); RETURN NULL;', hash='68a224510fb02a6038a89d9cf075cd5d137507d0', operation='INSERT', pgid='pgtrigger_added_insert_5c7ea', table='rounds_statement_other_sources', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='statementothersources',
            trigger=pgtrigger.compiler.Trigger(name='changed_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "rounds_statementothersourcesevent" ("id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "source_id", "statement_id") VALUES (NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'changed\', NEW."source_id", NEW."statement_id"); RETURN NULL;', hash='2b4ca062945f78a5147722017abd55a55224202b', operation='UPDATE', pgid='pgtrigger_changed_update_dc964', table='rounds_statement_other_sources', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='statementothersources',
            trigger=pgtrigger.compiler.Trigger(name='deleted_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "rounds_statementothersourcesevent" ("id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "source_id", "statement_id") VALUES (OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'deleted\', OLD."source_id", OLD."statement_id"); RETURN NULL;', hash='29154edd2881060a90cf80fc4e9f91690d2cd1d9', operation='DELETE', pgid='pgtrigger_deleted_delete_e0f28', table='rounds_statement_other_sources', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='statementothersources',
            trigger=pgtrigger.compiler.Trigger(name='part_of', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n            IF TG_OP <> \'INSERT\' THEN UPDATE "rounds_statement" SET version = version + 1\n            WHERE id = OLD."statement_id" AND changed_at IS DISTINCT FROM now(); END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            UPDATE "rounds_statement" SET version = version + 1\n            WHERE id = NEW."statement_id" AND changed_at IS DISTINCT FROM now();\n            RETURN NEW;', hash='b39cd923656f7caf177871051820d254c7cdaddb', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_part_of_46cfd', table='rounds_statement_other_sources', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='statementspeakers',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "rounds_statementspeakersevent" ("id", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "statement_id") VALUES (NEW."id", NEW."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'added\', NEW."statement_id"); RETURN NULL;', hash='3663d69bcaea6293d22eac3c636fda70bc672e63', operation='INSERT', pgid='pgtrigger_added_insert_f4f46', table='rounds_statement_speakers', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='statementspeakers',
            trigger=pgtrigger.compiler.Trigger(name='changed_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "rounds_statementspeakersevent" ("id", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "statement_id") VALUES (NEW."id", NEW."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'changed\', NEW."statement_id"); RETURN NULL;', hash='761ab9f8b274faa1965c04abf6bc4d3610d9736c', operation='UPDATE', pgid='pgtrigger_changed_update_7f7b9', table='rounds_statement_speakers', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='statementspeakers',
            trigger=pgtrigger.compiler.Trigger(name='deleted_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "rounds_statementspeakersevent" ("id", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "statement_id") VALUES (OLD."id", OLD."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'deleted\', OLD."statement_id"); RETURN NULL;', hash='242238aa91df63bc646b909bbda8fbeded12c4d6', operation='DELETE', pgid='pgtrigger_deleted_delete_f2168', table='rounds_statement_speakers', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='statementspeakers',
            trigger=pgtrigger.compiler.Trigger(name='part_of', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n            IF TG_OP <> \'INSERT\' THEN UPDATE "rounds_statement" SET version = version + 1\n            WHERE id = OLD."statement_id" AND changed_at IS DISTINCT FROM now(); END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            UPDATE "rounds_statement" SET version = version + 1\n            WHERE id = NEW."statement_id" AND changed_at IS DISTINCT FROM now();\n            RETURN NEW;', hash='2171d2eca04c46bd9bbec0bf608ff6184d332681', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_part_of_044b9', table='rounds_statement_speakers', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='statementparties',
            trigger=pgtrigger.compiler.Trigger(name='added_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "rounds_statementpartiesevent" ("id", "party_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "statement_id") VALUES (NEW."id", NEW."party_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'added\', NEW."statement_id"); RETURN NULL;', hash='b504af02f5cbfe22acf06d916c5cea08c200a7e8', operation='INSERT', pgid='pgtrigger_added_insert_a8c4a', table='rounds_statement_parties', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='statementparties',
            trigger=pgtrigger.compiler.Trigger(name='changed_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "rounds_statementpartiesevent" ("id", "party_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "statement_id") VALUES (NEW."id", NEW."party_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'changed\', NEW."statement_id"); RETURN NULL;', hash='c2481532e48fa40601d53ef03629435c3ecc45b6', operation='UPDATE', pgid='pgtrigger_changed_update_853e9', table='rounds_statement_parties', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='statementparties',
            trigger=pgtrigger.compiler.Trigger(name='deleted_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "rounds_statementpartiesevent" ("id", "party_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "statement_id") VALUES (OLD."id", OLD."party_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'deleted\', OLD."statement_id"); RETURN NULL;', hash='6506ebc48c5712574874db033e4da963ea72f959', operation='DELETE', pgid='pgtrigger_deleted_delete_95533', table='rounds_statement_parties', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='statementparties',
            trigger=pgtrigger.compiler.Trigger(name='part_of', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n            IF TG_OP <> \'INSERT\' THEN UPDATE "rounds_statement" SET version = version + 1\n            WHERE id = OLD."statement_id" AND changed_at IS DISTINCT FROM now(); END IF;\n            IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF;\n            UPDATE "rounds_statement" SET version = version + 1\n            WHERE id = NEW."statement_id" AND changed_at IS DISTINCT FROM now();\n            RETURN NEW;', hash='ae7de5357339af6c24e6f39fce47e18e22e1c004', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_part_of_90859', table='rounds_statement_parties', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='statementspeaker',
            trigger=pgtrigger.compiler.Trigger(name='unnamed_has_no_name', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    PERFORM 1 FROM rounds_statement WHERE id = NEW.statement_id FOR SHARE;\n                    PERFORM 1 FROM rounds_statement\n                    WHERE id = NEW.statement_id AND basis = 'unnamed';\n                    IF FOUND THEN RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE =  'unnamed_has_no_name'; END IF;\n                    RETURN NEW;", hash='19705a1918d7ff938ecd336bc4d104dda7563191', operation='INSERT OR UPDATE', pgid='pgtrigger_unnamed_has_no_name_aab2c', table='rounds_statement_speakers', when='BEFORE')),
        ),
        # how many statements somebody made, up to a number: Django has no name for this table
        migrations.RunSQL(
            'CREATE INDEX statement_speakers_by_person'
            ' ON rounds_statement_speakers (person_id, statement_id)'
        ),
        # the first edition: pages may be cached from the first request on
        migrations.RunSQL(
            'INSERT INTO rounds_edition (id, number, mark, raised_at)'
            ' VALUES (1, 1, gen_random_uuid(), clock_timestamp())'
        ),
    ]
