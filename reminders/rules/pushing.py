"""What is told beside the digest, because it must not wait for it: at most two messages a person a day."""

import datetime
from collections.abc import Collection, Mapping, Sequence

from orgs.duties import Due, Stage
from reminders.rules.kinds import OWNERS, PERSONAL, PUSHES, PUSHES_A_DAY, Kind, Section, named
from reminders.rules.shapes import Already, Line, Planned, Pushed, Recipient, shortened


def pushed_lines(person: Recipient, pushed: Mapping[int, Sequence[Pushed]], told: Collection[str]) -> list[Line]:
    """What is pushed to the person's posts and not known yet, each once."""
    found: dict[int, Line] = {}
    for post in person.posts:
        for push in pushed.get(post.organisation_id, ()):
            if post.role in push.roles and push.mark not in told:
                found.setdefault(push.pk, Line(Section.PUSHED, push.due(), post.post_id))
    return list(found.values())


def channels_of(person: Recipient, kind: str) -> set[str]:
    """The channels of a kind of push, in the tables where the person's posts stand."""
    return {channel for post in person.posts if (rule := named(post.kinds, kind)) for channel in rule.channels}


def push(
    person: Recipient,
    due: Mapping[int, Sequence[Due]],
    already: Already,
    now: datetime.datetime,
    pushed: Mapping[int, Sequence[Pushed]],
) -> Planned | None:
    """What was pushed or sent back and is not known yet, in one message; at most two a day, the rest waits.

    It waits for the next digest: a push of an earlier day has had its chance.
    """
    number = already.pushes.get(person.user_id, 0) + 1
    if number > PUSHES_A_DAY:
        return None
    told = set(already.told.get(person.user_id, ()))
    today = now.date()
    lines = [line for line in pushed_lines(person, pushed, told) if line.due.due_on == today]
    lines += [
        Line(Section.RETURNED, row, post.post_id)
        for post in person.posts
        if post.role in OWNERS
        for row in due.get(post.organisation_id, ())
        if row.stage == Stage.RETURNED and not set(row.marks) <= told
    ]
    if not lines:
        return None
    kinds = {line.due.kind if line.section == Section.PUSHED else Kind.RETURNED.value for line in lines}
    shown, left_out = shortened(lines)
    return Planned(
        person.user_id,
        shown[0].post_id,
        next(kind for kind in PUSHES if kind in kinds),
        f"push:{today}:{number}",
        shown,
        left_out,
        marks=tuple(sorted({mark for line in lines for mark in line.due.marks})),
        channels=tuple(sorted({c for kind in kinds for c in channels_of(person, kind)} & set(PERSONAL))),
    )
