"""Templates: what their sources look like, and which white space of them reaches a reader."""

import re
from pathlib import Path

import pytest
from django.template import Context, Engine

from nafta.template_whitespace import without_hidden_space

TEMPLATES = Path(__file__).parent.parent.parent / "templates"
MAX_LINE_CHARS = 120
FILES = sorted(TEMPLATES.rglob("*.html"))
PARTIALS = [file for file in FILES if file.name.startswith("_")]
INPUTS = re.compile(r"(?:\{#.*#\}\n)+")


def named(file: Path) -> str:
    return str(file.relative_to(TEMPLATES))


@pytest.mark.parametrize("file", FILES, ids=named)
def test_no_line_is_too_long_to_review(file: Path) -> None:
    lines = file.read_text().splitlines()
    assert not [line for line in lines if len(line) > MAX_LINE_CHARS]


@pytest.mark.parametrize("file", PARTIALS, ids=named)
def test_a_partial_says_its_inputs_on_top(file: Path) -> None:
    """In backticks, each of them a name that the partial or its conditions use."""
    comment = INPUTS.match(file.read_text())
    assert comment, "no comment on top"
    inputs = set(re.findall(r"`(\w+)`", comment.group()))
    assert inputs or "No inputs" in comment.group()
    body = file.read_text()[comment.end() :]
    unused = {name for name in inputs if not re.search(rf"\b{name}\b", body)}
    assert not unused or "{% include" in body, unused


@pytest.mark.parametrize("file", FILES, ids=named)
def test_loading_takes_nothing_but_white_space_and_comments(file: Path) -> None:
    def solid(text: str) -> str:
        return re.sub(r'\{#.*?#\}|\{\{ "" \}\}|\s+', "", text)

    source = file.read_text()
    loaded = without_hidden_space(source)
    assert solid(loaded) == solid(source)
    assert without_hidden_space(loaded) == loaded


@pytest.mark.parametrize(
    ("source", "page"),
    [
        # at the edges of blocks, of the template and of its own blocks nothing is shown
        ("\n<p>\n  A\n</p>\n\n<p>B</p>\n", "<p>A</p><p>B</p>"),
        ("<p>\n  <a>\n    A\n  </a>\n</p>", "<p><a>A</a></p>"),
        ("<b>{% block x %}\n  A\n{% endblock %}</b>", "<b>A</b>"),
        # between words, and between elements of a line, one space is
        ("<p>A\n   B</p>", "<p>A B</p>"),
        ("<p><b>A</b>\n  <i>B</i></p>", "<p><b>A</b> <i>B</i></p>"),
        ("<p><b>A </b> B</p>", "<p><b>A </b> B</p>"),
        ("<p>A <b> B</b></p>", "<p>A <b>B</b></p>"),
        (
            "<summary>\n<h3>A</h3>\n<span>B</span></summary>",
            "<summary><h3>A</h3> <span>B</span></summary>",
        ),
        # no space is made where the source has none
        ("<p><b>A</b><i>B</i>{{ yes }}C</p>", "<p><b>A</b><i>B</i>trueC</p>"),
        ('<p>A{% if yes %}B{% endif %}{{ "" }}{% if yes %}C{% endif %}</p>', "<p>ABC</p>"),
        # whichever way is taken through a condition or a loop
        ("<p>A\n  {% if yes %}\n  B\n  {% endif %}\n  C</p>", "<p>A B C</p>"),
        ("<p>A\n  {% if no %}\n  B\n  {% endif %}\n  C</p>", "<p>A C</p>"),
        ("<p>A\n  {% if no %}\n  B\n  {% else %}\n  C\n  {% endif %}\n</p>", "<p>A C</p>"),
        ("<p>A{% if no %} B{% endif %} C</p>", "<p>A C</p>"),
        ("<p>A{% if no %}<br>{% endif %} C</p>", "<p>A C</p>"),
        (
            "<ul>\n{% for n in two %}\n  <li>\n  {{ n }}\n  </li>\n{% endfor %}\n</ul>",
            "<ul><li>1</li><li>2</li></ul>",
        ),
        ("<p>{% for n in two %}{{ n }} {% endfor %}</p>", "<p>1 2 </p>"),
        # attributes stand on one line, those of a condition too
        ('<p\n  id="a"\n  {% if yes %}class="b"{% endif %}\n>A</p>', '<p id="a" class="b">A</p>'),
        ('<p\n  id="a"\n  {% if no %}class="b"{% endif %}\n>A</p>', '<p id="a">A</p>'),
        ('<p {% if no %}id="a"{% else %}id="b"{% endif %}>A</p>', '<p id="b">A</p>'),
        # what is shown as it is typed stays, as does a space that no line may break at
        ("<pre\n  id='a'\n>\n A\n  B </pre>", "<pre id='a'>\n A\n  B </pre>"),
        ("<p>A\n<textarea> A\n B</textarea></p>", "<p>A <textarea> A\n B</textarea></p>"),
        ("<p>\u00a0A</p>", "<p>\u00a0A</p>"),
        ("<p>{# a comment #}\n  A</p>", "<p>A</p>"),
    ],
)
def test_a_reader_gets_the_white_space_that_is_shown(source: str, page: str) -> None:
    template = Engine().from_string(without_hidden_space(source))
    assert template.render(Context({"yes": "true", "no": False, "two": [1, 2]})) == page


def test_a_message_is_left_to_its_translators() -> None:
    message = "{% blocktranslate %}\n  A\n  {{ n }}\n{% endblocktranslate %}"
    assert without_hidden_space(f"<p>\n{message}\n</p>") == f"<p>{message}</p>"


def test_django_tells_of_a_broken_template() -> None:
    """The loader is no parser: what is out of order reaches Django unharmed."""
    for broken in ("{% endif %} A", "{% else %} A", "{% if a %} <p", "<p {% endif %}>"):
        assert without_hidden_space(broken)
