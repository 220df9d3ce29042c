"""What to tell whom today, over what is due, what was told already, and the calendar: pure sentences."""

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from dates.workdays import Calendar
from orgs.duties import Due, Stage
from orgs.rules import Role
from reminders.rules.kinds import (
    DAY,
    DIGESTS,
    HOLIDAY,
    LEADERS,
    OWNERS,
    PERSONAL,
    UNFINISHED,
    VERIFIERS,
    Kind,
    KindRule,
    Kinds,
    Section,
    holiday_stretch,
    may_send,
    named,
    reminder_days,
    rule_for,
)
from reminders.rules.pushing import channels_of, push, pushed_lines
from reminders.rules.shapes import NONE_PUSHED, Already, Figures, Held, Line, Planned, Pushed, Recipient, shortened


def plan(
    recipients: Iterable[Recipient],
    due: Mapping[int, Sequence[Due]],
    already: Already,
    now: datetime.datetime,
    *,
    digests: bool = True,
    pushed: Mapping[int, Sequence[Pushed]] = NONE_PUSHED,
) -> list[Planned]:
    """What goes out now: a digest for whoever had none today, else what cannot wait for one.

    A post counts within the hours of its own county's workdays only.

    A digest waits for its hour in the county's table; what cannot wait does not wait for it.

    ``due`` is what is owed, ``pushed`` what is pushed, both by organisation of a post. ``digests`` False looks for what
    was pushed or sent back only.
    """
    found = []
    for each in recipients:
        posts = tuple(post for post in each.posts if may_send(now, post.calendar))
        if not posts:
            continue
        person = Recipient(each.user_id, posts)
        if digests and person.user_id not in already.digested and not _waits(person, already, now):
            planned = _digest(person, due, already, now, pushed)
        else:
            planned = push(person, due, already, now, pushed)
        if planned:
            found.append(planned)
    return found


def head_of(since: datetime.date, today: datetime.date, calendar: Calendar) -> Kind:
    """Which digest the day brings: monthly over weekly over daily; a first workday that was missed counts too."""
    if since < calendar.first_of_month(today) <= today:
        return Kind.MONTHLY
    first = calendar.first_of_week(today)
    return Kind.WEEKLY if first and since < first <= today else Kind.DAILY


def next_digest(recipients: Iterable[Recipient], already: Already, now: datetime.datetime) -> datetime.time | None:
    """The next hour at which a digest goes out to somebody who had none today; None when nobody waits for one."""
    rules = (
        _digest_rule(person, already, now.date()) for person in recipients if person.user_id not in already.digested
    )
    return min((rule.hour for rule in rules if rule and rule.hour and rule.waits(now.time())), default=None)


def _waits(person: Recipient, already: Already, now: datetime.datetime) -> bool:
    rule = _digest_rule(person, already, now.date())
    return rule is not None and rule.waits(now.time())


def _digest_rule(person: Recipient, already: Already, today: datetime.date) -> KindRule | None:
    """The row of the digest that the day brings to a person."""
    post = person.posts[0]
    since = already.since_of.get(person.user_id, already.since)
    return named(post.kinds, _head_here(head_of(since, today, post.calendar), post.kinds))


def _digest(
    person: Recipient,
    due: Mapping[int, Sequence[Due]],
    already: Already,
    now: datetime.datetime,
    pushed: Mapping[int, Sequence[Pushed]],
) -> Planned | None:
    today = now.date()
    since = already.since_of.get(person.user_id, already.since)
    kind = head_of(since, today, person.posts[0].calendar)
    told = already.told.get(person.user_id, ())
    lines = [line for line in pushed_lines(person, pushed, told) if line.due.due_on < today]
    pushed_here = bool(lines)
    figures: list[Figures] = []
    held_back = True
    channels = {channel for line in lines for channel in channels_of(person, line.due.kind)}
    for post in person.posts:
        here = _head_here(kind, post.kinds)
        day = _Day(today, since, here, post, told)
        rows = due.get(post.organisation_id, ())
        if post.role in LEADERS and here != Kind.DAILY:
            figures += [found for found in [_figures(rows, day)] if found]
            continue
        for row in rows:
            section = day.section(row)
            if section:
                lines.append(Line(section, row, post.post_id))
                channels |= set(day.rule(row).channels)
                held_back &= section == Section.DUE and day.rule(row).waits(now.time())
    if not figures and (not lines or (held_back and not pushed_here)):
        return None
    for post in person.posts:
        if kind != Kind.DAILY and (rule := named(post.kinds, kind)):
            channels |= set(rule.channels)
    shown, left_out = shortened(lines)
    marks = tuple(sorted({mark for line in lines for mark in line.due.marks}))
    post_id = (lines[0].post_id if lines else figures[0].post_id) if (lines or figures) else 0
    return Planned(
        person.user_id,
        post_id,
        kind,
        f"digest:{today}",
        shown,
        left_out,
        tuple(figures),
        marks,
        tuple(sorted(channels & set(PERSONAL))),
    )


def _head_here(kind: Kind, kinds: Kinds) -> Kind:
    """The digest's kind as far as the table where the post stands has it switched on."""
    for candidate in DIGESTS[DIGESTS.index(kind) :]:
        rule = named(kinds, candidate)
        if candidate == Kind.DAILY or rule is None or rule.active:
            return candidate
    return Kind.DAILY


@dataclass(frozen=True)
class _Day:
    """One post's day: which section a thing belongs to."""

    today: datetime.date
    since: datetime.date
    kind: Kind
    post: Held
    told: Collection[str]

    @property
    def until(self) -> datetime.date:
        """The last due date a weekly or monthly digest lists."""
        if self.kind == Kind.MONTHLY:
            return (self.today.replace(day=28) + DAY * 4).replace(day=1) - DAY
        return self.today + DAY * (6 - self.today.weekday())

    def rule(self, row: Due) -> KindRule:
        """The row of the table for a thing."""
        return rule_for(self.post.kinds, row)

    def section(self, row: Due) -> Section | None:
        """Where a thing stands in this person's digest today; None when it does not."""
        if row.stage in {Stage.DONE, Stage.WAITING}:
            return None
        if row.stage == Stage.REVIEW:
            listed = self.kind != Kind.DAILY and self.post.role in VERIFIERS
            return Section.REVIEW if listed and self._digests(row) else None
        if row.due_on < self.today:
            return Section.OVERDUE if self._overdue(row) else self._returned(row)
        return self._ahead(row) if self.post.role in OWNERS else None

    def _digests(self, row: Due) -> bool:
        rule = self.rule(row)
        return rule.monthly if self.kind == Kind.MONTHLY else rule.weekly

    def _overdue(self, row: Due) -> bool:
        """Overdue is listed in every weekly and monthly digest, and on the days of the table by who it escalates to."""
        rule = self.rule(row)
        least = {Role.TOWNSHIP_LEADER: rule.supervisor_from, Role.COUNTY_OFFICE: rule.county_from}
        if self.post.role in OWNERS:
            least_days = 0
        elif self.post.role in least:
            least_days = least[Role(self.post.role)]
        else:
            return False
        if self.kind != Kind.DAILY:
            return (self.today - row.due_on).days >= least_days
        if row.stage == Stage.FRESH:
            return False
        _ahead, after = reminder_days(rule, row.due_on, self.post.calendar)
        return any(days >= least_days and self._today(day) for day, days in after)

    def _today(self, day: datetime.date) -> bool:
        """Whether a reminder's day is today, or was missed since the last one."""
        return self.since < day <= self.today

    def _returned(self, row: Due) -> Section | None:
        known = self.kind == Kind.DAILY and set(row.marks) <= set(self.told)
        owns = self.post.role in OWNERS and row.stage == Stage.RETURNED
        return Section.RETURNED if owns and not known else None

    def _ahead(self, row: Due) -> Section | None:
        returned = self._returned(row)
        if returned or row.stage == Stage.FRESH:
            return returned
        rule = self.rule(row)
        if self.kind != Kind.DAILY and row.due_on <= self.until and self._digests(row):
            return Section.DUE
        ahead, _after = reminder_days(rule, row.due_on, self.post.calendar)
        if any(self._today(day) for day, _days in ahead):
            return Section.DUE
        if self._before_holiday(row.due_on):
            return Section.HOLIDAY
        new = self.kind != Kind.DAILY and row.given_on > self.since - DAY * (31 if self.kind == Kind.MONTHLY else 7)
        return Section.NEW if new and rule.active else None

    def _before_holiday(self, due_on: datetime.date) -> bool:
        rule = named(self.post.kinds, HOLIDAY)
        if rule is not None and not rule.active:
            return False
        stretch = holiday_stretch(self.since, self.today, self.post.calendar)
        return stretch is not None and stretch[0] <= due_on <= stretch[1]


def _figures(rows: Sequence[Due], day: _Day) -> Figures | None:
    """A leader's five figures; None when there is nothing to say."""
    count = dict.fromkeys(("due", "overdue", "returned", "waiting", "done"), 0)
    late = []
    for row in rows:
        if row.kind == "verification":
            continue
        for name, holds in (
            ("due", row.stage in UNFINISHED and day.today <= row.due_on <= day.until),
            ("overdue", row.stage in UNFINISHED and row.due_on < day.today),
            ("returned", row.stage == Stage.RETURNED),
            ("waiting", row.stage == Stage.WAITING),
            ("done", row.stage == Stage.DONE),
        ):
            count[name] += row.organisations if holds else 0
        if row.stage in UNFINISHED and row.due_on < day.today:
            late.append(Line(Section.OVERDUE, row, day.post.post_id))
    if not any(count.values()):
        return None
    worst = sorted(late, key=lambda line: (-line.due.organisations, line.due.due_on, line.due.key))[:3]
    return Figures(organisation_id=day.post.organisation_id, post_id=day.post.post_id, worst=tuple(worst), **count)
