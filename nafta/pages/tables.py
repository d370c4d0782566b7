"""The columns of the files of search results and of people."""

import django_tables2 as tables

from rounds.models import Person
from rounds.platform.translated_text import local
from rounds.public.tables import ItemFile
from rounds.tabular.exports import AddressColumn, FileTable


class SearchFile(ItemFile):
    """Search results: items of the timeline, then parties, people, issues and sources."""

    def render_language(self, value: str, record: object) -> str:
        """Of the quotation, or of a publication's title."""
        return value if getattr(record, "quotation", True) else ""


class PersonFile(FileTable):
    """People, and how many published statements each made."""

    key = tables.Column(accessor="slug")
    name = tables.Column()
    role = tables.Column()
    organisation = tables.Column()
    party = tables.Column(accessor="party__code")
    statements = tables.Column(accessor="statement_count")
    address = AddressColumn(accessor="get_absolute_url")

    def render_role(self, record: Person) -> str:
        return local(record, "role")

    def render_organisation(self, record: Person) -> str:
        return local(record, "organisation")
