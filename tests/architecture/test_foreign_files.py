"""Files from outside are opened in the process apart alone (``sheets.apart``), by nobody else and in no other way."""

import ast
from collections.abc import Iterator
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent.parent
APPS = ("config", "demo", "bulletins", "ledgers", "supervision", "tasks", "reminders", "orgs", "records", "sheets")
OPENERS = {
    *("zipfile", "tarfile", "lxml", "xml", "python_calamine", "openpyxl", "xlrd", "odf", "docx", "pickle", "marshal"),
}
INSIDE = {  # what runs in the process apart
    *(
        "reading",
        "packed",
        "parts",
        "markup",
        "opendocument",
        "compound",
        "texts",
        "webtable",
        "editing",
        "results",
        "first_page",
        "losses",
    ),
}
READERS = {
    *(("sheets.reading", "read"), ("sheets.reading", "read_book"), ("sheets.apart", "answering")),
    *(("sheets", name) for name in INSIDE - {"reading"}),
}
WRITING = {"ledgers/blanks.py"}  # make workbooks of their own, and open none


def imported(path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.module, alias.name) for alias in node.names)


def outside() -> Iterator[Path]:
    for app in APPS:
        for path in sorted((BASE_DIR / app).rglob("*.py")):
            inside = app == "sheets" and path.stem in INSIDE | {"__main__", "answering"}
            if not inside and "migrations" not in path.parts:
                yield path


def test_nobody_else_opens_a_foreign_file() -> None:
    found = [
        f"{path.relative_to(BASE_DIR)}: {module} {name}"
        for path in outside()
        for module, name in imported(path)
        if (module.split(".")[0] in OPENERS or (module, name) in READERS)
        and str(path.relative_to(BASE_DIR)) not in WRITING
    ]
    assert not found


def test_no_module_reads_through_an_alias() -> None:
    calls = ("reading.read(", "reading.read_book(", "packed.inspect(", "compound.inspect(", "load_workbook(")
    assert not [(str(path), call) for path in outside() for call in calls if call in path.read_text()]
