from django.db import migrations

from rounds.models.tracking import begin_history


class Migration(migrations.Migration):
    dependencies = [("rounds", "0002_history")]

    operations = [migrations.RunPython(begin_history("rounds"), migrations.RunPython.noop)]
