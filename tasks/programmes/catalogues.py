"""The catalogues that come with the program: themes and tasks in substance, to be taken into a programme's year."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml
from django.conf import settings

from orgs.rules import GRASSROOTS, Kind
from tasks.rules.status import Basic, Every, Shape

FOLDER = settings.BASE_DIR / "fixtures" / "catalogues"
ALL = "all"  # of every kind of organisation at the grass roots: a common task (共性任务)


@dataclass(frozen=True)
class Stage:
    """A milestone of a catalogue: its day without the year, and for which kind of work."""

    code: str
    name: str
    due: str
    variant: str = ""
    weight: int = 1
    owner: str = ""
    deliverable: str = ""


@dataclass(frozen=True)
class Item:
    """A task of a catalogue with its answers; ``due`` and ``starts`` are days without the year, such as 06-28.

    ``figure`` names where its fact is kept, if in a ledger.
    """

    title: str
    kinds: tuple[str, ...]
    supervisor: str
    owner: str
    standard: str
    effect: str
    due: str
    consequence: str
    measures: str
    starts: str = ""
    shape: str = Shape.SINGLE
    unit: str = ""
    target: int | None = None
    every: str = ""
    times: int = 1
    variant: str = ""
    figure: str = ""
    evidence: str = ""
    is_key: bool = False
    is_optional: bool = False
    stages: tuple[Stage, ...] = ()

    @property
    def is_common(self) -> bool:
        """Whether it is for all kinds of organisation."""
        return is_common(self.kinds)


@dataclass(frozen=True)
class Part:
    """A theme of a catalogue with its tasks."""

    name: str
    basic: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Catalogue:
    """A shipped catalogue: where it comes from, the theme it gives its year, its parts."""

    key: str
    name: str
    about: str
    source: str
    year_theme: str
    parts: tuple[Part, ...]

    @property
    def size(self) -> int:
        """How many tasks it has."""
        return sum(len(part.items) for part in self.parts)


def is_common(kinds: tuple[str, ...]) -> bool:
    """Whether a task for these kinds is a common one: every kind at the grass roots owes it."""
    return set(kinds) >= GRASSROOTS


@cache
def shipped() -> Mapping[str, Catalogue]:
    """All catalogues by key, in the order of their files. Raises ``ValueError`` for a file that is not right."""
    found = [_read(path.stem, yaml.safe_load(path.read_text("utf-8"))) for path in sorted(FOLDER.glob("*.yaml"))]
    return {catalogue.key: catalogue for catalogue in found}


def _read(key: str, given: Mapping[str, Any]) -> Catalogue:
    parts = tuple(
        Part(part["name"], Basic(part["basic"]).value, tuple(_item(key, task) for task in part["tasks"]))
        for part in given["themes"]
    )
    return Catalogue(key.split("_", 1)[1], given["name"], given["about"], given["source"], given["year_theme"], parts)


def _item(key: str, given: Mapping[str, Any]) -> Item:
    values = dict(given)
    kinds = values.pop("kinds")
    values["kinds"] = tuple(sorted(GRASSROOTS)) if kinds == ALL else tuple(Kind(kind).value for kind in kinds)
    values["shape"] = Shape(values.get("shape", Shape.SINGLE)).value
    values["every"] = Every(values["every"]).value if "every" in values else ""
    values["measures"] = values["measures"].strip()
    values["stages"] = tuple(Stage(**stage) for stage in values.get("stages", ()))
    for day in [values["due"], values.get("starts"), *(stage.due for stage in values["stages"])]:
        if day and on(day, 2026) is None:
            raise ValueError(f"{key}: {given['title']}: {day}")
    return Item(**values)


def on(day: str, year: int) -> datetime.date | None:
    """A day without its year in a year; None for "" and for what is none."""
    try:
        return datetime.date.fromisoformat(f"{year}-{day}")
    except ValueError:
        return None
