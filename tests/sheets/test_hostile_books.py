"""Workbooks made to break the program, through the doors by which people send them."""

import re
import resource
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from ledgers.models import ImportBatch
from records.models import Work
from records.work import perform
from sheets.wording import REFUSALS
from tests.sheets.hostile_books import BOOKS, FAR, LAUGHS, book, cell, line, merges, ods, sheet

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.one_database, pytest.mark.own_process]
SignedIn = Callable[[str], Client]
MOST_KILOBYTES = 100_000
READ = ("no_header", "no_data", "empty_file")  # what may be said of one that was read


def sent(client: Client, url: str, content: bytes, field: str = "file", name: str = "表.xlsx", **more: str) -> Any:
    """Send a file through a form and follow to the page that answers; the process must not grow meanwhile."""
    upload = SimpleUploadedFile(name, content)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer = client.post(url, {field: upload, **more}, follow=True)
    for begun in Work.objects.filter(state=Work.State.WAITING):  # a large one is read by a worker
        perform(begun.pk)
        answer = client.get(begun.get_absolute_url())
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_KILOBYTES
    assert answer.status_code in {200, 422}
    return answer


def says(answer: Any, codes: set[str]) -> bool:
    """Whether the page says one of the reasons in Chinese."""
    page = answer.content.decode()
    return any(_pattern(str(REFUSALS[code])).search(page) for code in codes)


def _pattern(sentence: str) -> re.Pattern[str]:
    assert re.search("[\u4e00-\u9fff]", sentence)
    return re.compile(re.escape(sentence).replace(re.escape("%(line)s"), r"\d+"))


@pytest.mark.parametrize("name", BOOKS)
def test_each_is_refused_for_a_true_reason_or_read(name: str, signed_in: SignedIn) -> None:
    make, allowed = BOOKS[name]
    client = signed_in("hekou")
    answer = sent(client, reverse("ledger_import_send"), make(), "workbooks", ledger="collective_economy")
    codes = allowed - {"read"}
    if "read" in allowed and not says(answer, codes):
        assert ImportBatch.objects.exists() or says(answer, set(READ))
    else:
        assert says(answer, codes)


FORMS = {
    "superior's table": ("superior_table_send", (), "office", {"period": "2026"}),
    "a ledger's blank": ("ledger_kind_upload", ("collective_economy",), "office", {}),
    "the register": ("register", (), "office", {}),
    "responsibility": ("responsibility_import", (), "office", {}),
}
EVERYWHERE = {
    "far": (lambda: book(sheet(FAR.replace('"', "'"))), {"too_large"}),
    "merged": (
        lambda: book(sheet('<row r="90000"><c r="C90000"><v>1</v></c></row>', after=merges("A1:C90000"))),
        {"too_many_merged", "too_large"},
    ),
    "laughs": (lambda: book(sheet(head=LAUGHS)), {"unusual_file"}),
    "rows again": (
        lambda: ods(line(cell('table:number-columns-repeated="1000"'), 'table:number-rows-repeated="1000000"')),
        {"too_large", "not_xlsx"},
    ),
}


@pytest.mark.parametrize("bomb", EVERYWHERE)
@pytest.mark.parametrize("form", FORMS)
def test_no_door_opens_a_file_itself(form: str, bomb: str, signed_in: SignedIn, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    (url, arguments, who, more), (make, codes) = FORMS[form], EVERYWHERE[bomb]
    assert says(sent(signed_in(who), reverse(url, args=arguments), make(), **more), codes)
