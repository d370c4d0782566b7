"""``manage.py backup FILE``: the whole database, history and accounts too, in one file."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from nafta.operations import backups
from nafta.operations.finished_jobs import noting
from rounds.management.record_command import RecordCommand


class Command(RecordCommand):
    help = "Write the whole database into a new file, in pg_dump's own format, and read it again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, verbosity: int, **options: object) -> None:
        try:
            with noting("backup"):
                backups.write(file)
        except backups.BackupError as error:
            raise CommandError(_("There is no backup. %s") % error) from error
        if verbosity:
            size = file.stat().st_size / 1_000_000
            values = {"file": file, "size": f"{size:.1f}"}
            self.stdout.write(_("The backup is %(file)s, %(size)s MB.") % values)
