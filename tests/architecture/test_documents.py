"""What documents name is there: files, folders, modules and what stands in them, and the pages they link to."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

from tests.architecture.fresh_process import resolves
from tests.architecture.house import BASE_DIR, FLOOR_OF
from tests.architecture.stored_words import LISTING
from tests.architecture.test_house import own_files

DOCUMENTS = [BASE_DIR / "README.md", *sorted((BASE_DIR / "docs").rglob("*.md"))]
ROOTS = [BASE_DIR, BASE_DIR / "templates", BASE_DIR / "static"]
TOP = {path.name for path in BASE_DIR.iterdir() if path.is_dir()} - {"var", "log"}
FILE = re.compile(r"[\w.-]+(/[\w.-]+)*\.(py|html|js|cjs|css|md|txt|json|yaml|toml|po)")
FOLDER = re.compile(r"[\w.-]+(/[\w.-]+)*/?")
DOTTED = re.compile(rf"({'|'.join(['config', 'tests', *FLOOR_OF])})(\.\w+)+")
ABSENT = {"admin.py"}  # a decision says that there is none
NAMES = {path.name for path in own_files(".py")} | ABSENT
WORDS = {line.partition(": ")[2] for line in LISTING.read_text().splitlines()}


def paragraphs(text: str) -> Iterator[str]:
    """The text by paragraphs, list items and lines of tables."""
    yield from re.split(r"\n\s*\n|\n(?=\s*[-*|] ?)", text)


def named(paragraph: str) -> Iterator[str]:
    """What stands in backticks, word by word."""
    for quoted in re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", paragraph, flags=re.S)):
        yield from (word.strip("\"',;") for word in quoted.split())


def missing(text: str) -> list[str]:
    """Files, folders and dotted names that a text gives and nobody finds.

    A file may be named short (``rules/plan.py``) after one of the same app was named in full in the same paragraph.
    """
    return [word for paragraph in paragraphs(text) for word in _missing(paragraph)]


def _missing(paragraph: str) -> Iterator[str]:
    near: list[Path] = []
    for word in named(paragraph):
        if FILE.fullmatch(word):
            found = [root / word for root in [*ROOTS, *near] if (root / word).is_file()]
            if not found and not ("/" not in word and not near and word in NAMES):
                yield word
            near += [folder for path in found for folder in path.parents if folder.is_relative_to(BASE_DIR)]
        elif FOLDER.fullmatch(word) and "/" in word and word.partition("/")[0] in TOP:
            if not (BASE_DIR / word).exists():
                yield word
            near += [
                folder for folder in (BASE_DIR / word, *(BASE_DIR / word).parents) if folder.is_relative_to(BASE_DIR)
            ]
        elif (dotted := DOTTED.match(word)) and not is_known(dotted.group()):
            yield word


def is_known(name: str) -> bool:
    """Whether a dotted name is a module, something in one, a model or a stored word."""
    if name in WORDS or resolves(name):
        return True
    app, _dot, model = name.partition(".")
    return app in apps.all_models and model.lower() in apps.all_models[app]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_what_a_document_names_is_there(path: Path) -> None:
    assert missing(path.read_text()) == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", path.read_text()):
        assert "://" in target or (path.parent / target).exists(), target


BUILDING = ["Makefile", ".ci/run", "pyproject.toml", "gunicorn.conf.py", "manage.py", "tests/conftest.py"]
IN_PASSING = re.compile(rf"(?<![\w./>{{])(?:{'|'.join(['config', 'tests', 'docs', *FLOOR_OF])})/[\w/-]+(?:\.[a-z]+)?\b")


@pytest.mark.parametrize("name", BUILDING)
def test_what_builds_and_tests_the_house_names_what_is_there(name: str) -> None:
    for word in IN_PASSING.findall((BASE_DIR / name).read_text()):
        assert (BASE_DIR / word).exists(), word


def test_sources_name_files_that_are_there() -> None:
    files = re.compile(rf"(?<![\w./])(?:{'|'.join(['config', 'docs', *FLOOR_OF])})/[\w/-]+\.(?:py|md)\b")
    sources = [path for path in own_files(".py", ".html", ".js", ".css") if path != Path(__file__)]
    named = [(path, word) for path in sources for word in files.findall(path.read_text())]
    assert len(named) > 15
    assert [(str(path), word) for path, word in named if not (BASE_DIR / word).exists()] == []


def test_what_is_said_to_be_absent_is() -> None:
    assert not [path for path in own_files(".py") if path.name in ABSENT]


def test_enough_is_looked_at() -> None:
    words = [word for path in DOCUMENTS for part in paragraphs(path.read_text()) for word in named(part)]
    assert sum(bool(FILE.fullmatch(word)) for word in words) > 130
    assert sum(bool(DOTTED.match(word)) for word in words) > 20


@pytest.mark.parametrize(
    "text",
    [
        "`orgs/nowhere.py`",
        "`tasks/nowhere/`",
        "`tasks.rules.status.nothing(day)`",
        "`nobody.py`",
        "`orgs/scope.py`; `plan.py` shapes it",
        "`orgs/scope.py`\n\nand `rules/plan.py`",
        "`python nowhere.py --help`",
    ],
)
def test_the_check_finds_what_is_not_there(text: str) -> None:
    assert missing(text)


@pytest.mark.parametrize(
    "text",
    [
        "`orgs/scope.py`, `tests/`",
        "`reminders/looking.py`; `rules/plan.py`",
        "`jobs.py`",
        "`tasks.rules.status.light`",
        "`/healthz`",
    ],
)
def test_the_check_lets_the_rest_be(text: str) -> None:
    assert missing(text) == []
