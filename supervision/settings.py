"""The numbers of supervision a county sets."""

from types import ModuleType

from django import forms
from django.utils.translation import gettext_lazy as _

SECTION = _("Supervision")
TALKS = [  # rule, label, default
    ("red_orders", _("Talk from so many red orders a year"), 1),
    ("orders", _("Talk from so many supervision orders a year"), 3),
    ("long_late", _("Talk from so many key items more than 15 days late"), 5),
    ("urged", _("Talk from so many items urged three times or more"), 5),
    ("failed", _("Talk from so many closed items that did not hold"), 2),
]


def _number(lowest: int) -> forms.IntegerField:
    return forms.IntegerField(min_value=lowest, max_value=500)


def declare(options: ModuleType) -> None:
    """Declare them."""
    options.declare(
        "supervision.sample_size",
        _("Closed items looked at again each month, at most"),
        30,
        field=lambda: _number(1),
        section=SECTION,
    )
    for rule, label, default in TALKS:
        options.declare(
            f"supervision.talk_{rule}",
            label,
            default,
            field=lambda: _number(0),
            help=_("0 switches the rule off."),
            section=SECTION,
        )
