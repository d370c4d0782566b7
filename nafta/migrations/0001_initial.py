"""The table of what can be found, and the languages in which it is read.

It replaces the first seven migrations: a database that ran all of them runs nothing of this. The
functions that fill the table and read it are in 0002_search.
"""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations, models

# Originals are read with the stemmer of the language that the record is written in; translations
# word by word, whatever their language. Accents count in neither.
CONFIGURATIONS = """
CREATE TEXT SEARCH CONFIGURATION search_record (COPY = english);
ALTER TEXT SEARCH CONFIGURATION search_record
    ALTER MAPPING FOR hword, hword_part, word WITH unaccent, english_stem;
CREATE TEXT SEARCH CONFIGURATION search_plain (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION search_plain
    ALTER MAPPING FOR hword, hword_part, word WITH unaccent, simple;
"""


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('nafta', '0001_search'),
        ('nafta', '0002_one_at_a_time'),
        ('nafta', '0003_issues_of_rounds'),
        ('nafta', '0004_status_and_keywords'),
        ('nafta', '0005_latest_first'),
        ('nafta', '0006_no_farther_than_it_takes'),
        ('nafta', '0007_search_words'),
    ]

    dependencies = []

    operations = [
        UnaccentExtension(),
        TrigramExtension(),
        migrations.RunSQL(CONFIGURATIONS),
        migrations.CreateModel(
            name='SearchDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=12)),
                ('object_id', models.BigIntegerField()),
                ('key', models.CharField(max_length=80)),
                ('day', models.DateField()),
                ('label', models.JSONField(default=dict)),
                ('names', models.TextField(blank=True)),
                ('keys', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ('vector', django.contrib.postgres.search.SearchVectorField()),
            ],
            options={
                'db_table': 'nafta_entry',
                'default_permissions': (),
                'indexes': [
                    django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['vector'], name='nafta_entry_vector'),
                    django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(models.F('names'), 'gin_trgm_ops'), condition=models.Q(('kind', 'source'), _negated=True), name='nafta_entry_called'),
                    models.Index(condition=models.Q(('kind', 'source')), fields=['names'], name='nafta_entry_publishers'),
                    models.Index(models.OrderBy(models.F('day'), descending=True), models.OrderBy(models.F('id'), descending=True), name='nafta_entry_latest_first'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('kind', 'object_id'), name='nafta_entry_once'),
                    models.UniqueConstraint(fields=('kind', 'key'), name='nafta_entry_key'),
                ],
            },
        ),
        # how common a word is decides how its rows are read: know it of thousands of words
        migrations.RunSQL("ALTER TABLE nafta_entry ALTER COLUMN vector SET STATISTICS 2000;"),
    ]
