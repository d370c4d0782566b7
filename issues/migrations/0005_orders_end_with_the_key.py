"""Each default order ends with the key, so that equal rows have one order."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('issues', '0004_edition_of_cited_sources'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='issue',
            options={'ordering': ('-featured', 'order', 'name', 'id'), 'verbose_name': 'issue', 'verbose_name_plural': 'issues'},
        ),
        migrations.AlterModelOptions(
            name='measure',
            options={'ordering': ('issue', 'name', 'id'), 'verbose_name': 'measure', 'verbose_name_plural': 'measures'},
        ),
    ]
