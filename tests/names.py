"""Names that say nothing, and class names that stand twice: ``python -m tests.names`` in make lint.

A binding is a parameter or a name that is assigned. Of all bindings in the apps at most
``MAX_OPAQUE_PERCENT`` may be one of ``OPAQUE``: columns of files keep such names, new code does
not. A class name stands once; the schemas of the API are called as the models that they show.
"""

import ast
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
APPS = ("rounds", "issues", "nafta")
MAX_OPAQUE_PERCENT = 1.0
OPAQUE = {
    *("asked", "behind", "beside", "found", "known", "left", "made", "more", "one", "other"),
    *("others", "own", "place", "rest", "said", "some", "there", "told", "wish", "wishes", "words"),
}
SCHEMAS = Path("nafta/api/schemas.py")
COMMAND = "Command"  # Django wants this name in each module of a command


def source_files() -> Iterator[Path]:
    for app in APPS:
        yield from (path for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)


def binding_names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def main() -> int:
    """Print what is over the limits; return 1 if anything is, else 0."""
    names: Counter[str] = Counter()
    places: defaultdict[str, list[str]] = defaultdict(list)
    for path in source_files():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names.update(binding_names(tree))
        if path.relative_to(ROOT) != SCHEMAS:
            for node in tree.body:
                if isinstance(node, ast.ClassDef) and node.name != COMMAND:
                    places[node.name].append(str(path.relative_to(ROOT)))
    opaque = {name: names[name] for name in OPAQUE if names[name]}
    percent = 100 * sum(opaque.values()) / names.total()
    twice = {name: where for name, where in places.items() if len(where) > 1}
    for name, where in sorted(twice.items()):
        print(f"class {name} stands in {', '.join(where)}")
    print(f"{percent:.2f} % of {names.total()} names say nothing: {opaque}")
    return int(percent > MAX_OPAQUE_PERCENT or bool(twice))


if __name__ == "__main__":
    sys.exit(main())
