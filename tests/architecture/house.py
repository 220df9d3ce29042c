"""The house as the guards read it: its floors, its modules and what kind each is, each file parsed once.

A module is of a kind (rules, views, forms …) when its own name or that of a folder between it and the app bears the
kind's word: ``app/views/grid.py``, ``app/grid/views.py`` and ``app/grid/paste_views.py`` are all views. So a
guard holds a module to its duties wherever in the app it stands.
"""

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.apps import apps
from django.db import models

BASE_DIR = Path(__file__).resolve().parent.parent.parent
PROJECT = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["tool"]["importlinter"]
FLOORS = next(contract["layers"] for contract in PROJECT["contracts"] if contract["id"] == "floors")
FLOOR_OF = {app.strip(): height for height, floor in enumerate(reversed(FLOORS)) for app in floor.split("|")}
IDS = {"ids": lambda path: path.relative_to(BASE_DIR).as_posix()}


def name_of(path: Path) -> str:
    """How a file is named from the root of the repository."""
    return path.relative_to(BASE_DIR).as_posix()


def own_models() -> list[type[models.Model]]:
    """Every model of the house's own apps."""
    return [model for model in apps.get_models() if model._meta.app_label in FLOOR_OF]


@cache
def text_of(path: Path) -> str:
    """The text of a file."""
    return path.read_text()


@cache
def parsed(path: Path) -> ast.Module:
    """A Python file as its tree."""
    return ast.parse(text_of(path))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Everything in a Python file, in no order that matters."""
    return tuple(ast.walk(parsed(path)))


@cache
def modules(*names: str) -> tuple[Path, ...]:
    """Every Python file of these apps, or of all; migrations are history and no part of the house as it stands."""
    found = [path for app in names or FLOOR_OF for path in (BASE_DIR / app).rglob("*.py")]
    return tuple(sorted(path for path in found if "migrations" not in path.parts and not is_bare(path)))


def is_bare(path: Path) -> bool:
    """Whether a file only makes a folder a package: there is nothing in it that could be wrong."""
    return path.name == "__init__.py" and all(
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) for node in parsed(path).body
    )


def kinds_of(parts: tuple[str, ...]) -> set[str]:
    """The words that a module bears: those of its own name and of its folders below the app."""
    return {word for part in parts[1:] for word in part.split("_")}


def is_of(path: Path, *kinds: str) -> bool:
    """Whether a module is of one of the kinds."""
    return bool(kinds_of(path.relative_to(BASE_DIR).with_suffix("").parts) & set(kinds))


@cache
def module_files(*kinds: str) -> tuple[Path, ...]:
    """The modules of these kinds in every app, wherever in it they stand."""
    return tuple(path for path in modules() if is_of(path, *kinds))


@cache
def imports_of(path: Path) -> tuple[str, ...]:
    """Every module a file imports and every name it takes from one, imports within functions included."""
    return tuple(_imports_of(path))


def _imports_of(path: Path) -> Iterator[str]:
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = path.relative_to(BASE_DIR).parts[: -node.level] if node.level else ()
            module = ".".join([*package, *([node.module] if node.module else [])])
            yield module
            yield from (f"{module}.{name.name}" for name in node.names)


@cache
def dotted_modules() -> dict[str, Path]:
    """Every module and package of the apps by its dotted name."""
    found = {}
    for app in FLOOR_OF:
        for path in (BASE_DIR / app).rglob("*.py"):
            parts = path.relative_to(BASE_DIR).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def module_of(name: str) -> str:
    """The module of the house in which an imported name stands: ``tasks.rules.status`` for its function ``light``."""
    parts = name.split(".")
    while parts and ".".join(parts) not in dotted_modules():
        parts.pop()
    return ".".join(parts)


@cache
def own_imports_of(path: Path) -> frozenset[str]:
    """The modules of the house that a file imports."""
    return frozenset(module_of(name) for name in imports_of(path)) - {""}


def imported_kinds(path: Path) -> dict[str, set[str]]:
    """The modules of the house that a file imports, with the words each bears."""
    return {name: kinds_of(tuple(name.split("."))) for name in own_imports_of(path)}
