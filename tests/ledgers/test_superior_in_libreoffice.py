"""A superior's table filled by the system opens in LibreOffice, and its formulas compute the boards' totals."""

import io
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from ledgers.boards import BY_KEY
from ledgers.boards.board import Chosen, Counts
from sheets import inplace
from tests.cast import TODAY, Cast
from tests.ledgers.superior import blank, economy, filling

SOFFICE = shutil.which("soffice")


@pytest.mark.django_db
@pytest.mark.slow
@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_formulas_of_the_filled_table_compute_the_totals_of_the_board(cast: Cast, tmp_path: Path) -> None:
    economy(cast)
    actor = cast.actor("office")
    content = blank()
    found = filling(actor, content)
    (tmp_path / "filled.xlsx").write_bytes(inplace.fill(content, found.cells))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    done = tmp_path / "done"
    command = [str(SOFFICE), profile, "--headless", "--convert-to", "xlsx", "--outdir", str(done)]
    subprocess.run([*command, str(tmp_path / "filled.xlsx")], capture_output=True, timeout=300, check=True)
    content = (done / "filled.xlsx").read_bytes()
    sheet = openpyxl.load_workbook(io.BytesIO(content), data_only=True)["市表"]
    counts = Counts(BY_KEY["income"], Chosen(actor, TODAY.year))
    reported, subsidised = counts.total("reported"), counts.total("subsidised")
    assert reported.amount
    assert subsidised.amount
    assert [sheet[cell].value for cell in ("C9", "D9", "E9", "F9")] == [
        reported.count,
        pytest.approx(float(reported.amount / 10_000)),
        pytest.approx(float(subsidised.amount / 10_000)),
        pytest.approx(float((reported.amount - subsidised.amount) / Decimal(10_000))),
    ]
    assert "D4:F4" in {str(found) for found in sheet.merged_cells.ranges}
