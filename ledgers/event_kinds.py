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
    "ledger_imports": _("See the imports"),
    "ledger_import_send": _("Send a workbook"),
    "ledger_import": _("See the rows of an import"),
    "ledger_import_headings": _("See what headings mean"),
    "ledger_import_row": _("Put a row of an import right"),
    "ledger_import_commit": _("Import a workbook"),
    "ledger_import_undo": _("Take an import back"),
    "ledger_import_discard": _("Throw an import away"),
    "ledger_import_marked": _("Take the marked workbook"),
    "ledger_import_source": _("Take a workbook as it was sent"),
    "ledger_entry_new": _("Begin a ledger entry"),
    "ledger_entry": _("See a ledger entry"),
    "ledger_entry_edit": _("Edit a ledger entry"),
    "ledger_entry_link": _("Link a ledger entry"),
    "ledger_entry_promote": _("Take a unit into the register"),
    "ledger_entry_delete": _("Delete a ledger entry"),
}
