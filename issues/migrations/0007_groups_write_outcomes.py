from django.db import migrations

from issues.groups import write_models_added_later


class Migration(migrations.Migration):

    dependencies = [('issues', '0006_outcomes')]

    operations = [migrations.RunPython(write_models_added_later, migrations.RunPython.noop)]
