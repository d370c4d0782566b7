"""What an editor reads when the database refuses to store something."""

import psycopg
from django.apps import apps
from django.db import DatabaseError
from django.utils.translation import gettext as _

from rounds.platform.triggers import find_refusal_message


def refusal(error: DatabaseError) -> str:
    """Return which rule of the record ``error`` comes from, as a sentence; "" if from none.

    A constraint has its message in the model, a trigger where it is declared
    (``rounds.platform.triggers.declare_refusal``). Of other rules the database's own words are
    repeated.
    """
    cause = error.__cause__
    broken_rule = isinstance(cause, psycopg.IntegrityError | psycopg.errors.RaiseException)
    if not isinstance(cause, psycopg.Error) or not broken_rule:
        return ""
    reason = cause.diag.message_primary or str(cause)
    message = (
        _constraint_message(cause.diag.constraint_name or "")
        or find_refusal_message(reason)
        or _("The database refused it: %(reason)s.") % {"reason": reason}
    )
    return str(message)


def _constraint_message(name: str) -> object:
    """The message of the constraint of that name, None if no model has it."""
    messages = (
        constraint.violation_error_message
        for model in apps.get_models()
        for constraint in model._meta.constraints
        if constraint.name == name
    )
    return next(messages, None)
