"""Background work with a row: started by a person, done by a worker, watched on a page, tried again by one click.

An app registers what it can do in ``apps.ready()``, and a view starts it::

    work.register("ledgers.import", run_import, label=_("Import of a ledger"))
    started = work.start("ledgers.import", by=actor, subject=file.name, arguments={"batch": batch.pk}, url=batch_url)
    return redirect(started)

``run_import(acting, arguments, progress)`` acts for the person as of the moment it runs, says how far it is, and gives
what came of it. State and result stand in the row; how far it is, and that the worker is alive, goes through the
cache, since an atomic import holds SQLite's only writer. Work whose sign of life is old was broken off.
"""

import datetime
import logging
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol, Self

from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count, F, Q
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from records import middleware, sendings, trouble
from records.changes import Acting
from records.models import Starter, Work
from records.sweeps import Sweep

SOFT_SECONDS, HARD_SECONDS = 45 * 60, 50 * 60  # below the broker's visibility time-out of an hour
WRITE_SECONDS = 0.5  # the cache is written no more often than this
BEAT_SECONDS = 3  # while it runs, a sign of life comes at least this often
STALE_SECONDS = 30  # an older sign of life is none
QUEUE_AGAIN_SECONDS = 120  # what waits longer is put into the queue again: a queue in files loses what a kill takes
KEPT_SECONDS = 24 * 3600  # in the cache

State = Work.State
Arguments = dict[str, Any]
Result = dict[str, Any]
log = logging.getLogger(__name__)


class Refused(Exception):
    """The work cannot be done, for a reason the person can read and act upon."""


class TakenOver(Exception):
    """Another worker does this work now; what was begun here is to be given up."""


class Person(Starter, Acting, Protocol):
    """A person in a post: whose work it is, and by whom its change sets are."""

    @property
    def user_id(self) -> int:
        """The user's key."""


@dataclass(frozen=True)
class Sign:
    """A sign of life: how far the work is, and when that was (seconds since 1970)."""

    done: int
    total: int
    at: float


class Progress:
    """How far a piece of work is; alive as long as the worker is, whatever it is just waiting for."""

    def __init__(self, row: Work) -> None:
        self._row = row
        self._done, self._total = 0, 0
        self._written = float("-inf")
        self._lock = threading.Lock()
        self._ended = threading.Event()

    def __enter__(self) -> Self:
        cache.set(_owner_key(self._row.pk), self._row.claim, KEPT_SECONDS)
        self._write()
        threading.Thread(target=self._beat, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self._ended.set()

    def set(self, done: int, total: int) -> None:
        """Say that ``done`` of ``total`` steps are done, as often as is handy. Raises ``TakenOver``."""
        self._done, self._total = done, total
        if time.monotonic() - self._written >= WRITE_SECONDS or done == total:
            self._write()

    def keep(self, result: Result) -> None:
        """Mark the work as done within the caller's transaction, as its last statement.

        What was done and that it is done then stand or fall together, also when the worker is killed in between.
        Raises ``TakenOver``.
        """
        if not _end(self._row, State.DONE, result=result):
            raise TakenOver

    def _beat(self) -> None:
        began = time.monotonic()
        while not self._ended.wait(BEAT_SECONDS) and time.monotonic() - began < HARD_SECONDS:
            try:
                self._write()
            except TakenOver:
                return

    def _write(self) -> None:
        with self._lock:
            if cache.get(_owner_key(self._row.pk), self._row.claim) != self._row.claim:
                raise TakenOver
            cache.set(_sign_key(self._row), Sign(self._done, self._total, time.time()), KEPT_SECONDS)
            self._written = time.monotonic()


Run = Callable[[Any, Arguments, Progress], Result]


@dataclass(frozen=True)
class Kind:
    """One kind of work: what does it, and what it is called."""

    run: Run
    label: str | Promise


_kinds: dict[str, Kind] = {}
_again: list[Callable[[int, int], Acting | None]] = []


def register(kind: str, run: Run, *, label: str | Promise) -> None:
    """Add a kind of work; the same kind replaces the old one.

    ``run`` is called with the person in the post of then (an ``Actor``), the arguments and a ``Progress``; what it
    returns may hold ``url`` and ``message``. It must do no harm when it runs twice: let it write in one transaction and
    close that with ``progress.keep``. Whatever a person can mend is raised as ``Refused``.
    """
    _kinds[kind] = Kind(run, label)


def act_again_by(again: Callable[[int, int], Acting | None]) -> None:
    """Say how a person is put into the post of a key again; None when the post is held no longer."""
    _again[:] = [again]


def label(kind: str) -> str:
    """What a kind of work is called."""
    return str(_kinds[kind].label) if kind in _kinds else kind


def start(kind: str, *, by: Person, subject: str, arguments: Arguments, url: str = "") -> Work:
    """Write the row and queue the work when the transaction is through. Raises ``KeyError`` for an unknown kind."""
    _kinds[kind]
    with transaction.atomic():
        row = Work.objects.create(
            kind=kind,
            subject=subject[:200],
            arguments=arguments,
            user_id=by.user_id,
            post_id=by.post_id,
            language=translation.get_language() or "",
            request_id=middleware.request_id.get(),
            url=url,
            created_at=by.now,
            queued_at=timezone.now(),
        )
        sendings.note_write()
    transaction.on_commit(lambda: _queue(row.pk))
    return row


def retry(row: Work) -> bool:
    """Queue work that failed or was broken off once more; False when it is neither."""
    if shown_state(row) not in {State.FAILED, State.BROKEN}:
        return False
    again = Work.objects.filter(pk=row.pk, state=row.state, claim=row.claim).update(
        state=State.WAITING, claim="", error="", seen_at=None, ended_at=None, queued_at=timezone.now()
    )
    if again:
        cache.set(_owner_key(row.pk), "", KEPT_SECONDS)  # whoever may still be at it gives up
        transaction.on_commit(lambda: _queue(row.pk))
    return bool(again)


def _queue(pk: int) -> None:
    from records import jobs  # whose shells call this module

    jobs.queue_work(pk)


# Doing it


def perform(pk: int, out_of_time: tuple[type[Exception], ...] = ()) -> bool:
    """Do the work unless it is done, or somebody is at it; whether it was done here.

    ``out_of_time`` are the faults that mean that it took too long.
    """
    row = _claim(pk)
    if row is None:
        return False
    token = middleware.request_id.set(row.request_id)
    try:
        with translation.override(row.language), Progress(row) as progress:
            return _end(row, State.DONE, result=_run(row, progress))
    except TakenOver:
        return False
    except Refused as reason:
        return _fail(row, str(reason))
    except (PermissionDenied, ValidationError) as reason:
        return _fail(row, " ".join(reason.messages) if isinstance(reason, ValidationError) else str(reason))
    except out_of_time:
        log.warning("Background work %s took too long.", pk)
        return _fail(row, _late(row))
    except Exception as fault:
        log.exception("Background work %s failed.", pk)
        return _fail(row, _unexpected(row, fault))
    finally:
        middleware.request_id.reset(token)


def _claim(pk: int) -> Work | None:
    """Take the work for oneself in one statement; None when it is ended or another's.

    Work that was broken off is taken up when the broker delivers it again, unless its starter has seen that it failed.
    """
    row = Work.objects.filter(pk=pk).first()
    if row is None or shown_state(row) not in {State.WAITING, State.BROKEN} or row.seen_at:
        return None
    values = {"state": State.RUNNING, "claim": secrets.token_hex(16), "began_at": timezone.now(), "ended_at": None}
    mine = Work.objects.filter(pk=pk, state=row.state, claim=row.claim, seen_at__isnull=True)
    if not mine.update(attempts=F("attempts") + 1, **values):
        return None
    return Work.objects.get(pk=pk)


def _run(row: Work, progress: Progress) -> Result:
    if row.kind not in _kinds:
        raise Refused(_("This kind of work is no longer known here."))
    acting = _again[0](row.user_id, row.post_id) if _again else None
    if acting is None:
        raise Refused(_("You no longer hold the post in which this was begun."))
    return _kinds[row.kind].run(acting, dict(row.arguments), progress)


def _end(row: Work, state: Work.State, **values: Any) -> bool:
    """Note how it ended, if it is still ours and has not ended; whether it is ended that way now."""
    mine = Work.objects.filter(pk=row.pk, claim=row.claim)
    values |= {"state": state, "ended_at": timezone.now()}
    return bool(mine.filter(state=State.RUNNING).update(**values)) or mine.filter(state=state).exists()


def _fail(row: Work, sentence: str) -> bool:
    _end(row, State.FAILED, error=sentence)
    return False


def _late(row: Work) -> str:
    with translation.override(row.language):
        return _("It took more than %(minutes)s minutes and was stopped. Divide it into smaller parts.") % {
            "minutes": SOFT_SECONDS // 60
        }


def _unexpected(row: Work, fault: Exception) -> str:
    with translation.override(row.language):
        if (found := trouble.of(fault)) is not None:
            return str(found.sentence)
        return _(
            "Something happened that the program did not expect. Try again; if it comes again, tell your administrator "
            "the number %(number)s."
        ) % {"number": row.request_id}


# Watching it


@dataclass(frozen=True)
class Standing:
    """How a piece of work stands, for a page."""

    row: Work
    state: Work.State
    percent: int | None
    done: int
    total: int

    @property
    def is_open(self) -> bool:
        """Whether it still waits or runs."""
        return self.state in {State.WAITING, State.RUNNING}

    @property
    def has_failed(self) -> bool:
        """Whether it ended without being done, and may be tried again."""
        return self.state in {State.FAILED, State.BROKEN}

    @property
    def label(self) -> str:
        """What kind of work it is."""
        return label(self.row.kind)

    @property
    def url(self) -> str:
        """Where to go: what came of it, else where it belongs."""
        return str(self.row.result.get("url") or self.row.url)


def _owner_key(pk: int) -> str:
    return f"records.work.{pk}"


def _sign_key(row: Work) -> str:
    return f"records.work.{row.pk}.{row.claim}"


def shown_state(row: Work, sign: Sign | None = None) -> Work.State:
    """How the work really stands: running without a sign of life is broken off."""
    if row.state != State.RUNNING:
        return State(row.state)
    sign = sign or cache.get(_sign_key(row))
    began_at = row.began_at.timestamp() if row.began_at else 0.0
    seconds = time.time() - max(sign.at if sign else 0.0, began_at)
    return State.RUNNING if seconds <= STALE_SECONDS else State.BROKEN


def standing(row: Work) -> Standing:
    """How the work stands now."""
    sign: Sign | None = cache.get(_sign_key(row)) if row.state == State.RUNNING else None
    done, total = (sign.done, sign.total) if sign else (0, 0)
    return Standing(row, shown_state(row, sign), min(100, done * 100 // total) if total else None, done, total)


def not_seen(starter: Starter | None, most: int = 20) -> list[Standing]:
    """The person's work that runs, then what has failed or ended since without having been looked at."""
    rows = Work.objects.visible_to(starter).filter(seen_at__isnull=True)
    found = [standing(row) for row in rows.order_by("-pk")[:most]]
    return sorted(found, key=lambda each: (not each.is_open, not each.has_failed))


def see(found: Standing) -> None:
    """Note that the person has seen how it ended."""
    if not found.is_open and found.row.seen_at is None:
        Work.objects.filter(pk=found.row.pk).update(seen_at=timezone.now())


# Looking after it


def sweep() -> int:
    """Note what was broken off, and queue again what waits long; how many were queued."""
    failing = Sweep("records.work")
    for row in Work.objects.filter(state=State.RUNNING):
        with failing.each(row.pk):
            if shown_state(row) == State.BROKEN:
                Work.objects.filter(pk=row.pk, state=State.RUNNING, claim=row.claim).update(state=State.BROKEN)
    now = timezone.now()
    late = Work.objects.filter(state=State.WAITING, queued_at__lt=now - datetime.timedelta(seconds=QUEUE_AGAIN_SECONDS))
    keys = list(late.values_list("pk", flat=True))
    late.filter(pk__in=keys).update(queued_at=now)
    for pk in keys:
        with failing.each(pk):
            _queue(pk)
    failing.close()
    return len(keys)


def health() -> dict[str, object]:
    """For the health page: how much work waits and how much runs."""
    rows = Work.objects.filter(state__in=[State.WAITING, State.RUNNING])
    return rows.aggregate(
        waiting=Count("pk", filter=Q(state=State.WAITING)), running=Count("pk", filter=Q(state=State.RUNNING))
    )
