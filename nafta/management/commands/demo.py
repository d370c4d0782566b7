"""``manage.py demo``: the shipped record in a browser, from a database that may be empty."""

import secrets
import socket
from pathlib import Path

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import CommandError, CommandParser, call_command
from django.utils.translation import gettext as _

from nafta.management.commands.load_record import RECORD
from rounds.management.record_command import RecordCommand
from rounds.models import Negotiation

HOST = "127.0.0.1"
EDITOR, CONTRIBUTOR = "editor", "contributor"


class Command(RecordCommand):
    help = "Prepare the database, load the shipped record if there is none, and serve the site."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="Port on this machine.")
        parser.add_argument("--record", type=Path, default=RECORD, help="The package to load.")

    def handle(self, *, port: int, record: Path, verbosity: int, **options: object) -> None:
        check_port(port)  # before what takes long
        call_command("migrate", verbosity=0, interactive=False)
        if not Negotiation.objects.exists():  # what somebody entered since is left alone
            call_command("load_record", record, verbosity=0)
        password = self._accounts()
        self.stdout.write(
            _(
                "\n  The record   http://localhost:%(port)s/\n"
                "  The admin    http://localhost:%(port)s/admin/\n"
                "  Log in as    %(name)s\n"
                "  Password     %(password)s   (for this run only)\n"
                "  Or log in as %(other)s, who writes drafts and cannot publish.\n\n"
                "  Stop it with Ctrl-C.\n"
            )
            % {"port": port, "name": EDITOR, "password": password, "other": CONTRIBUTOR}
        )
        self.stdout.flush()
        call_command("runserver", f"{HOST}:{port}", use_reloader=False, verbosity=0)

    def _accounts(self) -> str:
        """Create the demo's editor and contributor, or give them a new password; return it."""
        password = secrets.token_urlsafe(12)
        users = get_user_model()._default_manager
        editor, _made = users.get_or_create(
            username=EDITOR, defaults={"is_staff": True, "is_superuser": True}
        )
        contributor, _made = users.get_or_create(username=CONTRIBUTOR, defaults={"is_staff": True})
        contributor.groups.set(Group.objects.filter(name="Contributors"))
        for user in (editor, contributor):
            user.set_password(password)
            user.save()
        return password


def check_port(port: int) -> None:
    """Raise CommandError, with what to type instead, if the demo cannot be served on ``port``."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server will
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", "") or error
            free = port + 1 if 1024 <= port < 65_535 else 8001
            raise CommandError(
                _(
                    "The demo cannot be served on port %(port)d (%(error)s)."
                    " Try another: make demo PORT=%(free)d"
                    " or manage.py demo --port %(free)d"
                )
                % {"port": port, "error": reason, "free": free}
            ) from error
