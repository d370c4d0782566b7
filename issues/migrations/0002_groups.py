from django.db import migrations

from issues.groups import make_groups


class Migration(migrations.Migration):

    replaces = [('issues', '0004_groups')]

    dependencies = [
        ('issues', '0001_initial'),
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contenttypes', '0002_remove_content_type_name'),
    ]

    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
