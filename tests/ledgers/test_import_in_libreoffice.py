"""A marked workbook opens in LibreOffice with its faults, its formulas and its merges."""

import io
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

from ledgers.actions import imports as actions
from ledgers.imports import marking, staging
from ledgers.imports.preview import Preview
from ledgers.imports.sender import Sender
from ledgers.kinds import as_shipped
from tests.cast import Cast
from tests.ledgers.workbooks import economy

SOFFICE = shutil.which("soffice")


@pytest.mark.django_db
@pytest.mark.slow
@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_a_marked_workbook_opens_and_keeps_its_formulas(cast: Cast, tmp_path: Path) -> None:
    made = openpyxl.load_workbook(io.BytesIO(economy(("石岭村", 3), ("杨家庄", 4), ("柳湾村", "待核实"), ("合计", 7))))
    made["汇总"].merge_cells("A1:I1")
    made["汇总"]["F7"] = "=SUM(D4:D6)"
    target = io.BytesIO()
    made.save(target)
    sender = Sender.of(cast.actor("hekou"))
    batch = actions.receive(target.getvalue(), "台账.xlsx", sender)
    kind, rows = as_shipped(batch.ledger), [row for row in staging.load(batch) if row.standing == "needs"]
    preview = Preview(batch, kind, sender, is_open=True)
    lines = preview.lines(rows, preview.columns(rows, wide=True))
    (tmp_path / "marked.xlsx").write_bytes(marking.marked(target.getvalue(), batch, lines))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [str(SOFFICE), profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML"]
    command += ["--outdir", str(tmp_path / "done"), str(tmp_path / "marked.xlsx")]
    told = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    assert "rror" not in told.stdout + told.stderr
    opened = openpyxl.load_workbook(tmp_path / "done" / "marked.xlsx", data_only=True)
    assert opened["汇总"]["F7"].value == 7
    assert "A1:I1" in [str(area) for area in opened["汇总"].merged_cells.ranges]
    assert "这不是数字" in opened["汇总"]["D6"].comment.text
    assert opened[marking.SHEET]["B5"].value == "C5"
