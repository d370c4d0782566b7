"""What keeps the apps readable, held by ``python -m tests.readability`` in make lint.

- Names: a binding is a parameter or a name that is assigned. At most ``MAX_OPAQUE_PERCENT`` of them
  may be one of ``OPAQUE``: columns of files keep such names, new code does not.
- Class names stand once; the schemas of the API are called as the models that they show.
- Types: at most ``MAX_ANY_PERCENT`` of the parameters that have a type have a bare ``Any``.
- Sizes: of a module in lines, of a package in modules side by side. A package says what is in it.
"""

import ast
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
APPS = ("rounds", "issues", "nafta")
MAX_OPAQUE_PERCENT = 1.0
MAX_ANY_PERCENT = 4.0
MAX_LINES = 400
MAX_MODULES = 12
OPAQUE = {
    *("asked", "behind", "beside", "found", "known", "left", "made", "more", "one", "other"),
    *("others", "own", "place", "rest", "said", "some", "there", "told", "wish", "wishes", "words"),
}
SCHEMAS = Path("nafta/api/schemas.py")
COMMAND = "Command"  # Django wants this name in each module of a command
Trees = dict[Path, ast.Module]  # of each module by its path below ROOT


def source_files() -> Iterator[Path]:
    for app in APPS:
        yield from (path for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)


def binding_names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def parameters(tree: ast.Module) -> Iterator[ast.arg]:
    for node in ast.walk(tree):
        if isinstance(node, ast.arg) and node.annotation:
            yield node


def check_names(trees: Trees) -> Iterator[str]:
    names = Counter(name for tree in trees.values() for name in binding_names(tree))
    opaque = {name: names[name] for name in OPAQUE if names[name]}
    percent = 100 * sum(opaque.values()) / names.total()
    if percent > MAX_OPAQUE_PERCENT:
        yield f"{percent:.2f} % of {names.total()} names say nothing: {opaque}"


def check_classes(trees: Trees) -> Iterator[str]:
    modules: defaultdict[str, list[str]] = defaultdict(list)
    for path, tree in trees.items():
        for node in tree.body if path != SCHEMAS else ():
            if isinstance(node, ast.ClassDef) and node.name != COMMAND:
                modules[node.name].append(str(path))
    for name, paths in sorted(modules.items()):
        if len(paths) > 1:
            yield f"class {name} stands in {', '.join(paths)}"


def check_types(trees: Trees) -> Iterator[str]:
    types = [parameter.annotation for tree in trees.values() for parameter in parameters(tree)]
    bare = [type_ for type_ in types if isinstance(type_, ast.Name) and type_.id == "Any"]
    percent = 100 * len(bare) / len(types)
    if percent > MAX_ANY_PERCENT:
        yield f"{percent:.1f} % of {len(types)} parameters are Any"


def check_sizes(trees: Trees) -> Iterator[str]:
    packages = Counter(path.parent for path in trees if path.name != "__init__.py")
    for folder, count in sorted(packages.items()):
        if count > MAX_MODULES:
            yield f"{folder} has {count} modules side by side"
    for path, tree in trees.items():
        lines = len((ROOT / path).read_text(encoding="utf-8").splitlines())
        if lines > MAX_LINES:
            yield f"{path} has {lines} lines"
        if path.name == "__init__.py" and tree.body and not ast.get_docstring(tree):
            yield f"{path} does not say what its package has"


def main() -> int:
    """Print what is over the limits; return 1 if anything is, else 0."""
    trees = {
        path.relative_to(ROOT): ast.parse(path.read_text(encoding="utf-8"))
        for path in source_files()
    }
    checks = (check_names, check_classes, check_types, check_sizes)
    problems = [problem for check in checks for problem in check(trees)]
    print("\n".join(problems) or f"{len(trees)} modules are within the limits")
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
