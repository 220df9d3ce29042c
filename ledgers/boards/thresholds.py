"""The numbers boards judge by, as a county sets them: lines of text that are read here."""

import datetime
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs import options
from orgs.rules import Kind

SECTION = gettext_lazy("Ledgers")
KINDS = {"村": Kind.VILLAGE, "社区": Kind.COMMUNITY}
STAGES = {"选址": "site", "基础": "foundation", "主体": "main", "粉刷": "plaster", "竣工": "finish"}
BUILD_TYPES = ("新建", "改扩建", "修缮")
_MINIMUM = re.compile(r"(村|社区)\s+(\d{4})\s+(\d+(?:\.\d+)?)")
_DUE = re.compile(r"(新建|改扩建|修缮)\s+(选址|基础|主体|粉刷|竣工)\s+(\d{1,2})-(\d{1,2})")


def minima(text: str) -> dict[str, dict[int, Decimal]]:
    """Area minima in ㎡ by kind of organisation and year. Raises ``ValueError`` with the line that is none."""
    found: dict[str, dict[int, Decimal]] = {kind: {} for kind in KINDS.values()}
    for line in filter(None, map(str.strip, text.splitlines())):
        match = _MINIMUM.fullmatch(line)
        if match is None:
            raise ValueError(line)
        found[KINDS[match[1]]][int(match[2])] = Decimal(match[3])
    return found


def minimum(table: Mapping[str, Mapping[int, Decimal]], kind: str, year: int) -> Decimal:
    """The minimum in force in a year: that of the latest year up to it; 0 before any."""
    years = [since for since in table.get(kind, {}) if since <= year]
    return table[kind][max(years)] if years else Decimal(0)


def due_days(text: str, year: int) -> dict[tuple[str, str], datetime.date]:
    """Days by which stages are due by kind of work, where a project has no plan of its own. Raises ``ValueError``."""
    found = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        match = _DUE.fullmatch(line)
        if match is None:
            raise ValueError(line)
        try:
            day = datetime.date(year, int(match[3]), int(match[4]))
        except ValueError as error:
            raise ValueError(line) from error
        found[match[1], STAGES[match[2]]] = day
    return found


def bands(text: str) -> list[Decimal]:
    """The upper bounds of income bands in yuan, rising; they are written in 万元. Raises ``ValueError``."""
    try:
        found = [Decimal(part) * 10_000 for part in re.split(r"[,，、\s]+", text.strip()) if part]
    except InvalidOperation as error:
        raise ValueError(text) from error
    if not found or found != sorted(set(found)) or found[0] <= 0:
        raise ValueError(text)
    return found


class LinesField(forms.CharField):
    """Lines that ``minima`` or ``due_days`` can read."""

    widget = forms.Textarea(attrs={"rows": 4})

    def clean(self, value: object) -> str:
        """The text as typed. Raises ``ValidationError`` that names the line."""
        text: str = super().clean(value)
        try:
            self.read_lines(text)
        except ValueError as wrong:
            raise ValidationError(
                _("“%(line)s” cannot be read; write it like the example.") % {"line": wrong}
            ) from wrong
        return text

    def read_lines(self, text: str) -> object:
        """Read the lines. Raises ``ValueError``."""
        raise NotImplementedError


class MinimaField(LinesField):
    """Area minima, a line each: 村 2026 90."""

    def read_lines(self, text: str) -> object:
        """Read the lines. Raises ``ValueError``."""
        return minima(text)


class DueDaysField(LinesField):
    """Due days of stages, a line each: 新建 主体 06-28."""

    def read_lines(self, text: str) -> object:
        """Read the lines; a leap day is no due day. Raises ``ValueError``."""
        return due_days(text, 2025)


class BandsField(forms.CharField):
    """Income bands in 万元 with commas: 5,10."""

    def clean(self, value: object) -> str:
        """The text as typed. Raises ``ValidationError``."""
        text: str = super().clean(value)
        try:
            bands(text)
        except ValueError as wrong:
            raise ValidationError(_("Write rising numbers with commas, such as 5,10.")) from wrong
        return text


def declare() -> None:
    """Declare what a county may set."""
    options.declare(
        "ledgers.area_minima",
        gettext_lazy("Least area of a venue"),
        "村 2000 90\n社区 2000 300",
        field=MinimaField,
        help=gettext_lazy("A line each: 村 or 社区, from which year, ㎡. The latest year holds. Such as 村 2026 120."),
        section=SECTION,
    )
    options.declare(
        "ledgers.building_due",
        gettext_lazy("Days by which stages are due"),
        "新建 主体 06-28\n改扩建 主体 06-20\n新建 竣工 10-31\n改扩建 竣工 10-31\n修缮 竣工 10-31",
        field=DueDaysField,
        help=gettext_lazy("Where a project has no planned day of its own. A line each, such as 新建 主体 06-28."),
        section=SECTION,
    )
    options.declare(
        "ledgers.income_threshold",
        gettext_lazy("Income every village should reach, in 10,000 yuan"),
        Decimal(5),
        field=lambda: forms.DecimalField(min_value=0, max_digits=8, decimal_places=2),
        help=gettext_lazy("Subsidies do not count towards it."),
        section=SECTION,
    )
    options.declare(
        "ledgers.income_bands",
        gettext_lazy("Income bands, in 10,000 yuan"),
        "5,10",
        field=BandsField,
        help=gettext_lazy("Upper bounds with commas: 5,10 makes none, below 5, 5 to 10, 10 and more."),
        section=SECTION,
    )
    options.declare(
        "ledgers.must_build_members",
        gettext_lazy("Full members from which a unit must have a Party organisation"),
        3,
        field=lambda: forms.IntegerField(min_value=1, max_value=50),
        section=SECTION,
    )
    options.declare(
        "ledgers.follow_days",
        gettext_lazy("Days a converted village is followed up"),
        365,
        field=lambda: forms.IntegerField(min_value=0, max_value=1500),
        section=SECTION,
    )
