"""The base class of the commands of this project."""

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, ProgrammingError
from django.utils.translation import gettext as _
from psycopg.errors import UndefinedColumn, UndefinedTable


class RecordCommand(BaseCommand):
    """A command that needs the database, and fails with one clear line where that is not usable."""

    def execute(self, *args: object, **options: object) -> str | None:
        """Run the command; its checks, which may ask the database too, run before ``handle``."""
        try:
            return super().execute(*args, **options)
        except ProgrammingError as error:
            if not isinstance(error.__cause__, UndefinedTable | UndefinedColumn):
                raise
            raise CommandError(
                _(
                    "The database lacks tables or columns of this version."
                    " First run: manage.py migrate"
                )
            ) from error
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None):  # the server answered and refused
                raise
            raise CommandError(_("The database does not answer: %s") % error) from error
