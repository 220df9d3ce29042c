"""Looking after kept files: what differs from its row is named, what nobody took up is removed after a day."""

import datetime
import logging
import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import Exists, ForeignKey, Model, OuterRef, ProtectedError
from django.utils import timezone
from redis.exceptions import RedisError

from records import files
from records.changes import kind_of
from records.models import Change, StoredFile
from records.storing import PART

DAY = datetime.timedelta(days=1)
SHOWN = 20  # of each kind on the health page
STEP = 500
_FOUND = "records.files"
log = logging.getLogger(__name__)


@dataclass
class Findings:
    """What a comparison found: keys of rows whose content is missing or differs, and names of content without a row."""

    checked: int = 0
    missing: list[int] = field(default_factory=list)
    differing: list[int] = field(default_factory=list)
    without_row: list[str] = field(default_factory=list)

    @property
    def is_well(self) -> bool:
        """Whether every row has its content."""
        return not self.missing and not self.differing


def compare() -> Findings:
    """Compare every row with its content by size and hash, name what differs in the log, and keep it for the health
    page. Content without a row is that of saves under way and is named when it is older than a day.
    """
    found = Findings()
    for file in StoredFile.objects.order_by("pk").iterator(chunk_size=STEP):
        found.checked += 1
        if not files.content_path(file).exists():
            _name(found.missing, file, "missing")
        elif not files.is_whole(file):
            _name(found.differing, file, "not what was kept")
    found.without_row = [path.name for path in _old(DAY) if not _has_row(path)]
    cache.set(_FOUND, {"at": time.time(), **vars(found)}, None)
    return found


def _name(among: list[int], file: StoredFile, what: str) -> None:
    if not StoredFile.objects.filter(pk=file.pk, sha256=file.sha256).exists():
        return  # removed or sealed anew meanwhile
    among.append(file.pk)
    log.error("Stored file %s (%s) is %s; it belongs to %s.", file.pk, files.path_of(file), what, owners(file))


def owners(file: StoredFile) -> str:
    """The rows that link to a file, such as ``tasks.evidence 12``; whether a backup has to be searched for it."""
    found = [
        f"{kind_of(model)} {key}"
        for model, name in _links()
        for key in model._base_manager.filter(**{name: file}).order_by("pk").values_list("pk", flat=True)[:3]
    ]
    return ", ".join(found) or "no row"


def _links() -> list[tuple[type[Model], str]]:
    """Every model that links to a file, with the link's name."""
    relations: Iterable[Any] = StoredFile._meta.get_fields(include_hidden=True)
    fields = [getattr(each, "field", None) for each in relations]
    return [(link.model, link.name) for link in fields if isinstance(link, ForeignKey)]


def give_up(now: datetime.datetime | None = None) -> int:
    """Remove what was sent with a form that nobody finished: a day old, and never linked to; how many files.

    What some row linked to once stays, since the history can bring that row back.
    """
    limit = (now or timezone.now()) - DAY
    rows = StoredFile.objects.filter(added_at__lt=limit)
    for model, name in _links():
        rows = rows.filter(~Exists(model._base_manager.filter(**{name: OuterRef("pk")})))
    keys, done = list(rows.values_list("pk", flat=True)), 0
    for start in range(0, len(keys), STEP):
        part = keys[start : start + STEP]
        for key in sorted(set(part) - _in_history(part)):
            done += _remove(key, limit)
    return done


def _in_history(keys: list[int]) -> set[int]:
    """Which of these files a row linked to once."""
    found = set[int]()
    for model, name in _links():
        pictures = Change.objects.filter(kind=kind_of(model)).order_by()
        for side in ("before", "after"):
            path = f"{side}__{name}_id"
            found.update(pictures.filter(**{f"{path}__in": keys}).values_list(path, flat=True))
    return found


def _remove(key: int, limit: datetime.datetime) -> bool:
    """Remove one file unless it was taken up in this moment."""
    try:
        with transaction.atomic():
            file = StoredFile.objects.select_for_update().filter(pk=key, added_at__lt=limit).first()
            if file is not None:
                files.drop(file)
            return file is not None
    except ProtectedError:
        return False


def remove_leavings() -> int:
    """Remove content without a row and halves of files that a kill left, when they are older than a day; how many."""
    done = 0
    for path in _old(DAY):
        if path.name.endswith(PART):
            path.unlink(missing_ok=True)
            done += 1
        elif not _has_row(path):
            done += files.remove_old_content(path.name, DAY.total_seconds())
    return done


def _has_row(path: Path) -> bool:
    return StoredFile.objects.filter(sha256=path.name).exists()


def _old(age: datetime.timedelta) -> Iterator[Path]:
    """What lies below MEDIA_ROOT and was written longer ago."""
    limit = time.time() - age.total_seconds()
    for folder, _folders, names in os.walk(settings.MEDIA_ROOT):
        for name in names:
            path = Path(folder) / name
            if name != files.LOCK and path.exists() and path.stat().st_mtime < limit:
                yield path


def health() -> dict[str, object]:
    """For the health page: what the last comparison found; keys of rows, never names of files."""
    try:
        found = cache.get(_FOUND)
    except RedisError:
        found = None  # away: what it knew is not known
    if found is None:
        return {"compared": False}
    return {
        "compared": True,
        "age_seconds": round(time.time() - found["at"]),
        "checked": found["checked"],
        "missing": found["missing"][:SHOWN],
        "differing": found["differing"][:SHOWN],
        "without_row": len(found["without_row"]),
    }
