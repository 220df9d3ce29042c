"""The shape of what a county sets."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from orgs.options import Option, Options, declared, kept
from orgs.pages.forms import Styled, style


@dataclass(frozen=True)
class Row:
    """One option on the page: its field, what holds otherwise, and whether the organisation set it itself."""

    key: str
    field: forms.BoundField
    otherwise: str
    own: bool


class OptionsForm(Styled, forms.Form):
    """Every option that apps declared. Each field sends back what was seen, so that only what was changed is saved."""

    def __init__(self, *args: Any, values: Options, inherited: Options, own: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, initial=dict(values), **kwargs)
        self.inherited, self.own = inherited, own
        for option in declared():
            field = option.made()
            field.show_hidden_initial = True
            style(field)
            self.fields[option.key] = field

    @property
    def changed(self) -> dict[str, Any]:
        """What was changed, by key."""
        return {key: self.cleaned_data[key] for key in self.changed_data}

    @property
    def seen(self) -> dict[str, Any]:
        """The values the person saw of what was changed."""
        return {key: self._seen(key) for key in self.changed_data}

    def _seen(self, key: str) -> Any:
        field = self.fields[key]
        sent = field.hidden_widget().value_from_datadict(self.data, self.files, self.add_initial_prefix(key))
        try:
            return field.clean(sent)
        except forms.ValidationError:
            return None

    def tell_conflict(self, key: str, stands: Any) -> None:
        """Say beside the field what somebody else has set meanwhile; a second save keeps what was typed."""
        self.add_error(
            key,
            _(
                "Somebody has meanwhile changed this to “%(stored)s”. "
                "Your own text is still here: save again to keep yours."
            )
            % {"stored": stands},
        )
        again = cast("QueryDict", self.data).copy()
        again.setlist(self.add_initial_prefix(key), [str(each) for each in _listed(kept(stands))])
        self.data = again

    def sections(self) -> Iterator[tuple[str, list[Row]]]:
        """The fields by section."""
        for section, found in groupby(declared(), lambda option: str(option.section)):
            yield section, [self._row(option) for option in found]

    def _row(self, option: Option) -> Row:
        return Row(option.key, self[option.key], option.words(self.inherited[option.key]), option.key in self.own)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
