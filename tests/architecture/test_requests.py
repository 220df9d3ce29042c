"""What a request asks for is read in one place: no view or form turns text into a number, a day or JSON by itself."""

import re

import pytest

from tests.architecture.house import FLOOR_OF, modules, name_of, text_of

APPS = sorted(FLOOR_OF.keys() - {"demo", "sheets"})  # those that a request reaches
RAW = {
    r"\.(isdigit|isdecimal|isnumeric)\(": {
        "orgs/pages/requested.py",
        "tasks/splits/columns.py",  # of a cell: looked at, never made a number
        "tasks/pasting/blocks.py",
        "tasks/pasting/subjects.py",
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
    r"forms\.(DateField|ModelMultipleChoiceField)\(": set(),
    r"json\.loads\(": {
        "orgs/pages/requested.py",
        "ledgers/sealing.py",  # what we sealed or were answered, never a request
        "ledgers/imports/staging.py",
        "ledgers/imports/staged.py",
        "reminders/channels.py",
    },
}


@pytest.mark.parametrize("raw", RAW)
def test_nothing_reads_a_request_by_itself(raw: str) -> None:
    found = {
        name_of(path) for path in modules(*APPS) if re.search(raw, re.sub(r"(class \w+)\(.*", r"\1", text_of(path)))
    }
    assert found == RAW[raw], "What is not listed may not, and what is listed and does not is to be taken off the list."
