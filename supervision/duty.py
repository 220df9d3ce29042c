"""What supervision adds to the registry of duties: orders to answer and to close, matters to answer and to settle."""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dates.workdays import shifted
from orgs import paths
from orgs.actor import Actor
from orgs.duties import Due, Duty, DutyLine, Root, Stage, Window
from orgs.models import Organisation
from orgs.rules import Role
from orgs.scope import ScopedQuerySet
from supervision.models import Blocker, SampledItem, SupervisionOrder, Talk
from supervision.permissions import RAISERS, TOWNSHIP
from supervision.rules import OWED, BlockerState, OrderState, SampleResult
from tasks.duties import dues
from tasks.lights.stored import due_light

NOTE_LENGTH = 60


@dataclass(frozen=True)
class Owed:
    """One thing owed, in words."""

    key: int
    organisation: Organisation
    title: str
    note: str
    due_on: datetime.date
    given_on: datetime.date
    url: str


class Source:
    """Rows of one kind owed by one organisation each: both what my week asks and what reminders ask."""

    kind: str
    roles: ClassVar[frozenset[Role]]
    field: ClassVar[str] = "organisation"
    action: ClassVar[str | Promise] = gettext_lazy("View")
    stage: ClassVar[Stage] = Stage.OPEN

    def rows(self) -> ScopedQuerySet[Any]:
        """All rows that are owed now, with what is shown of them."""
        raise NotImplementedError

    def owed(self, row: Any) -> Owed:
        """One row in words."""
        raise NotImplementedError

    def seen(self, actor: Actor) -> ScopedQuerySet[Any]:
        """The rows the actor's organisations owe."""
        own = reduce(or_, (paths.within(root, self.field) for root in actor.own_roots))
        return self.rows().visible_to(actor).filter(own) if actor.role in self.roles else self.rows().none()

    def lines(self, actor: Actor, until: datetime.date) -> list[DutyLine]:
        """One line a row, due up to a day."""
        if actor.role not in self.roles:
            return []  # not even asked for
        found = [self.owed(row) for row in self.seen(actor).order_by()]
        return [self._line(owed, actor) for owed in found if owed.due_on <= until]

    def _line(self, owed: Owed, actor: Actor) -> DutyLine:
        return DutyLine(
            kind=self.kind,
            title=owed.title,
            note=owed.note,
            organisations=1,
            due_on=owed.due_on,
            light=due_light(actor, owed.organisation.path, owed.due_on),
            percent=None,
            url=owed.url,
            action=str(self.action),
            urgent=owed.due_on < actor.on,
            waiting=False,
        )

    def open_for(self, organisations: QuerySet[Organisation], actor: Actor) -> Iterable[Duty]:
        """Each row the organisations owe that the actor may see."""
        rows = self.rows().visible_to(actor).filter(**{f"{self.field}__in": organisations})
        return [
            Duty(
                kind=self.kind,
                key=owed.key,
                organisation_id=owed.organisation.pk,
                role=Role.TOWNSHIP_ORGANISER,
                title=owed.title,
                due_on=owed.due_on,
                url=owed.url,
                light=due_light(actor, owed.organisation.path, owed.due_on),
                state=_("open"),
            )
            for owed in map(self.owed, rows)
        ]

    def due(self, places: Mapping[str, tuple[Root, ...]], window: Window) -> Iterator[Due]:
        """One line a root and row, for reminders."""
        for owed in map(self.owed, self.rows().filter(dues.near(places, self.field))):
            if owed.due_on > window.until:
                continue
            for root in dues.roots_above(owed.organisation.path, places).values():
                if self.tells(root, owed):
                    yield Due(
                        kind=self.kind,
                        key=owed.key,
                        root=root.organisation_id,
                        stage=self.stage,
                        title=owed.title,
                        due_on=owed.due_on,
                        given_on=owed.given_on,
                        organisations=1,
                        names=(str(owed.organisation),),
                        url=owed.url,
                    )

    def tells(self, root: Root, owed: Owed) -> bool:
        """Whether reminders tell a root; a root without roles asks for a call list."""
        return not root.roles or bool(root.roles & self.roles)


class OrderDuties(Source):
    """Supervision orders a unit has not replied to."""

    kind = "supervision_order"
    roles = TOWNSHIP | RAISERS
    action = gettext_lazy("Reply")

    def rows(self) -> ScopedQuerySet[SupervisionOrder]:
        """The orders whose unit is to reply."""
        return SupervisionOrder.objects.filter(state__in=OWED).select_related("organisation")

    def owed(self, row: SupervisionOrder) -> Owed:
        """One order in words."""
        words = {"color": row.get_color_display(), "order": row}
        note = _("Sent back: %(reason)s") % {"reason": row.return_reason} if row.return_reason else row.basis
        title = _("%(color)s: %(order)s") % words
        return Owed(
            row.pk, row.organisation, title, note[:NOTE_LENGTH], row.rectify_by, row.issued_on, row.get_absolute_url()
        )


class OrderReviews(Source):
    """Replies to supervision orders that wait for the county office."""

    kind = "order_review"
    roles = frozenset({Role.COUNTY_OFFICE})
    field = "county"
    stage = Stage.REVIEW

    def rows(self) -> ScopedQuerySet[SupervisionOrder]:
        """The orders replied to."""
        rows = SupervisionOrder.objects.filter(state=OrderState.REPLIED, replied_on__isnull=False)
        return rows.select_related("organisation", "county")

    def owed(self, row: SupervisionOrder) -> Owed:
        """One reply in words."""
        title = _("Reply to %(order)s, %(name)s") % {"order": row, "name": row.organisation}
        day = row.replied_on or row.issued_on
        return Owed(row.pk, row.county, title, row.reply[:NOTE_LENGTH], day, day, row.get_absolute_url())

    def _line(self, owed: Owed, actor: Actor) -> DutyLine:
        return super()._line(replace(owed, due_on=actor.on), actor)  # the office's turn today, never late by itself


class BlockerDuties(Source):
    """Matters that an organisation is to answer."""

    kind = "blocker"
    roles = frozenset({Role.COUNTY_OFFICE, Role.DEPARTMENT, Role.LEAD_DEPARTMENT}) | TOWNSHIP
    field = "holder"

    def rows(self) -> ScopedQuerySet[Blocker]:
        """The matters waiting for an answer."""
        return Blocker.objects.filter(state=BlockerState.OPEN).select_related("organisation", "holder")

    def owed(self, row: Blocker) -> Owed:
        """One matter in words."""
        title = _("To be coordinated: %(text)s") % {"text": row.text[:NOTE_LENGTH]}
        note = _("raised by %(name)s") % {"name": row.organisation}
        return Owed(row.pk, row.holder, title, note, row.answer_due_on, row.raised_on, row.get_absolute_url())

    def seen(self, actor: Actor) -> ScopedQuerySet[Any]:
        """What lies with the actor's own organisation, not with those below it."""
        if actor.role not in self.roles:
            return self.rows().none()
        return self.rows().filter(holder=actor.organisation_id)

    def tells(self, root: Root, owed: Owed) -> bool:
        """Only whoever holds the matter is told."""
        return root.organisation_id == owed.organisation.pk and super().tells(root, owed)


class AnswersToSettle(Source):
    """Answers that whoever raised the matter is to judge."""

    kind = "blocker_answer"
    roles = RAISERS
    action = gettext_lazy("Settle")

    def rows(self) -> ScopedQuerySet[Blocker]:
        """The matters answered."""
        return Blocker.objects.filter(state=BlockerState.ANSWERED).select_related("organisation")

    def owed(self, row: Blocker) -> Owed:
        """One answer in words."""
        title = _("Answered: %(text)s") % {"text": row.text[:NOTE_LENGTH]}
        day = shifted(row.answered_on or row.raised_on, 14)
        return Owed(
            row.pk, row.organisation, title, row.answer[:NOTE_LENGTH], day, row.raised_on, row.get_absolute_url()
        )


class RecheckDuties(Source):
    """Items of a sample nobody has looked at again yet: by the end of the month after."""

    kind = "recheck"
    roles = frozenset({Role.COUNTY_OFFICE, Role.INSPECTOR})
    field = "sample__organisation"

    def rows(self) -> ScopedQuerySet[SampledItem]:
        """The items pending."""
        rows = SampledItem.objects.filter(result=SampleResult.PENDING)
        return rows.select_related("sample__organisation", "assignment__task", "assignment__organisation")

    def owed(self, row: SampledItem) -> Owed:
        """One item in words."""
        words = {"name": row.assignment.organisation, "title": row.assignment.task.title}
        day = shifted(row.sample.drawn_on, 30)
        title = _("Re-check %(name)s: %(title)s") % words
        return Owed(row.pk, row.sample.organisation, title, "", day, row.sample.drawn_on, row.sample.get_absolute_url())

    def lines(self, actor: Actor, until: datetime.date) -> list[DutyLine]:
        """One line a sample rather than one an item."""
        found: dict[str, list[Owed]] = {}
        for owed in map(self.owed, self.seen(actor) if actor.role in self.roles else ()):
            found.setdefault(owed.url, []).append(owed)
        return [
            DutyLine(
                kind=self.kind,
                title=_("Closed items to re-check"),
                note=_("by name: %(name)s") % {"name": items[0].title},
                organisations=len(items),
                due_on=items[0].due_on,
                light=due_light(actor, items[0].organisation.path, items[0].due_on),
                percent=None,
                url=url,
                action=str(self.action),
                urgent=items[0].due_on < actor.on,
                waiting=False,
            )
            for url, items in found.items()
            if items[0].due_on <= until
        ]


class FollowUps(Source):
    """Talks to be followed up."""

    kind = "talk"
    roles = frozenset({Role.COUNTY_OFFICE})

    def rows(self) -> ScopedQuerySet[Talk]:
        """The talks with a day for it and nothing written yet."""
        return Talk.objects.filter(follow_up_on__isnull=False, follow_up="").select_related("organisation")

    def owed(self, row: Talk) -> Owed:
        """One talk in words; whom it was with stands on its page only."""
        title = _("Follow up the talk: %(name)s") % {"name": row.organisation}
        day = row.follow_up_on or row.held_on
        assert day is not None  # asked for above
        return Owed(row.pk, row.organisation, title, "", day, row.held_on or day, row.get_absolute_url())


SOURCES = (OrderDuties(), OrderReviews(), BlockerDuties(), AnswersToSettle(), RecheckDuties(), FollowUps())
