"""Blank workbooks open in LibreOffice as they are: every sheet, every heading, every choice."""

import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

from ledgers import blanks
from ledgers.kinds import as_shipped, shipped
from tests.cast import Cast

SOFFICE = shutil.which("soffice")


@pytest.mark.django_db
@pytest.mark.slow
@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_every_blank_workbook_opens_and_keeps_what_it_says(cast: Cast, tmp_path: Path) -> None:
    actor = cast.actor("hekou")
    expected = {}
    for key in shipped():
        kind = as_shipped(key)
        period = kind.due_period(actor.on)
        content = blanks.workbook(kind, blanks.lines(kind, actor, period), actor=actor, period=period)
        (tmp_path / f"{key}.xlsx").write_bytes(content)
        expected[key] = {blanks.heading(column) for column in kind.columns}
    done = tmp_path / "done"
    files = [str(path) for path in sorted(tmp_path.glob("*.xlsx"))]
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [str(SOFFICE), profile, "--headless", "--convert-to", "xlsx", "--outdir", str(done), *files]
    told = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    assert "rror" not in told.stdout + told.stderr
    for key, headings in expected.items():
        book = openpyxl.load_workbook(done / f"{key}.xlsx")
        assert book.sheetnames == ["填报", "选项", "填写说明"]
        sheet = book["填报"]
        assert headings <= {cell.value for row in sheet["A3:CZ4"] for cell in row}
        assert sheet.protection.sheet
        coded = any(column.field.codes or column.field.type == "bool" for column in as_shipped(key).columns)
        assert bool([r for r in sheet.data_validations.dataValidation if r.type == "list"]) == coded
