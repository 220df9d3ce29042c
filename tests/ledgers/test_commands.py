"""The command line of imports: a workbook in, a result in JSON out, and taken back."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from ledgers.models import Entry, ImportBatch
from tests.cast import Cast
from tests.ledgers.workbooks import economy


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    file = tmp_path / "河口镇集体经济.xlsx"
    file.write_bytes(economy(["石岭村", 12.5], ["没有这个村", 3]))
    return file


def result(workbook: Path, county: str, *more: str) -> dict[str, object]:
    out = workbook.with_suffix(".json")
    arguments = ["--kind", "collective_economy", "--county", county, "--json", str(out), str(workbook), *more]
    call_command("import_ledger", *arguments, stdout=StringIO())
    found: dict[str, object] = json.loads(out.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("county", ["990121000000", "990121"])
def test_a_trial_run_tells_each_row_and_writes_nothing(cast: Cast, workbook: Path, county: str) -> None:
    told = result(workbook, county, "--dry-run")
    assert told["file_error"] is None
    rows = {row["org_code"]: row["error"] for row in told["rows"]}  # type: ignore[attr-defined]
    assert rows == {cast.places["shiling"].code: None, None: "unknown_org"}
    assert not ImportBatch.objects.exists()


def test_a_run_writes_the_good_rows_and_is_taken_back(cast: Cast, workbook: Path) -> None:
    result(workbook, "990121")
    assert Entry.objects.get().organisation == cast.places["shiling"]
    call_command("undo_import", str(ImportBatch.objects.get().pk), stdout=StringIO())
    assert not Entry.objects.exists()


def test_a_county_that_is_not_there_and_a_file_that_cannot_be_read_are_told(cast: Cast, workbook: Path) -> None:
    with pytest.raises(CommandError, match="--county"):
        result(workbook, "110000")
    workbook.write_bytes(b"")
    with pytest.raises(CommandError):
        result(workbook, "990121")
    assert json.loads(workbook.with_suffix(".json").read_text())["file_error"] == "empty_file"
