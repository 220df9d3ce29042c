"""The Celery application in which keeping what was read of a workbook takes long."""

import os
import time
from typing import Any

from tests.records.slow_work import app

__all__ = ["app"]

from ledgers.imports import staging  # after the application, which sets Django up

SECONDS = float(os.environ.get("SLOW_READING", "60"))
_pack = staging.pack


def slow(rows: Any) -> Any:
    """As ever, but slowly."""
    time.sleep(SECONDS)
    return _pack(rows)


staging.pack = slow
