#!/usr/bin/env python
"""Django's command line, with a database of its own where none is given."""

import os
import sys

from nafta.operations import embedded_postgres


def main() -> None:
    """Run one command, on ``DATABASE_URL`` or else on the embedded server."""
    embedded_postgres.provide()  # first: the settings read DATABASE_URL
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nafta.settings")

    # Django comes only now that all it reads is set.
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
