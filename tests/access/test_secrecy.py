"""Secrets stay out: the words beside every upload and paste box, and what each door refuses or asks about."""

import ast
import json
import re
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from ledgers.models import ImportBatch, SuperiorTable
from records.models import StoredFile
from tasks.models import Evidence
from tests import BASE_DIR
from tests.access.table import TABLE
from tests.architecture.house import is_of, modules, name_of, nodes, text_of
from tests.cast import Cast

WORDS = "不得上传涉密信息和工作秘密"
pytestmark = [pytest.mark.django_db, pytest.mark.slow]


class Boxes(HTMLParser):
    """Which upload and paste boxes a page has, and in which forms the words stand."""

    def __init__(self) -> None:
        super().__init__()
        self.form = 0
        self.boxes: list[tuple[int, str]] = []
        self.words: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a box or the words."""
        found = dict(attrs)
        self.form += tag == "form"
        if (tag == "input" and found.get("type") == "file") or "data-paste" in found:
            self.boxes.append((self.form, found.get("name") or ""))
        if "data-secrecy" in found:
            self.words.append(self.form)


def without_words(html: str) -> list[str]:
    """The boxes of a page beside which the words are missing."""
    page = Boxes()
    page.feed(html)
    left = list(page.words)
    missing = []
    for form, name in page.boxes:
        if form in left:
            left.remove(form)
        else:
            missing.append(name)
    return missing


def test_the_guard_finds_a_box_without_the_words() -> None:
    assert without_words('<form><input type="file" name="a"></form>') == ["a"]
    assert without_words('<form><p data-secrecy></p></form><form><textarea data-paste name="b"></textarea></form>') == [
        "b"
    ]
    assert without_words(
        '<form><input type="file" name="a"><input type="file" name="c"><p data-secrecy></p></form>'
    ) == ["c"]
    assert without_words('<form><input type="file" name="a"><p data-secrecy></p></form>') == []


@pytest.mark.slow
def test_the_words_stand_beside_every_upload_and_paste_box_of_every_page(
    keys: dict[str, object], signed_in: Any
) -> None:
    found, missing = set[str](), dict[str, list[str]]()
    clients: dict[str, Client] = {}
    for name, row in TABLE.items():
        if row.method == "post":
            continue
        who = row.go.split()[0]
        client = clients.setdefault(who, signed_in(who))
        args = [arg[1:] if arg.startswith("=") else keys[arg] for arg in row.args]
        answer = client.get(reverse(name, args=args))
        if answer.status_code != 200 or "text/html" not in answer["Content-Type"]:
            continue
        html = answer.content.decode()
        if 'type="file"' in html or "data-paste" in html:
            found.add(name)
            assert WORDS in html
        if gone := without_words(html):
            missing[name] = gone
    assert missing == {}
    assert {"register", "responsibility_import", "ledger_imports", "superior_tables", "ledger_kind_new"} <= found
    assert {"task_new", "people_paste", "workdays_paste", "task_quota", "grid_chat"} <= found


def test_no_form_takes_a_file_or_a_paste_without_looking_at_it() -> None:
    for path in modules():
        name, text = name_of(path), text_of(path)
        if "forms.FileField(" in text or "PastedField(" in text:
            assert "KeepsSecretsOut" in text, name
            assert "look_at" in text, name
        for call in nodes(path) if is_of(path, "forms") else ():
            if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("CharField"):
                assert not re.search(r"\b[Pp]aste", ast.unparse(call)), f"{name}: a paste box is a PastedField"
    pages = sorted((BASE_DIR / "templates").rglob("*.html"))
    assert pages
    for path in pages:
        html = path.read_text()
        if 'type="file"' in html or "data-paste" in html:
            assert "components/secrecy.html" in html, path
    grid = BASE_DIR / "templates/tasks/grid/page.html"  # its box is made by a script
    assert 'include "components/secrecy.html"' in grid.read_text()


# Every door

SECRET = "机密★10年\n村名,总收入（万元）\n石岭村,3\n"
DOUBTFUL = "内部资料\n村名,总收入（万元）\n石岭村,3\n"
DOORS: dict[
    str, tuple[str, str, tuple[str, ...], dict[str, str], bool]
] = {  # name: url, file or text, args, form, file?
    "register": ("register", "file", (), {}, True),
    "responsibility": ("responsibility_import", "file", (), {}, True),
    "import": ("ledger_import_send", "workbooks", (), {"ledger": "collective_economy"}, True),
    "superior": ("superior_table_send", "file", (), {"period": "2026"}, True),
    "kind": ("ledger_kind_upload", "file", ("=collective_economy",), {}, True),
    "evidence": ("assignment_remark", "remark-files", ("assignment",), {"remark-text": "话"}, True),
    "report": (
        "assignment_report",
        "report-files",
        ("assignment",),
        {"report-percent": "10", "report-text": "话"},
        True,
    ),
    "source": ("task_new", "files", (), {"action": "save", "title": "新任务"}, True),
    "workdays": ("workdays_paste", "text", (), {"year": "2027"}, False),
    "chat": ("grid_chat", "text", (), {}, False),
    "people": ("people_paste", "lines", (), {}, False),
}
WHO = {"evidence": "hekou", "report": "hekou", "chat": "hekou", "people": "sysadmin"}


def send(client: Client, door: str, keys: dict[str, object], text: str, **more: Any) -> str:
    name, box, args, form, is_file = DOORS[door]
    address = reverse(name, args=[arg[1:] if arg.startswith("=") else keys[arg] for arg in args])
    sent = SimpleUploadedFile("台账.csv", text.encode()) if is_file else text
    return str(client.post(address, {**form, box: sent, **more}, follow=True).content.decode())


def kept() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (StoredFile, ImportBatch, SuperiorTable, Evidence))


@pytest.mark.parametrize("door", DOORS)
def test_what_is_marked_secret_is_refused_in_a_sentence_and_kept_nowhere(
    keys: dict[str, object], signed_in: Any, door: str
) -> None:
    before = kept()
    html = send(signed_in(WHO.get(door, "office")), door, keys, SECRET)
    assert "涉密内容不得进入本系统" in html
    assert "机密★" in html
    assert kept() == before


@pytest.mark.parametrize("door", DOORS)
def test_what_is_doubtful_is_asked_about_once_and_the_answer_counts_for_it_alone(
    keys: dict[str, object], signed_in: Any, door: str
) -> None:
    before = kept()
    client = signed_in(WHO.get(door, "office"))
    html = send(client, door, keys, DOUBTFUL)
    assert "内部资料" in html
    assert "勾选确认" in html
    assert kept() == before
    key = html.split('name="not_secret" value="')[1].split('"')[0]
    assert "勾选确认" in send(client, door, keys, DOUBTFUL + "柳湾村,4\n", not_secret=key)
    assert "勾选确认" not in send(client, door, keys, DOUBTFUL, not_secret=key)


@pytest.mark.parametrize("name", ["【秘密】台账.csv", "机密.xlsx", "纪要(绝密).png"])
@pytest.mark.parametrize("door", ["register", "import", "evidence"])
def test_a_marked_name_is_enough(keys: dict[str, object], signed_in: Any, door: str, name: str) -> None:
    url, box, args, form, _is_file = DOORS[door]
    before = kept()
    sent = {**form, box: SimpleUploadedFile(name, "村名\n石岭村\n".encode())}
    address = reverse(url, args=[keys[arg] for arg in args])
    answer = signed_in(WHO.get(door, "office")).post(address, sent, follow=True)
    assert "涉密内容不得进入本系统" in answer.content.decode()
    assert kept() == before


def test_a_pasted_block_of_the_grid_is_refused(keys: dict[str, object], signed_in: Any) -> None:
    block = json.dumps([["机 密"], ["石岭村", "3"]])
    answer = signed_in("hekou").post(reverse("grid_block"), {"block": block}).json()
    assert answer["fill"] == []
    assert "涉密内容不得进入本系统" in answer["faults"][0]


@pytest.mark.parametrize("text", [SECRET, DOUBTFUL])
def test_a_pasted_column_of_a_split_is_looked_at(keys: dict[str, object], signed_in: Any, text: str) -> None:
    address = reverse("task_quota", args=[keys["quantity"]])
    answer = signed_in("office").post(address, {"action": "pasted", "pasted": text, "version": "0"})
    assert ("涉密内容不得进入本系统" if text == SECRET else "勾选确认") in answer.content.decode()


def test_a_doubtful_block_of_the_grid_is_not_filled_in_and_says_what_to_do(
    keys: dict[str, object], signed_in: Any
) -> None:
    block = json.dumps([["内部资料"], ["石岭村", "3"]])
    answer = signed_in("hekou").post(reverse("grid_block"), {"block": block}).json()
    assert answer["fill"] == []
    assert "内部资料" in answer["faults"][0]


COMMANDS = {
    "import_orgs": ("import_orgs",),
    "import_ledger": ("import_ledger", "--kind", "collective_economy", "--county", "990121"),
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(("name", "text"), [("台账.csv", SECRET), ("机密★1年.csv", "村名\n石岭村\n")])
def test_a_command_reads_nothing_that_is_marked(cast: Cast, tmp_path: Path, command: str, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    before = ImportBatch.objects.count()
    with pytest.raises(CommandError, match="涉密内容不得进入本系统"):
        call_command(*COMMANDS[command], str(tmp_path / name), "--not-secret", stdout=StringIO())
    assert ImportBatch.objects.count() == before


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_asks_about_what_is_doubtful(cast: Cast, tmp_path: Path, command: str) -> None:
    file = tmp_path / "台账.csv"
    file.write_text(DOUBTFUL)
    with pytest.raises(CommandError, match="--not-secret"):
        call_command(*COMMANDS[command], str(file), "--dry-run", stdout=StringIO())
    said = ""
    try:
        call_command(*COMMANDS[command], str(file), "--not-secret", "--dry-run", stdout=StringIO(), stderr=StringIO())
    except CommandError as error:  # it is a register of nothing, which is another sentence
        said = str(error)
    assert "--not-secret" not in said
