"""What an organisation's page shows of its ledgers."""

from django.db.models import Count, Max
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from ledgers import kinds
from ledgers.models import Entry
from ledgers.permissions import may_write
from orgs.actor import Actor
from orgs.models import Organisation
from orgs.tree.panels import Line, Panel


def panel(organisation: Organisation, actor: Actor) -> Panel | None:
    """The ledgers the organisation has rows in or owes one; nothing where the actor sees no business of it."""
    if not any(organisation.path.startswith(root) for root in actor.own_roots):
        return None
    rows = Entry.objects.visible_to(actor).filter(organisation=organisation).order_by()
    counts = {
        r["ledger"]: r
        for r in rows.values("ledger").annotate(n=Count("pk"), newest=Max("saved_at"), last=Max("period"))
    }
    lines = []
    for kind in kinds.in_use(actor):
        found = counts.get(kind.key)
        if found is not None:
            day = date_format(localtime(found["newest"]), "Y-m-d")
            text = _("%(count)s rows, %(day)s") % {"count": found["n"], "day": day}
            late = kind.everyone and kind.period and found["last"] < kind.due_period(actor.on)
            url = f"{reverse('ledger', args=[kind.key])}?organisation={organisation.pk}&period=all"
            lines.append(Line(kind.label, text, url, "late" if late else "fine"))
        elif kind.everyone and kind.accepts(organisation.kind):
            url = f"{reverse('ledger_entry_new', args=[kind.key])}?organisation={organisation.pk}"
            lines.append(Line(kind.label, _("missing"), url if may_write(actor, kind, organisation) else "", "late"))
    return Panel(_("Ledgers"), lines) if lines else None
