"""What the codes of the event log mean for ledgers."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LABELS: Mapping[str, str | Promise] = {
    "ledgers": _("See the ledgers"),
    "ledgers_export": _("Export the standing of ledgers"),
    "ledger": _("See a ledger"),
    "ledger_export": _("Export a ledger"),
    "ledger_missing": _("See whose row is missing"),
    "ledger_blank": _("Take a blank workbook"),
    "ledger_reveal": _("See personal data in a ledger"),
    "ledger_boards": _("See the boards from ledgers"),
    "ledger_board": _("See a board from ledgers"),
    "ledger_board_export": _("Export a board from ledgers"),
    "ledger_board_rows": _("See the rows behind a board's figure"),
    "ledger_board_task": _("Draft a task from a board"),
    "ledger_kinds": _("See what ledgers ask for"),
    "ledger_kind_new": _("Add a ledger"),
    "ledger_kind": _("Edit a ledger's description"),
    "ledger_kind_propose": _("See what a workbook proposes"),
    "ledger_kind_upload": _("Take columns from a workbook"),
    "ledger_kind_reset": _("Go back to the shipped ledger"),
    "ledger_column_new": _("Add a column"),
    "ledger_column": _("Edit a column"),
    "ledger_column_remove": _("Take a column out"),
    "ledger_column_move": _("Move a column"),
    "ledger_entry_new": _("Begin a ledger entry"),
    "ledger_entry": _("See a ledger entry"),
    "ledger_entry_edit": _("Edit a ledger entry"),
    "ledger_entry_link": _("Link a ledger entry"),
    "ledger_entry_promote": _("Take a unit into the register"),
    "ledger_entry_delete": _("Delete a ledger entry"),
}
