"""``manage.py audit_record``: what an editor should look at, and where to open it."""

from pathlib import Path

from django.conf import settings
from django.core.management import CommandError, CommandParser
from django.utils.translation import gettext as _

from nafta.management.record_audit import CHECKS, AuditedRecord, read_exceptions
from rounds.management.record_command import RecordCommand
from rounds.platform import clock

EXCEPTIONS = settings.BASE_DIR / "docs" / "audit-exceptions.csv"


class Command(RecordCommand):
    help = "List published entries that are doubtful, each with its page in the admin."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--only", choices=list(CHECKS), help="one check")
        parser.add_argument(
            "--exceptions",
            type=Path,
            default=EXCEPTIONS,
            metavar="FILE",
            help="CSV of check, record, reason: what was looked at and is meant so",
        )

    def handle(self, *, only: str | None, exceptions: Path, **options: object) -> None:
        record, excused = AuditedRecord(clock.today()), read_exceptions(exceptions)
        met: set[tuple[str, str]] = set()
        found = 0
        for key in [only] if only else CHECKS:
            title, check = CHECKS[key]
            findings = list({finding.name: finding for finding in check(record)}.values())
            met |= {(key, finding.name) for finding in findings}
            open_findings = [each for each in findings if (key, each.name) not in excused]
            found += len(open_findings)
            counts = {"title": title, "key": key, "count": len(open_findings)}
            self.stdout.write(_("%(title)s (%(key)s): %(count)d") % counts)
            for finding in open_findings:
                self.stdout.write(f"  {finding.name}: {finding.text}\n    {finding.address}")
        unmet = [pair for pair in excused if pair not in met and only in {None, pair[0]}]
        for key, name in unmet:
            self.stdout.write(
                _("No longer needed in %(file)s: %(key)s, %(name)s")
                % {"file": exceptions.name, "key": key, "name": name}
            )
        if found or unmet:
            raise CommandError(_("Entries to look at: %d") % (found + len(unmet)))
