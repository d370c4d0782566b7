"""Each default order ends with the key, so that equal rows have one order."""

import django.db.models.functions.text
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('rounds', '0004_edition_of_what_readers_see'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='deadline',
            options={'ordering': ('-dates', '-id'), 'verbose_name': 'deadline', 'verbose_name_plural': 'deadlines'},
        ),
        migrations.AlterModelOptions(
            name='person',
            options={'ordering': ('name', 'id'), 'verbose_name': 'person', 'verbose_name_plural': 'people'},
        ),
        migrations.AlterModelOptions(
            name='round',
            options={'ordering': ('-dates', '-id'), 'verbose_name': 'round', 'verbose_name_plural': 'rounds'},
        ),
        migrations.AlterModelOptions(
            name='source',
            options={'ordering': (django.db.models.functions.text.Lower('publisher'), 'title', 'id'), 'verbose_name': 'source', 'verbose_name_plural': 'sources'},
        ),
    ]
