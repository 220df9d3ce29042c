"""The form of a ledger's row, made from its description; and the reason for seeing personal data."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ledgers import typed
from ledgers.imports import doubts
from ledgers.prefill import Known
from ledgers.rules import values as rules
from ledgers.rules.checks import Fault
from ledgers.rules.kinds import Column, KindRule
from ledgers.rules.values import Marks
from orgs.actor import Actor
from orgs.field_rules import DAYS, FieldType
from orgs.models import Organisation
from orgs.pages.fields import OrganisationField
from orgs.pages.forms import Styled, Versioned
from orgs.rules import TWO_NEW
from sheets.cleaning import clean_value
from tasks.facts import far_figures

YES, NO = "yes", "no"
PREFIX = "f_"
SURE = "sure_"  # before a column: the text that was said to be right


class TypedField(forms.CharField):
    """A field whose text is read like a workbook's cell; cleans to ``ledgers.typed.Typed``."""

    def __init__(self, column: Column, **kwargs: Any) -> None:
        super().__init__(max_length=rules.LONGEST, **kwargs)
        self.column = column

    def clean(self, value: Any) -> Any:
        """The value in stored form with its marks. Raises ``ValidationError`` with what to write instead."""
        text = super().clean(value)
        found = typed.read(self.column.field, text)
        if found.fault:
            raise forms.ValidationError(found.fault)
        return found


def field_for(column: Column) -> forms.Field:
    """The form field that fits a column."""
    rule = column.field
    common: dict[str, Any] = {"label": column.label, "required": column.required}
    if rule.type == FieldType.BOOL:
        return forms.ChoiceField(choices=[("", "—"), (YES, _("yes")), (NO, _("no"))], **common)
    if rule.type == FieldType.ENUM and rule.codes:
        choices = [("", "—"), *((code.value, code.label) for code in rule.codes)]
        return forms.ChoiceField(choices=choices, **common)
    if rule.type == FieldType.LIST and rule.codes:
        listed = [(code.value, code.label) for code in rule.codes]
        return forms.MultipleChoiceField(choices=listed, widget=forms.CheckboxSelectMultiple, **common)
    if rule.is_number:
        return TypedField(column, widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "num"}), **common)
    if rule.type in DAYS:
        hint = "2026-06" if rule.type == FieldType.MONTH else "2026-06-28"
        return TypedField(column, widget=forms.TextInput(attrs={"placeholder": hint}), **common)
    return TypedField(column, widget=forms.Textarea(attrs={"rows": 2}) if rule.long else forms.TextInput, **common)


def written(column: Column, value: Any, marks: tuple[str, ...] | list[str] = ()) -> Any:
    """A stored value as it stands in the form."""
    if column.field.type == FieldType.BOOL:
        return {True: YES, False: NO}.get(value, "")
    if column.field.codes:
        return value
    if column.field.type == FieldType.LIST:
        return "、".join(value)
    return rules.shown(column.field, value, marks).replace(",", "") if column.field.is_number else clean_value(value)


class EntryForm(Versioned, forms.Form):
    """A row: its period, and a field for each column in its groups.

    ``known`` are values shown at the start with their source; ``before`` are those that stand, or stood in the period
    before: an amount a hundred times off is asked about. Fields that are ``masked`` stay as they are.
    """

    period = forms.CharField(label=_("Period"), max_length=8)

    def __init__(
        self,
        *args: Any,
        kind: KindRule,
        actor: Actor,
        period: str,
        known: Mapping[str, Known] | None = None,
        before: Mapping[str, Any] | None = None,
        masked: frozenset[str] = frozenset(),
        **kwargs: Any,
    ) -> None:
        self.kind, self.known, self.masked = kind, dict(known or {}), masked
        self.before, self.asked = dict(before or {}), dict[str, str]()
        super().__init__(*args, **kwargs)
        self.columns = [c for c in kind.asked_on(actor.on) if c.key not in masked]
        for column in self.columns:
            made = field_for(column)
            if column.key in kind.natural_key:
                made.required = True
            if column.key in self.known:
                found = self.known[column.key]
                made.initial = written(column, found.value, found.marks)
            self.fields[PREFIX + column.key] = made
        if kind.period:
            self.fields["period"].initial = period
        else:
            del self.fields["period"]
        self._style()

    def _style(self) -> None:
        from orgs.pages.forms import style

        for field in self.fields.values():
            extra = field.widget.attrs.get("class", "")
            style(field)
            if extra == "num":
                field.widget.attrs["class"] = "form-control num"

    def clean_period(self) -> str:
        """A period's key of the ledger's kind."""
        period: str = self.cleaned_data["period"].strip().upper()
        if not self.kind.accepts_period(period):
            raise forms.ValidationError(
                _("Write the period like %(example)s.") % {"example": self.fields["period"].initial}
            )
        return period

    def clean(self) -> dict[str, Any]:
        """Ask about amounts far from those before, unless somebody has said that just these are right."""
        found: dict[str, Any] = super().clean() or {}
        for column in self.columns:
            given = self.cleaned_data.get(PREFIX + column.key)
            if isinstance(given, typed.Typed) and doubts.base_unit(column.field):
                self._ask_whether_right(column, given.value)
        return found

    def _ask_whether_right(self, column: Column, value: Any) -> None:
        text, before = self.data.get(PREFIX + column.key, "").strip(), self.before.get(column.key)
        if value is None or before is None or self.data.get(SURE + column.key, "").strip() == text:
            return
        if far_figures.says_no_unit(text, column.field.unit) and doubts.is_far(
            abs(Decimal(value)), abs(Decimal(before))
        ):
            known = rules.shown(column.field, before)
            self.add_error(PREFIX + column.key, far_figures.far_off(text, known, column.field.unit))
            self.asked[column.key] = text

    @property
    def groups(self) -> list[tuple[str, list[tuple[forms.BoundField, Column, str]]]]:
        """The fields under the headings above them: each with its column and the source of what stands in it."""
        found: list[tuple[str, list[tuple[forms.BoundField, Column, str]]]] = []
        for column in self.columns:
            if not found or found[-1][0] != column.group:
                found.append((column.group, []))
            source = self.known[column.key].source if column.key in self.known else ""
            found[-1][1].append((self[PREFIX + column.key], column, source))
        return found

    def values(self) -> dict[str, Any]:
        """What was typed in stored form, blanks as None; masked fields are not named."""
        found: dict[str, Any] = {}
        for column in self.columns:
            given = self.cleaned_data.get(PREFIX + column.key)
            if isinstance(given, typed.Typed):
                given = given.value
            if column.field.type == FieldType.LIST:
                given = given if isinstance(given, list) else []
                given = sorted(given)
            elif column.field.type == FieldType.BOOL:
                given = {YES: True, NO: False}.get(str(given))
            found[column.key] = given if given not in ("", []) else None
        return found

    def marks(self) -> Marks:
        """What else was said of the values, such as 约."""
        cleaned = ((c.key, self.cleaned_data.get(PREFIX + c.key)) for c in self.columns)
        return {key: given.marks for key, given in cleaned if isinstance(given, typed.Typed) and given.marks}

    def refuse(self, faults: list[Fault]) -> None:
        """Say each fault beside the first of its fields that is in the form."""
        for fault in faults:
            name = next((PREFIX + key for key in fault.fields if PREFIX + key in self.fields), None)
            self.add_error(name, fault.message)


class WhoseForm(Styled, forms.Form):
    """Whose row is begun."""

    organisation = OrganisationField(label=_("Organisation"))

    def __init__(self, *args: Any, actor: Actor, kinds: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        assert isinstance(field, OrganisationField)  # for the type checker
        field.kinds = kinds
        field.narrow(actor, Organisation.objects.open_on(actor.on))


class LinkForm(Styled, forms.Form):
    """The organisation of the register a row speaks of."""

    linked = OrganisationField(label=_("Organisation of the register"), required=False, kinds=sorted(TWO_NEW))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["linked"]
        assert isinstance(field, OrganisationField)  # for the type checker
        field.narrow(actor, Organisation.objects.open_on(actor.on))


class ReasonForm(Styled, forms.Form):
    """Why personal data has to be seen."""

    reason = forms.CharField(label=_("Reason"), min_length=4, max_length=200)
