"""What every command of this project has in common."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, ProgrammingError
from django.utils.translation import gettext as _
from psycopg.errors import UndefinedColumn, UndefinedTable


class RecordCommand(BaseCommand):
    """A command that works on the record, and says in a line why the database cannot serve it."""

    def execute(self, *args: Any, **options: Any) -> str | None:
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
            if getattr(error.__cause__, "sqlstate", None):  # it answers, and refuses
                raise
            raise CommandError(_("The database does not answer: %s") % error) from error
