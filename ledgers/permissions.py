"""Who may do what with ledgers, as verdicts with reasons. What is outside the scope never gets here."""

import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from ledgers.rules.kinds import KindRule
from orgs.actor import Actor
from orgs.history.actions import UNDO_DAYS
from orgs.models import Organisation
from orgs.rules import Role
from orgs.scope import Allowed, Denied, Verdict

if TYPE_CHECKING:
    from ledgers.models import ImportBatch

WRITERS = frozenset(
    {Role.COUNTY_OFFICE, Role.DEPARTMENT, Role.LEAD_DEPARTMENT, Role.TOWNSHIP_ORGANISER, Role.VILLAGE_RECORDER}
)
IMPORTERS = WRITERS - {Role.VILLAGE_RECORDER}


def may_see(actor: Actor, kind: KindRule) -> Verdict:
    """Ledgers with personal data are open to the roles they name only."""
    if kind.open_to(actor.role):
        return Allowed()
    return Denied(_("“%(ledger)s” holds personal data; your post does not need it.") % {"ledger": kind.label})


def may_write(actor: Actor, kind: KindRule, organisation: Organisation) -> Verdict:
    """The county office, a township and a village keep what lies in their own reach; departments their own rows."""
    verdict = may_see(actor, kind)
    if not verdict:
        return verdict
    if actor.role not in WRITERS:
        return Denied(_("Ledgers are kept by villages, townships, departments and the county office."))
    if not kind.active:
        return Denied(_("“%(ledger)s” is no longer in use; what it holds can be read.") % {"ledger": kind.label})
    if any(organisation.path.startswith(root) for root in actor.own_roots):
        return Allowed()
    return Denied(_("%(name)s is kept by itself, its township or the county office.") % {"name": organisation})


def may_write_any(actor: Actor, kind: KindRule) -> Verdict:
    """Whether the post writes in this ledger anywhere."""
    return may_write(actor, kind, actor.organisation)


def may_import(actor: Actor, kind: KindRule) -> Verdict:
    """Workbooks are read in by those who keep more than one organisation."""
    verdict = may_write_any(actor, kind)
    if verdict and actor.role not in IMPORTERS:
        return Denied(_("Workbooks are imported by the township or the county office; type your own row here."))
    return verdict


def may_delete(actor: Actor, kind: KindRule, organisation: Organisation) -> Verdict:
    """Whoever may write a row may take it out; it can be brought back from the history."""
    return may_write(actor, kind, organisation)


def may_edit_kinds(actor: Actor) -> Verdict:
    """The county office describes the ledgers of its county."""
    if actor.role == Role.COUNTY_OFFICE:
        return Allowed()
    return Denied(_("What a ledger asks for is set by the county office."))


def may_fill_tables(actor: Actor) -> Verdict:
    """Superior's tables are filled in by the county office and, for what lies below them, by townships."""
    if actor.role in {Role.COUNTY_OFFICE, Role.TOWNSHIP_ORGANISER}:
        return Allowed()
    return Denied(_("Tables of the superior are filled in by the county office and by townships."))


def may_undo_import(actor: Actor, batch: "ImportBatch") -> Verdict:
    """Within 30 days, by the organisation that imported or the county office above it."""
    if batch.state not in {"imported", "waiting"}:
        return Denied(_("Nothing of it stands in the ledger."))
    if actor.role not in IMPORTERS or not actor.organisation.contains(batch.organisation):
        return Denied(
            _("Taken back by %(name)s, which imported it, or the county office.") % {"name": batch.organisation}
        )
    if batch.imported_at and batch.imported_at < actor.now - datetime.timedelta(days=UNDO_DAYS):
        return Denied(_("It is more than %(days)s days old; change the rows by hand.") % {"days": UNDO_DAYS})
    return Allowed()


def may_continue_import(actor: Actor, batch: "ImportBatch", kind: KindRule) -> Verdict:
    """Whoever imports for the same organisation goes on with it."""
    if actor.organisation_id != batch.organisation_id:
        return Denied(_("%(name)s goes on with it: it sent the workbook.") % {"name": batch.organisation})
    return may_import(actor, kind)
