"""``manage.py dump_record FOLDER``: the whole record as a data package."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from nafta.data_package import reader, writer
from rounds.management.record_command import RecordCommand


class Command(RecordCommand):
    help = "Write the whole record, drafts too, into a folder: a CSV a model and datapackage.json."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="a new or empty folder, or an older package")

    def handle(self, *, folder: Path, verbosity: int, **options: object) -> None:
        try:
            with writer.snapshot():
                writer.write(folder)
        except reader.PackageError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(_("Nothing was written: %s") % error) from error
        if verbosity:
            self.stdout.write(_("The record is in %s.") % folder)
