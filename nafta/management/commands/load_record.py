"""``manage.py load_record [FOLDER]``: the record from a data package, all of it or nothing."""

from argparse import ArgumentParser
from collections import Counter
from pathlib import Path

import pghistory
from django.conf import settings
from django.core.management.base import CommandError
from django.db import transaction
from django.utils.translation import gettext as _
from tqdm import tqdm

from nafta.data_package.reader import Package, PackageError, file_and_line, read
from nafta.data_package.tables import TABLES, table_resources
from rounds.management.record_command import RecordCommand
from rounds.models import Negotiation
from rounds.publishing.gate import Refused, clean_note
from rounds.tabular.base import RowKind
from rounds.tabular.importer import Load, lock_imports
from rounds.tabular.rows import ImportProblem

RECORD = settings.BASE_DIR / "nafta" / "record"
MAX_PRINTED = 200  # problems; where there are more, most have one cause


class Command(RecordCommand):
    help = "Load a record from a folder: a CSV a model and datapackage.json. Deletes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, default=RECORD)
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would change and store nothing"
        )
        parser.add_argument(
            "--note", default="", help="tell readers why what they have seen reads otherwise"
        )

    def handle(
        self, *, folder: Path, dry_run: bool, note: str, verbosity: int, **options: object
    ) -> None:
        try:
            package = read(folder)
        except PackageError as error:
            raise refused(error.problems) from error
        try:
            fields = {"command": "load_record", "note": clean_note(note)}
        except Refused as error:
            raise CommandError(f"--note: {error.message}") from error
        with transaction.atomic(), pghistory.context(**fields):
            lock_imports()
            check_negotiation(package)
            load = Load(table_resources())
            with tqdm(total=len(package.rows), disable=None, unit="row", leave=False) as bar:
                load.store(package.rows, bar.update)
            if problems := load.problems(package.problems, package.torn):
                raise refused(sorted(problems, key=file_and_line))
            transaction.set_rollback(dry_run)
        if verbosity:
            self.report(load, dry_run)

    def report(self, load: Load, dry_run: bool) -> None:
        for table in TABLES:
            of_table = {row: result for row, result in load.outcomes.items() if row.table == table}
            count = Counter(outcome.kind for outcome in of_table.values())
            self.stdout.write(
                _("%(file)s: %(new)d new, %(changed)d changed, %(unchanged)d unchanged")
                % {
                    "file": f"{table}.csv",
                    "new": count[RowKind.NEW],
                    "changed": count[RowKind.CHANGED],
                    "unchanged": count[RowKind.UNCHANGED],
                }
            )
            for row, outcome in of_table.items():
                if dry_run and outcome.before:
                    changed = ", ".join(outcome.changed)
                    self.stdout.write(f"  {', '.join(row.key)}: {changed}")
        if dry_run:
            self.stdout.write(_("This was a dry run: nothing is stored."))


def refused(problems: list[ImportProblem]) -> CommandError:
    """Return the error that lists ``problems``, one a line."""
    lines = [_("Nothing was loaded. Problems: %d") % len(problems)]
    lines += map(str, problems[:MAX_PRINTED])
    if (remaining := len(problems) - MAX_PRINTED) > 0:
        lines.append(_("and %d more") % remaining)
    return CommandError("\n".join(lines))


def check_negotiation(package: Package) -> None:
    """Raise CommandError unless the package is about the negotiation that the database has."""
    keys = [row.key[0] for row in package.rows if row.table == "negotiation"]
    stored = Negotiation.objects.first()
    if not keys:
        package.problems.append(ImportProblem("negotiation.csv", _("found no row, expected one")))
    elif stored and stored.slug not in keys:
        raise CommandError(
            _(
                "Nothing was loaded: the package is about “%(found)s”, the database about "
                "“%(expected)s”. A site covers one negotiation; load this one into an empty "
                "database."
            )
            % {"found": keys[0], "expected": stored.slug}
        )
