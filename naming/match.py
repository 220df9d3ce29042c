"""Organisations as plain data to be found by name, and what a look-up answers."""

from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Key = int | str
Status = Literal["matched", "missing", "unknown", "ambiguous", "conflict", "review"]
Level = Literal["above", "township", "village", "other"]

STEPS: dict[str, Promise] = {
    "spaces": _("spaces removed"),
    "traditional": _("traditional or full-width characters converted"),
    "county_prefix": _("county before the name removed"),
    "township_prefix": _("township before the name removed"),
    "party_suffix": _("name of the Party organisation reduced to the village"),
    "suffix": _("suffix of the committee disregarded"),
    "no_suffix": _("name completed"),
    "old_name": _("old name or other name"),
    "same_sound": _("one character of the same sound put right"),
    "slip": _("one character differs"),
    "code": _("found by its code"),
    "township_column": _("searched in the township of the row"),
    "context": _("searched in the township that the title, sheet or section names"),
    "several_names": _("several names in one cell"),
    "elsewhere": _("the name exists in another township"),
    "code_differs": _("code and name say different organisations"),
    "unknown_code": _("the code is unknown"),
    "unknown_township": _("the township is unknown"),
    "closed": _("the organisation has been closed"),
}


@dataclass(frozen=True)
class Unit:
    """One organisation as plain data; ``township`` is the key of the township that operates it.

    ``successor`` is the key of the organisation a closed one was merged into.
    """

    key: Key
    code: str
    name: str
    short_name: str = ""
    level: Level = "village"
    township: Key | None = None
    other_names: tuple[str, ...] = ()
    closed: bool = False
    successor: Key | None = None


@dataclass(frozen=True)
class Match:
    """What a name was found to mean, and how."""

    status: Status
    key: Key | None = None
    candidates: tuple[Key, ...] = ()
    steps: tuple[str, ...] = ()
    township: Key | None = None
    shown: str = ""

    @property
    def found(self) -> bool:
        """Whether it is one organisation beyond doubt."""
        return self.status == "matched"
