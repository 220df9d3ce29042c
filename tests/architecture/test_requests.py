"""What a request asks for is read in one place: no view or form turns text into a number, a day or JSON by itself."""

import re

import pytest

from tests.architecture.test_layers import BASE_DIR

APPS = ["orgs", "tasks", "supervision", "ledgers", "reminders", "bulletins", "records"]
RAW = {
    r"\.(isdigit|isdecimal|isnumeric)\(": {
        "orgs/requested.py",
        "tasks/pasting.py",  # of a cell: looked at, never made a number
        "tasks/grids/blocks.py",
        "tasks/grids/subjects.py",
        "records/concealing.py",  # ASCII digits of a bounded length
        "ledgers/rules/values.py",
        "ledgers/rules/checks.py",
    },
    r"\b(int|float|Decimal)\((self\.)?request\b": set(),
    r"fromisoformat\((self\.)?request\b": set(),
    r"(pk|id)(__in)?=(self\.)?request\.(GET|POST)": set(),
    r"redirect\((self\.)?request\.(GET|POST)": set(),
    r"request\.body\b": set(),
    r"<int:": set(),
    r"forms\.(DateField|ModelMultipleChoiceField)\(": {"orgs/forms/fields.py"},
    r"json\.loads\(": {
        "orgs/requested.py",
        "ledgers/sealing.py",  # what we sealed or were answered, never a request
        "ledgers/imports/staging.py",
        "ledgers/imports/staged.py",
        "reminders/channels.py",
    },
}


@pytest.mark.parametrize("raw", RAW)
def test_nothing_reads_a_request_by_itself(raw: str) -> None:
    found = {
        path.relative_to(BASE_DIR).as_posix()
        for app in APPS
        for path in (BASE_DIR / app).rglob("*.py")
        if "migrations" not in path.parts and re.search(raw, re.sub(r"(class \w+)\(.*", r"\1", path.read_text()))
    }
    assert found <= RAW[raw]
