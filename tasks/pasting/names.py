"""Villages found by what people call them, for pasted blocks and chat messages: one township's names, built once."""

import re
from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext as _

from naming.matching import Match, Matcher, Unit
from orgs.actor import Actor
from orgs.models import Organisation
from orgs.rules import ABOVE, OPERATING


class Villages:
    """The names of what stands below the actor's organisation."""

    def __init__(self, actor: Actor, places: Iterable[int]) -> None:
        known = set(places)
        home = actor.organisation
        wanted = Q(pk__in=known) | Q(path__in=actor.above)
        rows = Organisation.objects.filter(wanted).prefetch_related("names")
        self.organisations = {row.pk: row for row in rows}
        self._home = home
        self._matcher = Matcher(self._unit(row) for row in self.organisations.values())
        self.known = known
        forms = self._forms()
        self._keys = dict(forms)
        self._pattern = re.compile("|".join(re.escape(form) for form, _key in forms)) if forms else None

    def _unit(self, row: Organisation) -> Unit:
        names = tuple(other.name for other in row.names.all())
        level = "township" if row.kind in OPERATING else "above" if row.kind in ABOVE else "village"
        township = self._home.pk if level == "village" else None
        return Unit(row.pk, row.code, row.name, row.short_name, level, township, names)  # type: ignore[arg-type]

    def find(self, name: str) -> Match:
        """What a name means within the township."""
        return self._matcher.find(name)

    def place(self, name: str) -> int | None:
        """The one village a name means beyond doubt; None otherwise."""
        found = self.find(name)
        sure = found.found and "same_sound" not in found.steps  # what is one character off is asked about
        return int(found.key) if sure and found.key in self.known and found.key is not None else None

    def doubt(self, name: str) -> str:
        """Why a name is not taken, naming what it might mean."""
        found = self.find(name)
        meant = [] if found.key is None or found.key not in self.known else [found.key]  # one character off
        keys = dict.fromkeys([*meant, *self._matcher.suggestions(found, 3)])
        near = [self.organisations[int(key)].name for key in keys][:3]
        if not near:
            return _("There is no “%(name)s” here.") % {"name": name}
        return _("There is no “%(name)s” here. Is it %(near)s?") % {"name": name, "near": _(" or ").join(near)}

    def in_text(self, text: str) -> list[tuple[int, int, int]]:
        """The villages a text names, as (start, end, key) in order; the longest name at each place counts."""
        if self._pattern is None:
            return []
        return [(match.start(), match.end(), self._keys[match[0]]) for match in self._pattern.finditer(text)]

    def _forms(self) -> list[tuple[str, int]]:
        """Every way to write each village that means one of them only, longest first."""
        keys: dict[str, set[int]] = {}
        towns = {self._home.name, self._home.short_name} - {""}
        for key in self.known:
            row = self.organisations.get(key)
            if row is None:
                continue
            for name in {row.name, row.short_name, *(other.name for other in row.names.all())} - {""}:
                for form in {name, name.removesuffix("村"), name.removesuffix("社区")}:
                    if len(form) >= 2:
                        for before in ("", *towns):
                            keys.setdefault(before + form, set()).add(key)
        single = [(form, next(iter(found))) for form, found in keys.items() if len(found) == 1]
        return sorted(single, key=lambda pair: (-len(pair[0]), pair[0]))
