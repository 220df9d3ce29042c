"""What a kept workbook loses when it is filled in or marked, told before that is done."""

from django.core.cache import cache

from ledgers import sealing
from ledgers.imports import sources
from records import files
from records.models import StoredFile
from sheets.apart import asking
from sheets.refusals import UnreadableError
from sheets.wording import LOSSES

KEPT_SECONDS = 7 * 24 * 3600


def of(file: StoredFile | None) -> list[str]:
    """The losses of a sealed workbook in words; none where it is dropped or cannot be looked into now.

    A file's content never changes, so what was found is remembered.
    """
    if file is None:
        return []
    key = f"ledgers.losses.{file.sha256}"
    codes: list[str] | None = cache.get(key)
    if codes is None:
        try:
            codes = asking.lost(sources.opened(file))
        except (UnreadableError, files.Lost, sealing.Unopened):
            return []
        cache.set(key, codes, KEPT_SECONDS)
    return [str(LOSSES[code]) for code in codes if code in LOSSES]
