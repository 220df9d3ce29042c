"""What writing an import or taking it back did, and how that reads."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from records.models import ChangeSet


@dataclass(frozen=True)
class Done:
    """What a commit did."""

    created: int
    updated: int
    waiting: int
    record: ChangeSet | None


def sentence(done: Done) -> str:
    """What a commit did, in words."""
    words = {"created": done.created, "updated": done.updated, "waiting": done.waiting}
    if done.waiting:
        return _("%(created)s rows added, %(updated)s updated; %(waiting)s rows still wait to be put right.") % words
    return _("%(created)s rows added, %(updated)s updated. Everything in the workbook is in.") % words


@dataclass(frozen=True)
class Undone:
    """What taking an import back did: how many rows were restored, and those edited since, which were kept."""

    restored: int
    kept: list[str]


def undone_sentence(done: Undone) -> str:
    """What taking an import back did, in words."""
    words = {"count": done.restored, "kept": len(done.kept), "names": _(", ").join(done.kept[:20])}
    if not done.kept:
        return _("Taken back: %(count)s rows are as they were before.") % words
    text = _("Taken back: %(count)s rows are as before. %(kept)s were edited since and stay as they are: %(names)s")
    return text % words
