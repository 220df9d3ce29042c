"""What the codes of the event log mean: words for URL names and for what pages log themselves."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_labels: dict[str, str | Promise] = {}


def add(labels: Mapping[str, str | Promise]) -> None:
    """Add words for kinds of events; apps above do so in ``apps.ready()``."""
    _labels.update(labels)


def label(kind: str) -> str:
    """The kind in words; an unknown one is shown as it is."""
    return str(_labels.get(kind, kind))


def choices() -> list[tuple[str, str]]:
    """Every kind that has words, for a filter, in the order of the words."""
    return sorted(((kind, str(words)) for kind, words in _labels.items()), key=lambda pair: pair[1])


add(
    {
        "sweep_failed": _("Background work failed for one of many"),
        "sign_in": _("Sign in"),
        "sign_out": _("Sign out"),
        "activate": _("Open an account by its code"),
        "password_change": _("Change one's own password"),
        "post_switch": _("Switch post"),
        "people": _("See accounts"),
        "people_export": _("Export the list of people"),
        "person": _("See an account"),
        "person_new": _("Open an account"),
        "people_paste": _("Open several accounts"),
        "person_edit": _("Edit a person"),
        "person_renew": _("Renew a one-time code"),
        "person_close": _("Close an account"),
        "person_reopen": _("Open a closed account again"),
        "person_appoint": _("Appoint to a post"),
        "post_end": _("End a post"),
        "post_end_undo": _("Take back the end of a post"),
        "roles": _("See who holds which post"),
        "locks": _("See locked sign-ins"),
        "unlock": _("Unlock signing in"),
        "policies": _("See the policies"),
        "events": _("Read the event log"),
        "events_export": _("Export the event log"),
        "organisations": _("See organisations"),
        "organisation": _("See an organisation"),
        "organisation_suggest": _("Look for an organisation"),
        "organisation_totals": _("See totals of organisations"),
        "organisation_totals_export": _("Export totals of organisations"),
        "organisation_edit": _("Edit an organisation"),
        "organisation_rate": _("Rate an organisation"),
        "organisation_name_add": _("Add another name"),
        "organisation_name_remove": _("Remove another name"),
        "term_add": _("Enter a term of office"),
        "relation_add": _("Add a second relation"),
        "relation_end": _("End a second relation"),
        "responsibility": _("See responsibility"),
        "responsibility_export": _("Export responsibility"),
        "responsibility_gaps": _("See gaps in responsibility"),
        "responsibility_import": _("Import responsibilities"),
        "responsibility_new": _("Add a responsibility"),
        "responsibility_edit": _("Edit a responsibility"),
        "responsibility_end": _("End a responsibility"),
        "responsibility_copy": _("Copy a responsibility"),
        "history": _("See a history"),
        "change_undo": _("Undo a change"),
        "register": _("See the register"),
        "register_preview": _("Preview a register"),
        "register_load": _("Load a register"),
        "register_loaded": _("See what was loaded"),
        "register_export": _("Export the register"),
        "reorganise": _("See reorganisation"),
        "reorganise_step": _("Reorganise"),
        "reorganised": _("See what was reorganised"),
        "workdays": _("See and change the calendar"),
        "workdays_paste": _("Paste a year's days off"),
        "workday_remove": _("Take back a day of the calendar"),
        "settings": _("See and change settings"),
        "setting_reset": _("Take back a setting"),
        "file": _("Open a file"),
        "works": _("See one's background work"),
        "work": _("See a piece of background work"),
        "sending": _("See what came of a form sent"),
        "work_retry": _("Try background work again"),
    }
)
