"""Files from outside are opened in the process apart alone (``sheets.apart``), by nobody else and in no other way."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.house import FLOOR_OF, dotted_modules, modules, name_of, nodes, text_of

OPENERS = {
    *("zipfile", "tarfile", "lxml", "xml", "python_calamine", "openpyxl", "xlrd", "odf", "docx", "pickle", "marshal"),
}
INSIDE = {  # what runs in the process apart, wherever in ``sheets`` it stands
    *("reading", "packed", "binary", "parts", "markup", "opendocument", "compound", "texts", "webtable", "editing"),
    *("results", "first_page", "answering", "losses"),
}
HARMLESS = {  # what of it anybody may use: shapes, limits and words about what was read
    *("Book", "Sheet", "Cell", "UnreadableError", "text_of", "code_of", "day_of", "column_letters", "column_index"),
    *("NO_RESULT", "MAX_CELLS", "MAX_BYTES"),
}
WRITING = {"ledgers/blanks.py"}  # make workbooks of their own, and open none
ALIASED = {"reading"}  # may be imported as a whole, for its words; what it opens is looked for by its calls


def imported(path: Path) -> Iterator[tuple[str, str]]:
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.module, alias.name) for alias in node.names)


def is_inside(module: str) -> bool:
    return module.startswith("sheets.") and module.rpartition(".")[2] in INSIDE


def opens(module: str, name: str) -> bool:
    """Whether what is imported opens a foreign file, or could."""
    whole = f"{module}.{name}" if name else module
    if whole in dotted_modules():
        return is_inside(whole) and whole.rpartition(".")[2] not in ALIASED
    return module.split(".")[0] in OPENERS or (is_inside(module) and name not in HARMLESS)


def outside() -> list[Path]:
    return [
        path
        for path in modules("config", *FLOOR_OF)
        if not (name_of(path).startswith("sheets/") and path.stem in INSIDE | {"__main__"})
    ]


def test_nobody_else_opens_a_foreign_file() -> None:
    found = [
        f"{name_of(path)}: {module} {name}"
        for path in outside()
        for module, name in imported(path)
        if opens(module, name) and name_of(path) not in WRITING
    ]
    assert not found


def test_no_module_reads_through_an_alias() -> None:
    calls = ("reading.read(", "reading.read_book(", "packed.inspect(", "compound.inspect(", "load_workbook(")
    assert not [(str(path), call) for path in outside() for call in calls if call in text_of(path)]


def test_what_runs_in_the_process_apart_is_where_it_is_looked_for() -> None:
    found = Counter(path.stem for path in modules("sheets") if path.stem in INSIDE)
    assert found == dict.fromkeys(INSIDE, 1), "A module was renamed, or its name is taken twice: put INSIDE right."
    assert WRITING & {name_of(path) for path in outside()} == WRITING


@pytest.mark.parametrize(
    "opening",
    [
        ("zipfile", ""),
        ("lxml.etree", "parse"),
        ("sheets.reading", "read"),
        ("sheets", "packed"),
        ("sheets.packed", "inspect"),
        ("sheets.apart", "answering"),
        ("sheets.opening.reading", "read_book"),
    ],
)
def test_the_check_finds_what_opens(opening: tuple[str, str]) -> None:
    assert opens(*opening)


@pytest.mark.parametrize(
    "other", [("sheets.reading", "Book"), ("sheets", "reading"), ("sheets.apart.asking", "read_book")]
)
def test_the_check_lets_the_rest_be(other: tuple[str, str]) -> None:
    assert not opens(*other)
