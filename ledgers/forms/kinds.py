"""Forms of what a ledger asks for: its line, its columns, and what a workbook proposes."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dates.bounds import Days
from ledgers.proposing import Heading
from ledgers.rules import checks
from ledgers.rules.kinds import Column, KindRule, PeriodKind, Subject
from orgs.field_rules import CODED, Code, FieldRule, FieldType
from orgs.pages.fields import DayField
from orgs.pages.forms import Styled, Versioned
from orgs.pages.secrecy import KeepsSecretsOut
from orgs.rules import ADMINISTRATORS, Role

ROLES = [(role.value, role.label) for role in Role if role not in ADMINISTRATORS]
SKIP, NEW = "", "+"


class LineForm(Versioned, forms.Form):
    """A ledger's own line."""

    label_zh = forms.CharField(label=gettext_lazy("Chinese name"), max_length=60)
    label_en = forms.CharField(label=gettext_lazy("English name"), max_length=80, required=False)
    note_zh = forms.CharField(
        label=gettext_lazy("What it is for"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    period = forms.ChoiceField(label=gettext_lazy("Kept anew"), choices=PeriodKind.choices, required=False)
    subject = forms.ChoiceField(label=gettext_lazy("Holds rows of"), choices=Subject.choices)
    everyone = forms.BooleanField(label=gettext_lazy("Every one of them owes a row"), required=False)
    stale_days = forms.IntegerField(label=gettext_lazy("Stale after days"), min_value=1, max_value=3650, initial=180)
    active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)


class KindForm(LineForm):
    """The whole line of a ledger that has columns: what tells rows apart, who may see it, and the checks."""

    natural_key = forms.MultipleChoiceField(
        label=gettext_lazy("What tells rows apart"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen: one row an organisation and period."),
    )
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Only to be seen by"),
        required=False,
        choices=ROLES,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen: every post. Choose roles where it holds personal data."),
    )
    checks = forms.CharField(
        label=gettext_lazy("Checks between columns"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy(
            "A line each, such as 总收入 = 经营收入 + 补助收入, 选址 <= 主体, 是否销号 -> 销号时间. "
            "A line that begins with ! keeps the row from being saved; the others only mark it."
        ),
    )

    def __init__(self, *args: Any, kind: KindRule, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        keys = self.fields["natural_key"]
        assert isinstance(keys, forms.MultipleChoiceField)  # for the type checker
        keys.choices = [(column.key, column.label) for column in kind.columns]

    @staticmethod
    def initial_of(kind: KindRule) -> dict[str, Any]:
        """What the form shows of a ledger at the start."""
        labels = {column.key: column.field.zh for column in kind.columns}
        lines = [
            ("!" if check.severity == checks.Severity.ERROR else "") + checks.written(check, labels)
            for check in kind.checks
        ]
        return {
            "label_zh": kind.zh,
            "label_en": kind.en,
            "note_zh": kind.note_zh,
            "period": kind.period,
            "subject": kind.subject,
            "everyone": kind.everyone,
            "stale_days": kind.stale_days,
            "active": kind.active,
            "natural_key": list(kind.natural_key),
            "roles": list(kind.roles),
            "checks": "\n".join(lines),
        }

    def clean_checks(self) -> list[dict[str, str]]:
        """The checks as they are stored, naming fields by key."""
        names = {column.field.zh: column.key for column in self.kind.columns}
        names |= {column.field.en: column.key for column in self.kind.columns if column.field.en}
        found = []
        for line in filter(None, map(str.strip, self.cleaned_data["checks"].splitlines())):
            severity = checks.Severity.ERROR if line.startswith(("!", "！")) else checks.Severity.WARNING
            try:
                check = checks.parse(line.lstrip("!！ "), severity, names)
            except checks.UnreadableCheck as wrong:
                raise ValidationError(str(wrong)) from wrong
            unknown = [name for name in check.fields if name not in self.kind.by_key]
            if unknown:
                raise ValidationError(_("“%(name)s” is no column of this ledger.") % {"name": unknown[0]})
            found.append({"text": checks.written(check), "severity": severity.value})
        return found


def _lines(text: str) -> list[str]:
    """Words that were written on lines or with commas."""
    for comma in "，,、；;":
        text = text.replace(comma, "\n")
    return list(dict.fromkeys(part.strip() for part in text.splitlines() if part.strip()))


class ColumnForm(Styled, forms.Form):
    """A column and its field: the words are those of the dictionary, shared by every ledger that has the field."""

    label_zh = forms.CharField(label=gettext_lazy("Chinese name"), max_length=60)
    label_en = forms.CharField(label=gettext_lazy("English name"), max_length=80, required=False)
    type = forms.ChoiceField(label=gettext_lazy("Type"), choices=FieldType.choices)
    unit = forms.CharField(label=gettext_lazy("Unit"), max_length=12, required=False)
    codes = forms.CharField(
        label=gettext_lazy("Code list"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("A line each; other ways to write it after a | with commas: 改扩建 | 改建, 扩建"),
    )
    aliases = forms.CharField(
        label=gettext_lazy("Other headings"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("How workbooks call this column in this ledger, with commas."),
    )
    group = forms.CharField(label=gettext_lazy("Heading above"), max_length=60, required=False)
    required = forms.BooleanField(label=gettext_lazy("Must be filled in"), required=False)
    personal = forms.BooleanField(
        label=gettext_lazy("Personal data"),
        required=False,
        help_text=gettext_lazy("Sealed at rest, masked on screen and in exports."),
    )
    since = DayField(kind=Days.HELD, label=gettext_lazy("Asked from"), required=False)
    until = DayField(kind=Days.HELD, label=gettext_lazy("Asked until"), required=False)

    @staticmethod
    def initial_of(column: Column) -> dict[str, Any]:
        """What the form shows of a column at the start."""
        field = column.field
        codes = [f"{c.value} | {', '.join(c.aliases)}" if c.aliases else c.value for c in field.codes]
        return {
            "label_zh": field.zh,
            "label_en": field.en,
            "type": field.type,
            "unit": field.unit,
            "codes": "\n".join(codes),
            "aliases": "、".join(column.aliases),
            "group": column.group,
            "required": column.required,
            "personal": field.personal,
            "since": column.since,
            "until": column.until,
        }

    def clean(self) -> dict[str, Any]:
        """A choice needs its code list."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("type") == FieldType.ENUM and not cleaned.get("codes", "").strip():
            self.add_error("codes", _("Write what can be chosen, a line each."))
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", _("It ends before it begins."))
        return cleaned

    def code_list(self, before: Sequence[Code] = ()) -> list[dict[str, Any]]:
        """The code list; English words that were there stay."""
        if self.cleaned_data["type"] not in CODED:
            return []
        english = {code.value: code.en for code in before}
        found = []
        for line in filter(None, map(str.strip, self.cleaned_data["codes"].splitlines())):
            value, _bar, aliases = line.partition("|")
            value = value.strip()
            found.append({"value": value, "en": english.get(value, ""), "aliases": _lines(aliases)})
        return found

    def field(self, before: FieldRule | None = None) -> dict[str, Any]:
        """The dictionary's part as columns of the table."""
        given = self.cleaned_data
        return {
            **{name: given[name] for name in ("label_zh", "label_en", "type", "unit", "personal")},
            "codes": self.code_list(before.codes if before else ()),
        }

    def column(self) -> dict[str, Any]:
        """The ledger's part as columns of the table."""
        given = self.cleaned_data
        values = {name: given[name] for name in ("group", "required", "since", "until")}
        return {**values, "aliases": _lines(given["aliases"])}


class WorkbookForm(KeepsSecretsOut, Styled, forms.Form):
    """A blank workbook whose headings become proposed columns."""

    file = forms.FileField(
        label=gettext_lazy("Blank workbook"),
        help_text=gettext_lazy(".xlsx, .xls, .ods or .csv. Its headings are proposed as columns."),
    )

    def clean_file(self) -> Any:
        """The file, looked at for marks of secrecy."""
        upload: Any = self.cleaned_data["file"]
        if upload:
            self.look_at(upload)
        return upload


class AddFieldForm(Styled, forms.Form):
    """A field of the dictionary to add as a column."""

    field = forms.ChoiceField(label=gettext_lazy("Field of the dictionary"))

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["field"]
        assert isinstance(field, forms.ChoiceField)  # for the type checker
        field.choices = choices


class ProposalsForm(Styled, forms.Form):
    """What a workbook's headings become: each one a field of the dictionary, a new one with its type, or nothing."""

    def __init__(self, *args: Any, headings: Sequence[Heading], choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.headings = headings
        becomes = [(NEW, _("a new field")), (SKIP, _("leave it out")), *choices]
        for place, heading in enumerate(headings):
            self.fields[f"becomes_{place}"] = forms.ChoiceField(
                choices=becomes, required=False, initial=heading.field or NEW, label=heading.text
            )
            self.fields[f"type_{place}"] = forms.ChoiceField(
                choices=FieldType.choices, initial=heading.type, label=_("Type")
            )
        from orgs.pages.forms import style

        for field in self.fields.values():
            style(field)

    @property
    def rows(self) -> list[tuple[Heading, forms.BoundField, forms.BoundField]]:
        """Each heading with its two choices."""
        return [(h, self[f"becomes_{n}"], self[f"type_{n}"]) for n, h in enumerate(self.headings)]
