"""The home board: figures by township or working committee × theme, as one actor sees them on one day."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from dates import periods
from dates.periods import Period
from orgs.actor import Actor
from orgs.models import Organisation
from orgs.rules import ABOVE, OPERATING, TWO_NEW, VILLAGE_LEVEL, Kind, Role
from tasks.board import snapshots
from tasks.board import sums as task_sums
from tasks.board.figures import Selection
from tasks.board.sums import Counted, Sums, TaskSums, added, counted
from tasks.models import Theme
from tasks.rules.status import Light

WEEKS = 12
TASKS_SHOWN = 6
ROW_KINDS: Mapping[str, frozenset[str]] = {
    "townships": frozenset({Kind.TOWNSHIP}),
    "committees": frozenset({Kind.WORKING_COMMITTEE}),
    "departments": frozenset(Kind) - OPERATING,
}
SEES_TOWNSHIPS = frozenset({Role.LEAD_DEPARTMENT})


@dataclass(frozen=True)
class Asked:
    """What the query string asks the board for."""

    period: Period
    programme: int | None
    theme: int | None
    rows: str  # a key of ROW_KINDS, or all


@dataclass(frozen=True)
class Cell:
    """One field of the matrix: its sums in words and the rows behind it."""

    sums: Sums
    url: str
    title: str

    @property
    def light(self) -> str:
        """Its most pressing light; none when nothing is there."""
        return self.sums.light

    @property
    def figure(self) -> str:
        """What stands in it: a percent, closed, nothing there, or nothing reported."""
        if not self.sums.total:
            return "—"
        if self.light == Light.DONE:
            return _("✓ closed")
        return _("not reported") if self.sums.percent is None else f"{self.sums.percent}%"

    @property
    def remark(self) -> str:
        """What is pressing, in words."""
        if self.light == Light.LATE:
            return _("%(count)s over") % {"count": self.sums["overdue"]}
        if self.light == Light.SOON:
            return _("%(count)s near") % {"count": self.sums["near"]}
        if self.light == Light.LAG:
            return _("%(count)s behind") % {"count": self.sums["behind"]}
        return ""


@dataclass(frozen=True)
class Row:
    """One row of the matrix; its cells are put into words only when it is shown."""

    board: "Board"
    organisation: Organisation
    sums: Sums
    by_theme: Mapping[int, Sums]

    @property
    def label(self) -> str:
        """Its name, with the county's when several counties are shown."""
        unit = self.organisation
        several = self.board.actor.organisation.kind == Kind.CITY
        return f"{unit.parent} {unit}" if several and unit.parent else str(unit)

    @cached_property
    def url(self) -> str:
        """The rows behind the whole row."""
        operates = self.organisation.kind in OPERATING and not self.board.by_organisation
        return self.board.url(**{"township" if operates else "organisation": self.organisation.pk})

    @cached_property
    def cells(self) -> list[Cell]:
        """One cell for each theme."""
        label = self.label
        found = [(theme, self.by_theme.get(theme.pk, _NOTHING)) for theme in self.board.themes]
        return [
            Cell(sums, f"{self.url}&theme={theme.pk}", _title(label, theme, sums)) if sums.total else Cell(sums, "", "")
            for theme, sums in found
        ]


@dataclass(frozen=True)
class Countdown:
    """A task in the countdown, the days it has left, and its rows."""

    task: TaskSums
    days: int
    url: str


@dataclass(frozen=True)
class Board:
    """Everything the page shows; each part is asked for once, by one or two queries."""

    actor: Actor
    asked: Asked

    @property
    def by_organisation(self) -> bool:
        """Whether a row is an organisation itself: below the county, and for departments."""
        whole = self.actor.organisation.kind in ABOVE or self.actor.role in SEES_TOWNSHIPS
        return not whole

    @cached_property
    def chosen(self) -> Selection:
        """What the board looks at."""
        return Selection(self.actor, self.asked.period, self.asked.programme, self.asked.theme)

    @cached_property
    def _counted(self) -> Counted:
        return counted(self.chosen, by_organisation=self.by_organisation)

    @property
    def _cells(self) -> dict[tuple[int, int], Sums]:
        return self._counted.cells

    @cached_property
    def sums(self) -> Sums:
        """The whole board added up: each card is one of these counts."""
        return added(self._cells.values())

    @cached_property
    def themes(self) -> list[Theme]:
        """The columns: the themes that have assignments here."""
        return list(Theme.objects.filter(pk__in={theme for _unit, theme in self._cells}))

    @cached_property
    def rows(self) -> list[Row]:
        """The rows asked for, those with most overdue first; a township without any assignment has its row too."""
        by_unit: dict[int, dict[int, Sums]] = {}
        for (unit, theme), sums in self._cells.items():
            by_unit.setdefault(unit, {})[theme] = sums
        found = []
        for organisation in self._units(set(by_unit)):
            by_theme = by_unit.get(organisation.pk, {})
            found.append(Row(self, organisation, added(by_theme.values()), by_theme))
        return sorted(found, key=lambda row: (-row.sums["overdue"], row.organisation.depth, row.organisation.code))

    def _units(self, keys: set[int]) -> Iterable[Organisation]:
        """The organisations that have assignments, and the operating ones besides when rows are townships."""
        wanted = Q(pk__in=keys)
        if not self.by_organisation:
            own = Organisation.objects.visible_to(self.actor).operating().open_on(self.actor.on)
            wanted |= Q(pk__in=own.values("pk"))
        units = Organisation.objects.filter(wanted)
        if self.actor.organisation.kind == Kind.CITY:
            units = units.select_related("parent")
        kinds = ROW_KINDS.get(self.asked.rows)
        return [row for row in units if kinds is None or row.kind in kinds]

    def url(self, **filters: int | str) -> str:
        """The list of the rows behind something on the board."""
        asked = self.asked
        kept = {"period": asked.period.key, "programme": asked.programme, "theme": asked.theme} | filters
        return f"{self._rows_path}?{urlencode({k: str(v) for k, v in kept.items() if v})}"

    @cached_property
    def _rows_path(self) -> str:
        return reverse("rows")

    @property
    def behind_url(self) -> str:
        """The assignments behind the expected curve."""
        return self.url(figure="behind")

    @property
    def unreported_url(self) -> str:
        """The assignments nobody has reported on."""
        return self.url(figure="unreported")

    @cached_property
    def townships_due(self) -> int:
        """Over how many rows the assignments due within 7 days are spread."""
        return len({unit for (unit, _theme), sums in self._cells.items() if sums["due_7"]})

    @cached_property
    def before(self) -> tuple[snapshots.Stand | None, float | None]:
        """The last snapshot before the period and the on-time rate of the period before it."""
        return snapshots.on_time_before(
            self.asked.period, self.actor, programme=self.asked.programme, theme=self.asked.theme
        )

    @cached_property
    def countdown(self) -> list[Countdown]:
        """The next tasks to fall due."""
        return [
            Countdown(task, (task.sums.due_on - self.actor.on).days, self.url(task=task.key))
            for task in task_sums.countdown(self._counted.tasks.values(), TASKS_SHOWN)
            if task.sums.due_on
        ]

    @cached_property
    def trend(self) -> list[tuple[Period, int, int]]:
        """Twelve weeks of what was issued and closed so far."""
        last = periods.week(min(self.asked.period.end, self.actor.on))
        weeks = [periods.week(last.start - datetime.timedelta(days=7 * back)) for back in range(WEEKS - 1, -1, -1)]
        return task_sums.trend(self.chosen, self._counted.tasks.values(), weeks)

    @cached_property
    def places(self) -> dict[str, int]:
        """How many organisations the board covers: townships, working committees, villages, two-new ones."""
        seen = Organisation.objects.visible_to(self.actor).open_on(self.actor.on)
        counts = dict(seen.order_by().values_list("kind").annotate(n=Count("pk")))
        return {
            "townships": counts.get(Kind.TOWNSHIP, 0),
            "committees": counts.get(Kind.WORKING_COMMITTEE, 0),
            "villages": sum(counts.get(kind, 0) for kind in VILLAGE_LEVEL),
            "two_new": sum(counts.get(kind, 0) for kind in TWO_NEW),
        }


_NOTHING = Sums()


def _title(label: str, theme: Theme, sums: Sums) -> str:
    """A cell in one sentence, for whoever points at it."""
    return _(
        "%(place)s, %(theme)s: %(total)s assignments, %(done)s closed, %(overdue)s overdue, %(unreported)s not reported"
    ) % {
        "place": label,
        "theme": theme,
        "total": sums.total,
        "done": sums["done"],
        "overdue": sums["overdue"],
        "unreported": sums["unreported"],
    }
