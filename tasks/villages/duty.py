"""What the grid adds to the registry of duties: objections of villages, which their township answers."""

import datetime
from collections.abc import Iterable, Iterator, Mapping

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.actor import Actor
from orgs.duties import Due, Duty, DutyLine, Root, Stage, Window
from orgs.models import Organisation
from orgs.rules import Role
from tasks.duties import dues
from tasks.lights.stored import due_light
from tasks.models import Objection
from tasks.models.grid import ObjectionQuerySet

WORDS_SHOWN = 60
_SHOWN = (
    *("text", "due_on", "entry__assignment__task__title"),
    "entry__assignment__organisation__path",
    *("entry__assignment__organisation__name", "entry__assignment__organisation__short_name"),
)


class ObjectionDuties:
    """Objections nobody has answered yet: one line each for the township's organisers."""

    kind = "objection"

    def _rows(self) -> ObjectionQuerySet:
        rows: ObjectionQuerySet = Objection.objects.open().select_related(
            "entry__assignment__task", "entry__assignment__organisation"
        )
        return rows.order_by("due_on", "pk")

    def lines(self, actor: Actor, until: datetime.date) -> list[DutyLine]:
        """The open objections whose answer is due up to a day."""
        if actor.role != Role.TOWNSHIP_ORGANISER:
            return []
        return [
            DutyLine(
                kind=self.kind,
                title=_title(row),
                note=row.text[:WORDS_SHOWN],
                organisations=1,
                due_on=row.due_on,
                light=due_light(actor, row.organisation.path, row.due_on),
                percent=None,
                url=f"{reverse('objections')}#objection-{row.pk}",
                action=_("Answer"),
                urgent=row.due_on < actor.on,
                waiting=False,
            )
            for row in self._rows().visible_to(actor).filter(due_on__lte=until).order_by().only(*_SHOWN)
        ]

    def open_for(self, organisations: QuerySet[Organisation], actor: Actor) -> Iterable[Duty]:
        """Each open objection of the organisations, for whoever looks at them."""
        return [
            Duty(
                kind=self.kind,
                key=row.pk,
                organisation_id=row.organisation.pk,
                role=Role.TOWNSHIP_ORGANISER,
                title=_title(row),
                due_on=row.due_on,
                url=row.entry.assignment.get_absolute_url(),
                light=due_light(actor, row.organisation.path, row.due_on),
                state=row.get_state_display(),
            )
            for row in self._rows().visible_to(actor).filter(entry__assignment__organisation__in=organisations)
        ]

    def due(self, places: Mapping[str, tuple[Root, ...]], window: Window) -> Iterator[Due]:
        """One line a township and objection, for reminders."""
        rows = (
            self._rows().filter(due_on__lte=window.until).filter(dues.near(places, "entry__assignment__organisation"))
        )
        for row in rows:
            for root in dues.roots_above(row.organisation.path, places).values():
                if Role.TOWNSHIP_ORGANISER not in root.roles:
                    continue
                yield Due(
                    kind=self.kind,
                    key=row.pk,
                    root=root.organisation_id,
                    stage=Stage.OPEN,
                    title=_title(row),
                    due_on=row.due_on,
                    given_on=timezone.localtime(row.at).date(),
                    organisations=1,
                    names=(str(row.organisation),),
                    url=f"{reverse('objections')}#objection-{row.pk}",
                )


def _title(row: Objection) -> str:
    words = {"name": row.organisation, "title": row.entry.assignment.task.title}
    return _("%(name)s objects: %(title)s") % words
