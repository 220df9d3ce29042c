"""The table of kinds, and the days on which a date is reminded of: pure sentences."""

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from dates.workdays import Calendar, shifted
from orgs.duties import Due, Stage
from orgs.rules import Role

OPENS, CLOSES = datetime.time(8, 30), datetime.time(18)
LAST_HOUR = datetime.time(17, 30)  # the latest hour of a row: half an hour to spare for the sweep
PUSHES_A_DAY = 2
PUSHED_DAYS = 7  # how long a push that found no room on its day waits for a digest
QUEUED_TO = datetime.time(9)  # of the next workday, for what is pushed outside hours
LINES_SHOWN = 20  # of one section; the rest is counted
HOLIDAY_NOTICE = (5, 2)  # workdays before a long holiday
HOLIDAY_AFTER = 3  # workdays after it that are looked at too
BREAKER_TIMES, BREAKER_FLOOR = 3, 20
DAY = datetime.timedelta(days=1)

OWNERS = frozenset({Role.TOWNSHIP_ORGANISER, Role.VILLAGE_RECORDER, Role.DEPARTMENT, Role.LEAD_DEPARTMENT})
VERIFIERS = frozenset({Role.COUNTY_OFFICE, Role.LEAD_DEPARTMENT, Role.TOWNSHIP_ORGANISER})
LEADERS = frozenset({Role.COUNTY_LEADER, Role.TOWNSHIP_LEADER})
TOLD = OWNERS | VERIFIERS | LEADERS  # nobody else owes, watches or verifies anything
UNFINISHED = frozenset({Stage.OPEN, Stage.FRESH, Stage.RETURNED})


class Kind(TextChoices):
    """What a message is."""

    DAILY = "daily_digest", _("Daily reminder")
    WEEKLY = "weekly_digest", _("Weekly digest")
    MONTHLY = "monthly_digest", _("Monthly digest")
    ORDER = "order", _("Supervision order")
    URGE = "urge", _("Urged")
    RETURNED = "returned", _("Sent back")
    NOTICE = "notice", _("Notice of the system")


DIGESTS = (Kind.MONTHLY, Kind.WEEKLY, Kind.DAILY)  # each takes the place of those after it
PUSHES = (Kind.ORDER, Kind.URGE, Kind.RETURNED)  # beside the digest; several at once bear the first one's name


class Section(TextChoices):
    """The parts of a digest, in reading order."""

    PUSHED = "pushed", _("Urged and ordered")
    OVERDUE = "overdue", _("Overdue")
    RETURNED = "returned", _("Sent back")
    DUE = "due", _("Falling due")
    HOLIDAY = "holiday", _("Due in the holiday or just after it")
    REVIEW = "review", _("To verify")
    NEW = "new", _("Newly given")


class Unit(TextChoices):
    """In what the days of a reminder are counted."""

    DAYS = "day", _("calendar days")
    WORKDAYS = "workday", _("working days")


class Channel(TextChoices):
    """How a message reaches people beside the message centre, where every message stands."""

    MAIL = "mail", _("E-mail")
    SMS = "sms", _("SMS")
    WECOM = "wecom", _("WeCom group robot")
    DINGTALK = "dingtalk", _("DingTalk group robot")


PERSONAL = (Channel.MAIL, Channel.SMS)


# rows of the table that are no duty of somebody: pushes, the digests, the list before a long holiday
OF_MESSAGES = frozenset({*PUSHES, Kind.WEEKLY, Kind.MONTHLY, "holiday"})


@dataclass(frozen=True)
class KindRule:
    """One row of the table of kinds: which duties, how many days ahead and after, which channels.

    ``least_days`` to ``most_days`` is how long the thing runs from being given to being due. ``supervisor_from`` and
    ``county_from`` are days late from which the reminder also goes to the township's leader and the county office.
    ``hour`` holds back what comes ahead of the date until then, unless the person is told something else before; of a
    digest it is the hour at which it goes out, and without one that is as soon as anything may.
    Switching a kind off ends what comes ahead of the date; what is overdue is always told.
    """

    key: str
    duty: str
    name: str = ""
    least_days: int = 0
    most_days: int = 9999
    ahead: tuple[int, ...] = ()
    after: tuple[int, ...] = ()
    unit: str = Unit.DAYS
    hour: datetime.time | None = None
    supervisor_from: int = 1
    county_from: int = 7
    channels: tuple[str, ...] = (Channel.MAIL,)
    weekly: bool = True
    monthly: bool = True
    active: bool = True

    def waits(self, now: datetime.time) -> bool:
        """Whether what comes ahead of the date, or the digest, still waits for its hour."""
        return self.hour is not None and now < self.hour

    @property
    def read(self) -> frozenset[str]:
        """The columns by which anything goes in this row."""
        return COLUMNS_OF.get(self.key, frozenset(COLUMNS))


Kinds = tuple[KindRule, ...]
HOLIDAY = "holiday"
OWED_AT_ALL = frozenset({"*", HOLIDAY, Kind.RETURNED, *DIGESTS})  # rows about whatever is owed
COLUMNS = (  # what a county may write in a row
    "ahead",
    "after",
    "unit",
    "hour",
    "supervisor_from",
    "county_from",
    "channels",
    "weekly",
    "monthly",
    "active",
)
COLUMNS_OF: Mapping[str, frozenset[str]] = {
    Kind.DAILY: frozenset({"hour"}),
    Kind.WEEKLY: frozenset({"hour", "channels", "active"}),
    Kind.MONTHLY: frozenset({"hour", "channels", "active"}),
    HOLIDAY: frozenset({"active"}),
    **{kind: frozenset({"channels"}) for kind in PUSHES},
}
FALLBACK = KindRule("other", "*", ahead=(3, 1), after=(1, 3, 7))


def rule_for(kinds: Kinds, due: Due) -> KindRule:
    """The row of the table that fits: by duty and by how long the thing runs; else the last resort."""
    days = (due.due_on - due.given_on).days
    for rule in kinds:
        if rule.duty == due.kind and rule.least_days <= days <= rule.most_days:
            return rule
    return next((rule for rule in kinds if rule.duty == "*"), FALLBACK)


def named(kinds: Kinds, key: str) -> KindRule | None:
    """The row with this key."""
    return next((rule for rule in kinds if rule.key == key), None)


def may_send(moment: datetime.datetime, calendar: Calendar) -> bool:
    """Whether anything may go out now: from 08:30 until before 18:00 on workdays."""
    return calendar.works(moment.date()) and OPENS <= moment.time() < CLOSES


@lru_cache(maxsize=65536)
def reminder_days(
    rule: KindRule, due_on: datetime.date, calendar: Calendar
) -> tuple[tuple[tuple[datetime.date, int], ...], tuple[tuple[datetime.date, int], ...]]:
    """The days on which a date is reminded of, ahead and after, with the days left or late that each stands for.

    Days ahead that fall on a rest day move to the workday before, days after to the next workday.
    """
    by_workday = rule.unit == Unit.WORKDAYS
    ahead, after = [], []
    for days in rule.ahead if rule.active else ():
        day = calendar.before(due_on, days) if by_workday else calendar.on_or_before(shifted(due_on, -days))
        ahead.append((calendar.on_or_before(day), days))
    for days in rule.after:
        day = calendar.after(due_on, days) if by_workday else calendar.on_or_after(shifted(due_on, days))
        after.append((day, days))
    return tuple(ahead), tuple(after)


def push_at(moment: datetime.datetime, calendar: Calendar) -> datetime.datetime:
    """When something pushed at a moment may go out: at once within hours, else at nine on the next workday."""
    if may_send(moment, calendar):
        return moment
    before_nine = moment.time() < QUEUED_TO and calendar.works(moment.date())
    day = moment.date() if before_nine else calendar.on_or_after(moment.date() + DAY)
    return datetime.datetime.combine(day, QUEUED_TO, tzinfo=moment.tzinfo)


def flows_over(planned: int, usual: float | None) -> bool:
    """Whether a run is so much larger than the largest lately that somebody must look first (the circuit breaker)."""
    return usual is not None and planned > BREAKER_FLOOR and planned > BREAKER_TIMES * usual


def next_hour(kinds: Iterable[KindRule], has_source: Callable[[str], bool], now: datetime.time) -> datetime.time | None:
    """The next hour of the day at which a kind in use is told."""
    return min((rule.hour for rule in _used(kinds, has_source) if rule.hour and rule.hour > now), default=None)


def longest_notice(kinds: Iterable[KindRule], has_source: Callable[[str], bool]) -> int:
    """How many calendar days ahead of a date the first reminder of any kind in use comes, generously."""
    days = [max(rule.ahead, default=0) * (2 if rule.unit == Unit.WORKDAYS else 1) for rule in _used(kinds, has_source)]
    return max([31, *days]) + 10


def is_fed(rule: KindRule, has_source: Callable[[str], bool], is_pushed: Callable[[str], bool]) -> bool:
    """Whether anything in this installation can ever be told by the row."""
    if rule.key in PUSHES and rule.key not in OWED_AT_ALL:
        return is_pushed(rule.key)
    return rule.duty in OWED_AT_ALL or has_source(rule.duty)


def _used(kinds: Iterable[KindRule], has_source: Callable[[str], bool]) -> Iterator[KindRule]:
    return (rule for rule in kinds if rule.duty == "*" or has_source(rule.duty))


@lru_cache(maxsize=4096)
def holiday_stretch(
    since: datetime.date, today: datetime.date, calendar: Calendar
) -> tuple[datetime.date, datetime.date] | None:
    """The due dates to be listed today because a long holiday is coming: five and two workdays before it."""
    holiday = calendar.long_holiday_after(today)
    if holiday is None:
        return None
    first, last = holiday
    if not any(since < calendar.before(first, count) <= today for count in HOLIDAY_NOTICE):
        return None
    return first, calendar.after(last, HOLIDAY_AFTER)
