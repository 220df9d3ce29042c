"""Where the app is made known to Django."""

from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _

VERBS = {
    "ledgers.save": _("Saved a ledger entry"),
    "ledgers.delete": _("Deleted a ledger entry"),
    "ledgers.link": _("Linked a ledger entry"),
    "ledgers.promote": _("Took a unit into the register"),
    "ledgers.kind": _("Described a ledger"),
    "ledgers.kind_reset": _("Went back to the shipped ledger"),
    "ledgers.import": _("Imported a workbook"),
    "ledgers.superior": _("Kept a superior's table"),
    "ledgers.superior_mapping": _("Said what a superior's table is filled from"),
    "ledgers.superior_remove": _("Removed a superior's table"),
    "ledgers.column": _("Changed a ledger's columns"),
}


class LedgersConfig(AppConfig):
    """The app ``ledgers``."""

    name = "ledgers"
    verbose_name = _("Ledgers")

    def ready(self) -> None:
        """Add the app's doors to the menu, its words to history and event log, and what it carries along."""
        from ledgers import facts, panel, reorganising, wording
        from ledgers.actions import importing
        from ledgers.boards import thresholds
        from ledgers.event_kinds import LABELS
        from orgs.events import event_kinds
        from orgs.history import reading as history_reading
        from orgs.history import verbs
        from orgs.pages import menu
        from orgs.reorganise import cases
        from orgs.rules import ADMINISTRATORS, Role
        from orgs.tree import panels
        from records import undo, work
        from tasks import stores

        verbs.add(VERBS)
        thresholds.declare()
        event_kinds.add(LABELS)
        panels.register("ledgers", panel.panel)
        cases.register("ledgers", preview=reorganising.preview, apply=reorganising.apply)
        stores.register(facts.PREFIX, facts.LedgerStore())
        work.register("ledgers.receive", importing.receive, label=_("Reading of a workbook"))
        work.register("ledgers.read_again", importing.read_again, label=_("Reading of a workbook"))
        work.register("ledgers.import", importing.commit, label=_("Import of a workbook"))
        work.register("ledgers.undo_import", importing.undo, label=_("Taking back an import"))
        undo.follow(["ledgers.entry"], importing.follow_undo)
        history_reading.tell("ledgers.entry", wording.entries)
        history_reading.tell("ledgers.superiortable", wording.superior_tables)
        checks.register(_keys_fit)
        menu.add(35, "ledgers", _("Ledgers"), set(Role) - ADMINISTRATORS)


def _keys_fit(**_about: Any) -> list[checks.CheckMessage]:
    """A system check: the secret keys are those that sealed the database."""
    from ledgers import canary

    reason = canary.complaint()
    return [checks.Error(reason, id="ledgers.E001")] if reason else []
