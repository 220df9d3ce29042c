"""How a change set's verb reads in the history; every app adds the words of its own verbs in ``apps.ready()``."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from records.undo import REDO, UNDO

_labels: dict[str, str | Promise] = {}


def add(labels: Mapping[str, str | Promise]) -> None:
    """Add words for verb codes such as ``tasks.close``."""
    _labels.update(labels)


def label(verb: str) -> str:
    """The verb in words; an undo names what it undid, and an unknown verb is shown as it is."""
    if verb.endswith(UNDO):
        return _("Undone: %(what)s") % {"what": label(verb.removesuffix(UNDO))}
    if verb.endswith(REDO):
        return _("Done again: %(what)s") % {"what": label(verb.removesuffix(REDO))}
    return str(_labels.get(verb, verb))


add(
    {
        "people.open_account": gettext_lazy("Opened the account"),
        "people.renew_code": gettext_lazy("Renewed the one-time code"),
        "people.activate": gettext_lazy("Set the first password by the code"),
        "people.set_password": gettext_lazy("Changed the own password"),
        "people.edit": gettext_lazy("Edited the person"),
        "people.deactivate": gettext_lazy("Closed the account"),
        "people.reactivate": gettext_lazy("Opened the closed account again"),
        "people.appoint": gettext_lazy("Gave a post"),
        "people.end_post": gettext_lazy("Ended a post"),
        "orgs.register": gettext_lazy("Loaded the register"),
        "reorganise.merge": gettext_lazy("Merged"),
        "reorganise.split": gettext_lazy("Split up"),
        "reorganise.move": gettext_lazy("Moved in the tree"),
        "reorganise.rename": gettext_lazy("Renamed"),
        "reorganise.close": gettext_lazy("Closed the organisation"),
        "orgs.edit": gettext_lazy("Edited the organisation"),
        "orgs.rate": gettext_lazy("Set class and stars"),
        "orgs.add_name": gettext_lazy("Added another name"),
        "orgs.remove_name": gettext_lazy("Removed another name"),
        "orgs.add_term": gettext_lazy("Entered a term of office"),
        "orgs.relate": gettext_lazy("Added a second relation"),
        "orgs.end_relation": gettext_lazy("Ended a second relation"),
        "orgs.workdays": gettext_lazy("Entered days of the calendar"),
        "orgs.workday_removed": gettext_lazy("Took back a day of the calendar"),
        "orgs.options": gettext_lazy("Changed settings"),
        "orgs.options_reset": gettext_lazy("Took back a setting"),
        "responsibility.add": gettext_lazy("Added a responsibility"),
        "responsibility.edit": gettext_lazy("Edited a responsibility"),
        "responsibility.end": gettext_lazy("Ended a responsibility"),
        "responsibility.copy": gettext_lazy("Copied a responsibility"),
        "responsibility.import": gettext_lazy("Imported responsibilities"),
    }
)
