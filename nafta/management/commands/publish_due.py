"""``manage.py publish_due``: publish now what was scheduled until now, by cron for example."""

import sys

from django.utils.translation import ngettext

from nafta.operations.due_publisher import attempt_publication
from rounds.management.record_command import RecordCommand


class Command(RecordCommand):
    help = "Publish what is due. Exit 1 and log why if some of it could not be: run it again."

    def handle(self, *, verbosity: int, **options: object) -> None:
        attempt = attempt_publication()
        if verbosity:
            text = ngettext(
                "%(count)d entry published.", "%(count)d entries published.", attempt.published
            )
            self.stdout.write(text % {"count": attempt.published})
        if attempt.failure:
            sys.exit(1)
