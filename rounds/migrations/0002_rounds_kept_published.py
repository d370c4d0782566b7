"""What points at a published round: the rule speaks of this app's own tables alone.

Installing it replaces the one of the same name that older databases have, which spoke of the tables
of issues too. Those are looked after by issues' 0003_rules_on_rounds.
"""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('rounds', '0001_initial'),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='round',
            trigger=pgtrigger.compiler.Trigger(name='keep_published', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" = \'published\' AND NOT (NEW."state" = \'published\'))', func='\n            PERFORM 1 FROM "rounds_round" WHERE "replaced_by_id" = OLD.id AND state = \'published\';\n            IF FOUND THEN RAISE EXCEPTION USING ERRCODE = \'check_violation\', MESSAGE =  \'keep_published: rounds_round.replaced_by_id\'; END IF;\n\n            PERFORM 1 FROM "rounds_statement" WHERE "round_id" = OLD.id AND state = \'published\';\n            IF FOUND THEN RAISE EXCEPTION USING ERRCODE = \'check_violation\', MESSAGE =  \'keep_published: rounds_statement.round_id\'; END IF;\nRETURN NEW;', hash='2640a33aca1bfa4dcc0af5f37450fe8f514134f7', operation='UPDATE OF "state"', pgid='pgtrigger_keep_published_65ab2', table='rounds_round', when='BEFORE')),
        ),
    ]
