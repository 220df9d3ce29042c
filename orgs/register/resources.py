"""The columns of the register: how a cell becomes a value, a row an organisation, and an organisation a row again.

Parsing, preview and result are django-import-export's (``Field``, ``Result``, ``RowResult``); rows are read, compared
and written all at once, since one by one a city takes the better part of a minute.
"""

import datetime
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, ClassVar, cast

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet, TextChoices
from django.utils import translation
from django.utils.translation import gettext as _
from import_export import fields, resources, results, widgets
from tablib import Dataset  # type: ignore[import-untyped]

from dates import bounds
from dates.bounds import Days
from orgs.models import Organisation, OrganisationName, TermOfOffice, YearRating
from orgs.pages import requested
from orgs.register.layout import HEADINGS, LEVELS, Fault, Line, Plan, Table
from orgs.rules import Kind, PartyForm, VillageClass
from sheets.reading import Cell, code_of, day_of, text_of

Names = list[tuple[str, datetime.date | None]]
_DATED = re.compile(r"(?P<name>.+?)\s*[（(]\s*(?:至|until)?\s*(?P<day>\d{4}[^（()）]+)[)）]", re.IGNORECASE)


class TextWidget(widgets.Widget):  # type: ignore[misc]
    """Text without spaces around it."""

    def clean(self, value: Cell, row: Any = None, **kwargs: Any) -> str:
        """The text of a cell."""
        return text_of(value)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        """The value itself: the workbook knows how to write days and numbers."""
        return value


class CodeWidget(TextWidget):
    """A code, whatever width its characters were typed in."""

    def clean(self, value: Cell, row: Any = None, **kwargs: Any) -> str:
        """The code in a cell."""
        return code_of(value)


class DayWidget(TextWidget):
    """A day, as a date cell or in one of the usual ways to write it."""

    def clean(self, value: Cell, row: Any = None, **kwargs: Any) -> datetime.date | None:  # type: ignore[override]
        """The day in a cell. Raises ``ValueError``."""
        try:
            found = day_of(value)
        except ValueError as error:
            raise ValueError(
                _("“%(text)s” is not a day. Write it like 2026-06-28.") % {"text": text_of(value)}
            ) from error
        if out := bounds.fault(found, Days.HELD):
            raise ValueError(out)
        return found


class ChoiceWidget(TextWidget):
    """One of a list of choices: its code, or its name in any language of the house."""

    def __init__(self, choices: type[TextChoices]) -> None:
        super().__init__()
        self.choices = choices

    def clean(self, value: Cell, row: Any = None, **kwargs: Any) -> str:
        """The choice's code, empty for an empty cell. Raises ``ValueError``."""
        text = text_of(value)
        found = _choices_by_word(self.choices).get(text.lower()) if text else ""
        if found is None:
            known = _(", ").join(str(label) for label in self.choices.labels)
            raise ValueError(_("“%(text)s” is unknown. Known are: %(known)s.") % {"text": text, "known": known})
        return found

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        """The choice in the reader's language."""
        return str(self.choices(value).label) if value else ""


@lru_cache
def _choices_by_word(choices: type[TextChoices]) -> dict[str, str]:
    found = {value: value for value in choices.values}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found.update({str(choice.label).lower(): choice.value for choice in choices})
    return found


class NumberWidget(TextWidget):
    """A whole number within bounds."""

    def __init__(self, least: int, most: int) -> None:
        super().__init__()
        self.least, self.most = least, most

    def clean(self, value: Cell, row: Any = None, **kwargs: Any) -> int | None:  # type: ignore[override]
        """The number in a cell. Raises ``ValueError``."""
        text = code_of(value)
        if not text:
            return None
        found = requested.number(text, least=self.least, most=self.most)
        if found is None:
            words = {"text": text, "least": self.least, "most": self.most}
            raise ValueError(_("“%(text)s” is not a whole number from %(least)s to %(most)s.") % words)
        return found


class NamesWidget(TextWidget):
    """Other names: each with the last day it was used, if any, in brackets; ``；`` or a new line between them."""

    def clean(self, value: Cell, row: Any = None, **kwargs: Any) -> Names:  # type: ignore[override]
        """The names and their last days. Raises ``ValueError``."""
        text = text_of(value)
        found: Names = []
        for part in text.split("\n") if "\n" in text else re.split("[；;]", text):
            dated = _DATED.fullmatch(part.strip())
            name = dated["name"] if dated else part.strip()
            if len(name) > _NAME_LENGTH:
                raise ValueError(_too_long(name, _NAME_LENGTH))
            if name:
                found.append((name, DayWidget().clean(dated["day"]) if dated else None))
        return found

    def render(self, value: Names | None, obj: Any = None, **kwargs: Any) -> str:
        """The names in one cell."""
        parts = [f"{name}（至{until}）" if until else name for name, until in value or []]
        lines = any(";" in part or "；" in part for part in parts)
        return "\n".join([*parts, ""]) if lines else "；".join(parts)


_NAME_LENGTH: int = OrganisationName._meta.get_field("name").max_length or 0


def _too_long(text: str, limit: int) -> str:
    return _("“%(text)s…” is longer than %(limit)s characters.") % {"text": text[:20], "limit": limit}


class RegisterResult(results.Result):  # type: ignore[misc]
    """The result of an import with the plan it followed."""

    plan: Plan


Planner = Callable[[list[Line], list[Fault]], Plan]
Saver = Callable[[Plan], None]


def _field(column: str, widget: widgets.Widget, attribute: str | None = None) -> fields.Field:
    return fields.Field(attribute=attribute, column_name=column, widget=widget)


class OrganisationResource(resources.ModelResource):  # type: ignore[misc]
    """Organisations with their names, this year's class and stars, and the latest term of office."""

    code = _field("code", CodeWidget(), "code")
    name = _field("name", TextWidget(), "name")
    level = _field("level", TextWidget())
    parent_code = _field("parent_code", CodeWidget())
    urban_rural_class = _field("urban_rural_class", TextWidget(), "urban_rural_class")
    node_type = _field("node_type", TextWidget(), "node_type")
    short_name = _field("short_name", TextWidget(), "short_name")
    kind = _field("kind", ChoiceWidget(Kind), "kind")
    party_form = _field("party_form", ChoiceWidget(PartyForm), "party_form")
    aliases = _field("aliases", NamesWidget())
    old_names = _field("old_names", NamesWidget())
    year = _field("year", NumberWidget(1949, 2999))
    village_class = _field("village_class", ChoiceWidget(VillageClass))
    stars = _field("stars", NumberWidget(0, 5))
    term_start = _field("term_start", DayWidget())
    term_end = _field("term_end", DayWidget())
    opened_on = _field("opened_on", DayWidget(), "opened_on")
    closed_on = _field("closed_on", DayWidget(), "closed_on")
    merged_into_code = _field("merged_into_code", CodeWidget())

    class Meta:
        model = Organisation
        fields: ClassVar = list(HEADINGS)
        export_order: ClassVar = list(HEADINGS)
        import_id_fields: ClassVar = ["code"]
        use_transactions = True

    def __init__(self, *, year: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.year_shown = year

    # Reading

    @classmethod
    def get_result_class(cls) -> type[RegisterResult]:
        """Results that carry the plan."""
        return RegisterResult

    def load(self, table: Table, *, plan: Planner, save: Saver, dry_run: bool) -> RegisterResult:
        """Read the table, plan, and save unless something is wrong, nothing would change, or it is a dry run."""
        dataset = Dataset(*table.rows, headers=table.columns)
        result = self.import_data(
            dataset, dry_run=dry_run, numbers=table.numbers, plan=plan, save=save, raise_errors=True
        )
        return cast(RegisterResult, result)

    def import_data_inner(
        self,
        dataset: Dataset,
        dry_run: bool,
        raise_errors: bool,
        using_transactions: bool,
        collect_failed_rows: bool,
        **kwargs: Any,
    ) -> RegisterResult:
        """The whole import at once: ``numbers`` of the rows in the file, ``plan`` and ``save`` come from the action."""
        result = self.get_result_class()()
        lines, faults = self._lines(dataset, kwargs["numbers"])
        result.plan = plan = kwargs["plan"](lines, faults)
        result.total_rows = len(dataset)
        faulty = {fault.row for fault in plan.faults}
        for line in plan.lines:
            row_result = self.get_row_result_class()()
            row_result.instance = line.organisation
            row_result.import_type = _import_type(line, faulty)
            result.increment_row_result_total(row_result)
            result.append_row_result(row_result)
        for fault in plan.faults:
            result.append_invalid_row(fault.row, {}, ValidationError({fault.column or "code": [fault.message]}))
        if not (dry_run or plan.faults or plan.empty):
            kwargs["save"](plan)
        return result

    def _lines(self, dataset: Dataset, numbers: list[int]) -> tuple[list[Line], list[Fault]]:
        """Every row with its values, and what could not be read."""
        columns = list(dataset.headers)
        readers = [(column, self.fields[column].widget.clean, _limit(column)) for column in columns]
        lines, faults = [], []
        for number, row in zip(numbers, dataset, strict=True):
            values: dict[str, Any] = {}
            for (column, clean, limit), cell in zip(readers, row, strict=True):
                try:
                    value = clean(cell)
                    if limit and len(value) > limit:
                        raise ValueError(_too_long(value, limit))
                except ValueError as error:
                    faults.append(Fault(number, column, str(error)))
                else:
                    values[column] = value
            lines.append(Line(number, values.get("code", ""), values, Organisation(), is_new=True))
        return lines, faults

    # Writing

    def rows(self, queryset: QuerySet[Organisation]) -> Iterator[list[Any]]:
        """Every column of every organisation, days as days and numbers as numbers."""
        ratings = YearRating.objects.filter(year=self.year_shown)
        terms = TermOfOffice.objects.order_by("started_on")
        names = OrganisationName.objects.order_by("pk")
        queryset = queryset.select_related("parent", "merged_into").prefetch_related(
            Prefetch("names", names, to_attr="all_names"),
            Prefetch("ratings", ratings, to_attr="ratings_shown"),
            Prefetch("terms", terms, to_attr="all_terms"),
        )
        columns = self.get_export_fields()  # found once: django-import-export looks them up again for every row
        writers = [getattr(self, f"dehydrate_{column.column_name}", column.export) for column in columns]
        for organisation in queryset:
            yield [write(organisation) for write in writers]

    def dehydrate_level(self, row: Organisation) -> str:
        """The level of the statistical register."""
        return LEVELS.get(row.kind, "")

    def dehydrate_parent_code(self, row: Organisation) -> str:
        """The parent's code, also of one outside the register."""
        return row.parent.code if row.parent else row.external_parent_code

    def dehydrate_merged_into_code(self, row: Organisation) -> str:
        """The code of the one it was merged into."""
        return row.merged_into.code if row.merged_into else ""

    def dehydrate_aliases(self, row: Any) -> str:
        """Names still in use beside its own."""
        return NamesWidget().render([(other.name, None) for other in row.all_names if other.until is None])

    def dehydrate_old_names(self, row: Any) -> str:
        """Names with the last day they were used."""
        return NamesWidget().render([(other.name, other.until) for other in row.all_names if other.until])

    def dehydrate_year(self, row: Any) -> int | None:
        """The year of class and stars."""
        return self.year_shown if row.ratings_shown else None

    def dehydrate_village_class(self, row: Any) -> str:
        """The year's class."""
        return str(row.ratings_shown[0].get_village_class_display()) if row.ratings_shown else ""

    def dehydrate_stars(self, row: Any) -> int | None:
        """The year's stars."""
        return row.ratings_shown[0].stars if row.ratings_shown else None

    def dehydrate_term_start(self, row: Any) -> datetime.date | None:
        """When the latest term began."""
        return row.all_terms[-1].started_on if row.all_terms else None

    def dehydrate_term_end(self, row: Any) -> datetime.date | None:
        """When the latest term ends."""
        return row.all_terms[-1].ends_on if row.all_terms else None


def _limit(column: str) -> int | None:
    """How long a column's text may be, None for what is no text column."""
    own = {"parent_code": "external_parent_code", "code": "code", "name": "name", "short_name": "short_name"}
    own |= {"node_type": "node_type", "urban_rural_class": "urban_rural_class"}
    return cast(int, Organisation._meta.get_field(own[column]).max_length) if column in own else None  # type: ignore[union-attr]


def _import_type(line: Line, faulty: set[int]) -> str:
    kinds = results.RowResult
    if line.number in faulty:
        return str(kinds.IMPORT_TYPE_INVALID)
    if line.is_new:
        return str(kinds.IMPORT_TYPE_NEW)
    return str(kinds.IMPORT_TYPE_UPDATE if line.changes else kinds.IMPORT_TYPE_SKIP)
