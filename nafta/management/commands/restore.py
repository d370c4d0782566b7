"""``manage.py restore FILE``: the database as a backup says, all of it or nothing."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import CommandError
from django.db import connection
from django.utils.translation import gettext as _

from nafta.operations import backups
from nafta.operations.health import unapplied
from rounds.management.record_command import RecordCommand
from rounds.models import Edition, Negotiation, Statement


class Command(RecordCommand):
    help = "Restore what “backup” has written, into an empty database. All of it or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--replace", action="store_true", help="remove all that the database holds"
        )

    def handle(self, *, file: Path, replace: bool, verbosity: int, **options: object) -> None:
        try:
            written_at = backups.check(file)
            if backups.holds_something() and not replace:
                name = connection.settings_dict["NAME"]
                raise backups.BackupError(
                    _("The database “%s” is not empty; --replace removes all that it holds.") % name
                )
            backups.restore(file)
        except backups.BackupError as error:
            raise CommandError(_("Nothing was restored. %s") % error) from error
        if verbosity:
            self.report(written_at)

    def report(self, written_at: str) -> None:
        title = Negotiation.objects.values_list("title", flat=True).first()
        self.stdout.write(
            _(
                "Restored the backup of %(made)s: “%(title)s”, statements: %(count)d, "
                "edition: %(edition)d."
            )
            % {
                "made": written_at,
                "title": title or "",
                "count": Statement.objects.count(),
                "edition": Edition.objects.values_list("number", flat=True).first() or 0,
            }
        )
        if missing := unapplied():
            self.stdout.write(
                _("The backup is older than the code: now run “manage.py migrate”. Missing: %d")
                % len(missing)
            )
