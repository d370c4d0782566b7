"""Numbers as people write them in several languages."""

import re
from decimal import Decimal

from django.utils.translation import gettext as _

from rounds.tabular.files.number_formats import plain_number
from rounds.tabular.parsing.text import UnreadableCellError

GROUPS = re.compile(r"-?[0-9]{1,3}(?:[ '’][0-9]{3})+(?:[.,][0-9]+)?")
# Comma and point both, or one of them twice: what stands last or once is the decimal sign.
ENGLISH = re.compile(r"-?[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+|-?[0-9]{1,3}(?:,[0-9]{3}){2,}")
CONTINENTAL = re.compile(r"-?[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+|-?[0-9]{1,3}(?:\.[0-9]{3}){2,}")
THOUSANDS_OR_DECIMALS = re.compile(r"-?[1-9][0-9]{0,2}[.,][0-9]{3}")


def number_from_text(text: str) -> str:
    if GROUPS.fullmatch(text):
        text = re.sub("[ '’]", "", text).replace(",", ".")
    elif ENGLISH.fullmatch(text):
        text = text.replace(",", "")
    elif CONTINENTAL.fullmatch(text):
        text = text.replace(".", "").replace(",", ".")
    elif THOUSANDS_OR_DECIMALS.fullmatch(text):
        readings = {"thousands": re.sub("[.,]", "", text), "decimals": text.replace(",", ".")}
        raise UnreadableCellError(
            _(
                "expected a number that can be read in one way only: leave out the sign between "
                "thousands, and add a fourth decimal where there are three, such as 1.2500"
            ),
            _("%(thousands)s or %(decimals)s") % readings,
        )
    text = text.replace(",", ".")
    if not re.fullmatch(r"-?[0-9]{1,20}(\.[0-9]{1,20})?", text):
        raise UnreadableCellError(
            _("expected a number such as 40 or 12.5, and nothing else in the cell")
        )
    return plain_number(Decimal(text))
