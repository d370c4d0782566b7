"""Reading the form of a page as a browser does. Needs no Django: `make faults` has none."""

from html.parser import HTMLParser
from typing import Any


class HtmlForm(HTMLParser):
    """The fields of a page's form, and the errors told on it."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, Any] = {}
        self.errors: list[str] = []
        self.select = self.textarea = ""
        self.in_errors = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "ul" and "errorlist" in (given.get("class") or ""):
            self.in_errors = True
        elif tag == "select":
            self.select = name
            if "multiple" in given:
                self.fields[name] = []
        elif tag == "option" and "selected" in given:
            chosen = self.fields.get(self.select)
            self.fields[self.select] = [*chosen, value] if isinstance(chosen, list) else value
        elif tag == "textarea":
            self.textarea, self.fields[name] = name, ""
        elif tag == "input" and name and not name.startswith("_"):
            box = given.get("type") in {"checkbox", "radio"}
            if not box or "checked" in given:
                self.fields[name] = value or ("on" if box else "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "ul":
            self.in_errors = False
        elif tag == "textarea":
            self.fields[self.textarea] = self.fields[self.textarea].removeprefix("\n")
            self.textarea = ""

    def handle_data(self, data: str) -> None:
        if self.textarea:
            self.fields[self.textarea] += data
        elif self.in_errors and data.strip():
            self.errors.append(data.strip())


def read_form(page: str) -> HtmlForm:
    form = HtmlForm()
    form.feed(page)
    return form
