"""What is away or full around the program, told apart from faults of its own: one true sentence instead of a 500."""

import logging
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from records.files import NO_ROOM, Lost

DISK_FULL = "53100"  # PostgreSQL's word for it
LITTLE_BYTES = 1024 * 1024
SECONDS = 60  # after which it is worth trying again
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Trouble:
    """What an answer says of it: the sentence and the status."""

    sentence: str | Promise
    status: int


FULL = Trouble(
    _(
        "There is no room left on the server's disk, so nothing was saved. Tell the administrator; "
        "go back and send it again when there is room."
    ),
    507,
)
NO_DATABASE = Trouble(_("The database does not answer just now, so nothing was saved. Try again in a minute."), 503)
NO_QUEUE = Trouble(
    _("The service behind background work does not answer just now. Try again in a minute; what was saved stays."), 503
)


def of(fault: BaseException | None) -> Trouble | None:
    """What a fault, or what led to it, says of the surroundings; None for a fault of the program's own."""
    return next((found for each in _chain(fault) if (found := _of_one(each))), None)


def _chain(fault: BaseException | None) -> Iterator[BaseException]:
    seen = set[int]()
    while fault is not None and id(fault) not in seen:
        seen.add(id(fault))
        yield fault
        fault = fault.__cause__ or fault.__context__


def _of_one(fault: BaseException) -> Trouble | None:
    if isinstance(fault, Lost):
        return Trouble(str(fault), 410)
    if isinstance(fault, RedisConnectionError | RedisTimeoutError | BrokerError):
        return NO_QUEUE
    if isinstance(fault, OSError) and fault.errno in NO_ROOM:
        return FULL
    if isinstance(fault, OperationalError | InterfaceError):
        return _of_database(fault)
    return None


def _of_database(fault: Exception) -> Trouble | None:
    words = str(fault).lower()
    if getattr(fault.__cause__, "pgcode", None) == DISK_FULL or "disk is full" in words or "no space left" in words:
        return FULL
    if "disk i/o error" in words or "unable to open" in words:  # how SQLite tells it when not even its log can grow
        return FULL if shutil.disk_usage(settings.VAR_DIR).free < LITTLE_BYTES else NO_DATABASE
    if words.startswith("no such") or "syntax error" in words or "has no column" in words:
        return None  # SQLite's words for a fault of ours
    return NO_DATABASE


def page(trouble: Trouble) -> HttpResponse:
    """The page that says so, without asking the database."""
    context = {"sentence": trouble.sentence, "LANGUAGE_CODE": get_language()}
    answer = HttpResponse(render_to_string("errors/trouble.html", context), status=trouble.status)
    if trouble.status == NO_DATABASE.status:
        answer["Retry-After"] = str(SECONDS)
    return answer


class TroubleMiddleware:
    """Answers what a view could not do because of its surroundings; handler500 does so for everything around views."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        """The page for a fault of the surroundings; None for any other."""
        trouble = of(fault)
        if trouble is None:
            return None
        log.error("%s: %s", type(fault).__name__, fault)
        return page(trouble)
