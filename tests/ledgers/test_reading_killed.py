"""A worker killed while it reads a large workbook: nothing is kept, and trying again keeps it once."""

import pytest

from tests.records.test_work_killed import Yard, yard

__all__ = ["yard"]

PREPARE = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.core.files.uploadedfile import SimpleUploadedFile
from ledgers.actions import importing
from tests.cast import gather
from tests.ledgers.workbooks import economy
upload = SimpleUploadedFile("台账.xlsx", economy(("石岭村", 3), ("柳湾村", 4)))
[row] = importing.start_receiving([upload], "", by=gather().actor("hekou"))
print(row.pk)
"""
LOOK = """
import time
from ledgers.models import ImportBatch
from records.models import StoredFile
until = time.monotonic() + 60
found = work.standing(Work.objects.get())
while wanted not in [found.state, found.percent] and time.monotonic() < until:
    time.sleep(0.1)
    found = work.standing(Work.objects.get())
new = [batch.counts["new"] for batch in ImportBatch.objects.all()]
print(json.dumps([found.state, found.percent, new, StoredFile.objects.count()]))
"""
RETRY = "print(json.dumps(work.retry(Work.objects.get())))"
APP = "tests.ledgers.slow_reading"


@pytest.mark.slow
@pytest.mark.real_clock
def test_killed_while_it_reads_nothing_is_kept_and_trying_again_keeps_it_once(yard: Yard) -> None:
    def look(wanted: object) -> object:
        """State, percent, new rows of each import, and files, when it stands so."""
        return yard.python(f"wanted = {wanted!r}\n{LOOK}")

    pool = "prefork" if "REDIS_URL" in yard.environment else "threads"
    yard.python(PREPARE)
    yard.worker(APP, pool)
    assert look(66) == ["running", 66, [], 1]
    yard.kill()
    assert look("broken") == ["broken", 66, [], 1]
    yard.environment["SLOW_READING"] = "0"
    yard.worker(APP, pool)
    assert yard.python(RETRY) is True
    assert look("done") == ["done", None, [2], 1]
