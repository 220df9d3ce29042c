"""One cell of the grid: which fact its task asks for, how that fact reads, and what was typed into it. Pure."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Protocol, TypeVar

from django.utils.translation import gettext as _

from orgs.pages import requested
from sheets.clipboard import one_line
from sheets.values import plain
from tasks.rules import typed_facts
from tasks.rules.percents import round_on
from tasks.rules.status import Shape
from tasks.rules.typed_facts import NotRead

T = TypeVar("T")
MOST_TIMES = 999
WORDS_LENGTH = 500
NOT_BEGUN = "0"  # typed or chosen: nothing of it is done yet


class Ask(StrEnum):
    """What a cell asks for."""

    STAGE = "stage"
    FIGURE = "figure"
    COUNT = "count"
    PERCENT = "percent"
    WORDS = "words"


ASKS = {
    Shape.MILESTONES: Ask.STAGE,
    Shape.QUANTITY: Ask.FIGURE,
    Shape.RECURRING: Ask.COUNT,
    Shape.SINGLE: Ask.PERCENT,
    Shape.STANDING: Ask.WORDS,
}


NUMBERS = frozenset((Ask.FIGURE, Ask.COUNT, Ask.PERCENT))


def too_long() -> str:
    """Why words are refused that are longer than a cell or a remark holds."""
    return _("At most %(count)s characters.") % {"count": WORDS_LENGTH}


class Stage(Protocol):
    """A milestone or a round, as far as a cell goes."""

    pk: int
    name: str
    due_on: datetime.date
    wanted: int
    count: int | None
    done_on: datetime.date | None

    @property
    def is_done(self) -> bool:
        """Whether it is reached."""


@dataclass(frozen=True)
class Facts:
    """What stands on an assignment: the shape of its task, its figure, percent and words, and its stages in order."""

    shape: str
    unit: str = ""
    value: Decimal | None = None
    percent: int | None = None
    said: str = ""
    stages: Sequence[Stage] = ()

    @property
    def ask(self) -> Ask:
        """What its cell asks for."""
        return ASKS[Shape(self.shape)]


@dataclass(frozen=True)
class Given:
    """What was typed: a figure, days or counts by milestone key, a percent, or words."""

    value: Decimal | None = None
    reached: dict[int, datetime.date | int | None] = field(default_factory=dict)
    percent: int | None = None
    words: str = ""


def last_reached(stages: Sequence[Stage]) -> int:
    """How far it is: the place, from 1, of the furthest milestone reached; 0 for none."""
    return max((place for place, stage in enumerate(stages, start=1) if stage.is_done), default=0)


def shown(facts: Facts, on: datetime.date) -> str:
    """The text that stands in the cell; "" where nothing was reported."""
    if facts.ask == Ask.STAGE:
        place = last_reached(facts.stages)
        return str(place) if place else NOT_BEGUN if facts.percent is not None else ""
    if facts.ask == Ask.COUNT:
        now = round_on(facts.stages, on)
        return "" if now is None or now.count is None else str(now.count)
    if facts.ask == Ask.FIGURE:
        return typed_facts.shown(facts.value)
    if facts.ask == Ask.WORDS:
        return one_line(facts.said)
    return "" if facts.percent is None else str(facts.percent)


def in_words(facts: Facts, text: str) -> str:
    """A cell's text as people say it: the stage's name instead of its place, the figure with its unit."""
    if not text:
        return _("not reported")
    if facts.ask == Ask.STAGE:
        return stage_in_words(facts.stages, text)
    if facts.ask == Ask.PERCENT:
        return text if text.endswith(("%", "％")) else f"{text}%"
    return f"{text} {facts.unit}".strip() if facts.ask == Ask.FIGURE else text


def stage_in_words(stages: Sequence[Stage], text: str) -> str:
    """The name of the stage at a place; 未开始 for 0."""
    if text == NOT_BEGUN:
        return _("not begun")
    place = requested.number(text, least=1, most=len(stages))
    return stages[place - 1].name if place else text


def read(facts: Facts, text: str, on: datetime.date) -> Given:
    """What was typed, as a fact. Raises ``NotRead`` with a sentence.

    A blank is never a fact: what was reported is corrected by the right one, or taken back by undoing.
    """
    text = text.strip()
    if not text:
        raise NotRead(_("What was reported is not emptied: write the right figure, or undo the last save."))
    if facts.ask == Ask.STAGE:
        return Given(reached=_up_to(facts.stages, place_of(facts.stages, text), on))
    if facts.ask == Ask.COUNT:
        return _count(facts, text, on)
    if facts.ask == Ask.WORDS:
        if len(text) > WORDS_LENGTH:
            raise NotRead(too_long())
        return Given(words=text)
    if facts.ask == Ask.PERCENT:
        percent = typed_facts.percent(text)
        return Given(percent=_something(percent))
    return Given(value=_something(typed_facts.figure(text, facts.unit)))


def normal(facts: Facts, text: str, on: datetime.date) -> str:
    """The text as the cell would show it once saved; "" stays blank. Raises ``NotRead``."""
    if not text.strip():
        return ""
    if facts.ask == Ask.STAGE:
        return str(place_of(facts.stages, text))
    given = read(facts, text, on)
    if facts.ask == Ask.COUNT:
        return str(next(iter(given.reached.values())))
    if facts.ask == Ask.PERCENT:
        return str(given.percent)
    return given.words if facts.ask == Ask.WORDS else typed_facts.shown(given.value)


def place_of(stages: Sequence[Stage], text: str) -> int:
    """The place of the stage that a text names: by number, by its name, or by part of one name alone.

    Raises ``NotRead``, naming the stages.
    """
    if not stages:
        raise NotRead(_("Say first which kind of work it is, on the page of this matter."))
    sought = plain(text)
    names = [plain(stage.name) for stage in stages]
    place = requested.number(sought, most=len(stages))
    if place is not None:
        return place
    if sought in {"未开始", "未动工", "没开工", "未开工", plain(_("not begun"))}:
        return 0
    if sought in names:
        return names.index(sought) + 1
    near = [place for place, name in enumerate(names, start=1) if name in sought or sought in name]
    if len(near) == 1:
        return near[0]
    listed = "、".join(f"{place} {stage.name}" for place, stage in enumerate(stages, start=1))
    raise NotRead(_("“%(text)s” is none of the stages: %(stages)s.") % {"text": text, "stages": listed})


def _up_to(stages: Sequence[Stage], place: int, on: datetime.date) -> dict[int, datetime.date | int | None]:
    """The days that change when a stage is said to be reached: those on the way are done, those after it are not.

    A stage skipped below the furthest one so far stays as it was: nobody said anything of it.
    """
    before = last_reached(stages)
    found: dict[int, datetime.date | int | None] = {}
    for at, stage in enumerate(stages, start=1):
        if before < at <= place and not stage.is_done:
            found[stage.pk] = on
        elif at > place and stage.is_done:
            found[stage.pk] = None
    return found


def _count(facts: Facts, text: str, on: datetime.date) -> Given:
    now = round_on(facts.stages, on)
    if now is None:
        raise NotRead(_("No round of this task has been set."))
    count = typed_facts.whole(text.partition("/")[0], MOST_TIMES)
    return Given(reached={now.pk: _something(count)})


def _something(found: T | None) -> T:
    if found is None:
        raise NotRead(_("What was reported is not emptied: write the right figure, or undo the last save."))
    return found
