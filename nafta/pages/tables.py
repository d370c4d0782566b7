"""The columns of what is found and of who spoke, in files."""

import django_tables2 as tables

from rounds.models import Person
from rounds.platform.translated_text import local
from rounds.public.tables import ItemFile
from rounds.tabular.exports import AddressColumn, FileTable


class FoundFile(ItemFile):
    """What a search found: items of the timeline, and what has a name and no day."""

    def render_language(self, value: str, record: object) -> str:
        """Of the quotation, or of a publication's title."""
        return value if getattr(record, "quotation", True) else ""


class PersonFile(FileTable):
    """Those who spoke, and how many of the published statements are theirs."""

    key = tables.Column(accessor="slug")
    name = tables.Column()
    role = tables.Column()
    organisation = tables.Column()
    party = tables.Column(accessor="party__code")
    statements = tables.Column(accessor="said")
    address = AddressColumn(accessor="get_absolute_url")

    def render_role(self, record: Person) -> str:
        return local(record, "role")

    def render_organisation(self, record: Person) -> str:
        return local(record, "organisation")
