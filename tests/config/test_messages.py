"""The translation tool finds every string, keeps what is translated, and names every fault."""

import gettext
import json
from pathlib import Path

import pytest

from config import messages

SOURCE = """
from django.utils.translation import gettext as _, ngettext, pgettext
_("My week")
_("Due on %(day)s") % {"day": 1}
ngettext("%(count)d row", "%(count)d rows", 2)
pgettext("month", "May")
"""
TEMPLATE = """{% load i18n %}
  <h1 title="{% translate 'Board' %}">{{ name|default:_("nobody") }} ( [ {</h1>
      {% blocktranslate trimmed count n=rows %}
        {{ n }} task of
        {{ who }}
      {% plural %}
        {{ n }} tasks of {{ who }}
      {% endblocktranslate %}
  {% translate "May" context "month" %}
"""
CHINESE = {
    "My week": "本周要办",
    "Due on %(day)s": "%(day)s到期",
    "%(count)d row": ["%(count)d 行"],
    "month\u0004May": "五月",
    "Board": "总览",
    "nobody": "无",
    "{{ n }} task of {{ who }}": ["{{ who }}的 {{ n }} 项任务"],
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A program of one Python file and one template."""
    (tmp_path / "app" / "tests").mkdir(parents=True)
    (tmp_path / "templates" / "app").mkdir(parents=True)
    (tmp_path / "app" / "views.py").write_text(SOURCE)
    (tmp_path / "app" / "tests" / "test_views.py").write_text('_("never shown")')
    (tmp_path / "templates" / "app" / "page.html").write_text(TEMPLATE)
    return tmp_path


@pytest.fixture
def translated(project: Path) -> Path:
    """The same program, all in Chinese."""
    file = project / "chinese.json"
    file.write_text(json.dumps(CHINESE))
    messages.update(project)
    assert messages.fill(project, [file]) == []
    compile_(project)
    return project


def compile_(project: Path) -> None:
    """Write the compiled catalogue."""
    (project / messages.CATALOGUE).with_suffix(".mo").write_bytes(messages.compiled(project))


def test_every_string_is_found_once(project: Path) -> None:
    assert messages.update(project) == 7
    found = {(entry.msgctxt, entry.msgid) for entry in messages.read(project)}
    assert found == {
        (None, "My week"),
        (None, "Due on %(day)s"),
        (None, "%(count)d row"),
        ("month", "May"),
        (None, "Board"),
        (None, "nobody"),
        (None, "%(n)s task of %(who)s"),
    }


def test_a_complete_catalogue_has_no_faults_and_speaks_chinese(translated: Path) -> None:
    assert messages.faults(translated) == []
    with (translated / messages.CATALOGUE).with_suffix(".mo").open("rb") as file:
        catalogue = gettext.GNUTranslations(file)
    assert catalogue.gettext("My week") == "本周要办"
    assert catalogue.pgettext("month", "May") == "五月"
    for count in (1, 2):
        assert catalogue.ngettext("%(n)s task of %(who)s", "%(n)s tasks of %(who)s", count) == "%(who)s的 %(n)s 项任务"


def test_updating_again_changes_nothing(translated: Path) -> None:
    before = (translated / messages.CATALOGUE).read_text()
    assert messages.update(translated) == 0
    assert (translated / messages.CATALOGUE).read_text() == before


def test_a_new_string_is_missing_until_the_update_and_without_chinese_after_it(translated: Path) -> None:
    (translated / "app" / "forms.py").write_text('_("Reason")')
    assert messages.faults(translated) == ["Missing from the catalogue: 'Reason' (app/forms.py)"]
    messages.update(translated)
    compile_(translated)
    assert messages.faults(translated) == ["Without Chinese: 'Reason' (app/forms.py)"]


def test_a_string_that_went_is_stale_until_the_update(translated: Path) -> None:
    (translated / "app" / "views.py").write_text(SOURCE.replace('_("My week")', ""))
    assert messages.faults(translated) == ["No longer in the sources: 'My week'"]
    messages.update(translated)
    compile_(translated)
    assert messages.faults(translated) == []


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("%(day)s到期", "到期", "Placeholders differ"),
        ("%(day)s到期", "%(date)s到期", "Placeholders differ"),
        ('msgid "My week"', '#, fuzzy\nmsgid "My week"', "Fuzzy"),
        ("%(count)d rows", "%(count)d lines", "Another plural in the sources"),
    ],
)
def test_a_doubtful_entry_is_named(translated: Path, before: str, after: str, fault: str) -> None:
    path = translated / messages.CATALOGUE
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after, 1))
    compile_(translated)
    assert [sentence.partition(":")[0] for sentence in messages.faults(translated)] == [fault]


def test_a_compiled_catalogue_that_is_behind_is_named(translated: Path) -> None:
    path = translated / messages.CATALOGUE
    path.write_text(path.read_text().replace("总览", "全县总览"))
    assert messages.faults(translated) == ["The compiled catalogue is not that of django.po: run make messages."]


def test_filling_keeps_what_stands_and_names_what_it_left(translated: Path) -> None:
    file = translated / "more.json"
    file.write_text(json.dumps({"Board": "看板", "Gone": "没有了"}))
    remarks = messages.fill(translated, [file])
    assert remarks == ["more.json: 'Board' stays '总览', not '看板'", "more.json: 'Gone' is not in the sources"]
    assert messages.fill(translated, [file], replace=True) == ["more.json: 'Gone' is not in the sources"]
    assert "看板" in (translated / messages.CATALOGUE).read_text()
