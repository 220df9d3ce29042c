"""Drawing the monthly sample of closed items, and what the re-check found."""

from collections import defaultdict

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dates.periods import Period
from orgs.actor import Actor
from orgs.scope import require
from records.changes import change_set
from supervision import permissions, rules
from supervision.models import Sample, SampledItem
from supervision.refusals import Refused
from supervision.rules import SampleResult
from tasks.closing.actions import take_up_again
from tasks.models import Assignment
from tasks.models.assignment import AssignmentQuerySet
from tasks.rules.status import Status


def population(by: Actor, period: Period) -> AssignmentQuerySet:
    """What was closed in a period in the actor's county and is closed still."""
    rows = Assignment.objects.visible_to(by).filter(status=Status.CLOSED)
    return rows.filter(closed_on__gte=period.start, closed_on__lte=period.end)


@transaction.atomic
def draw(period: Period, *, by: Actor, size: int, seed: str) -> Sample:
    """Draw a sample of what was closed in a period, stratified by township: the same seed draws the same.

    Raises ``Refused`` when the period has a sample or nothing was closed, and ``PermissionDenied``.
    """
    require(permissions.may_draw(by))
    county = by.county
    if Sample.objects.filter(organisation=county, period=period.key).exists():
        raise Refused(_("This month has its sample already."))
    strata: dict[int, list[int]] = defaultdict(list)
    found = population(by, period).order_by("pk").values_list("pk", "organisation__township", "organisation")
    for key, township, organisation in found:
        strata[township or organisation].append(key)
    keys = rules.draw(strata, size, seed)
    if not keys:
        raise Refused(_("Nothing was closed in this month, so there is nothing to look at again."))
    with change_set("supervision.sample", by=by) as changes:
        try:
            with transaction.atomic():
                sample = changes.create(
                    Sample(
                        organisation=county,
                        period=period.key,
                        seed=seed,
                        population=sum(len(members) for members in strata.values()),
                        size=len(keys),
                        drawn_on=by.on,
                        drawn_by=by.post,
                    )
                )
        except IntegrityError as error:  # two drew at once
            raise Refused(_("This month has its sample already.")) from error
        items = [SampledItem(sample=sample, assignment_id=key) for key in keys]
        owners = Assignment.objects.in_bulk(keys)
        for item in items:
            item.assignment = owners[item.assignment_id]
        changes.create_all(items)
    return sample


@transaction.atomic
def record(item: SampledItem, *, by: Actor, holds: bool, found: str = "", expected: int | None = None) -> SampledItem:
    """Enter what a re-check found; what does not hold is taken up again, and with it every figure.

    Raises ``Refused``, ``PermissionDenied`` and ``records.changes.Conflict``.
    """
    require(permissions.may_recheck(by))
    if item.result == SampleResult.FAILED:
        raise Refused(_("It was found not to hold and has been taken up again already."))
    if not holds and not found.strip():
        raise Refused(_("Say what was found: the organisation goes on from there."), "found")
    result = SampleResult.PASSED if holds else SampleResult.FAILED
    with change_set("supervision.recheck", by=by, note=found) as changes:
        changes.update(
            item, expected=expected, result=result, found=found.strip()[:500], checked_on=by.on, checked_by=by.post
        )
        if not holds and item.assignment.status == Status.CLOSED:
            reason = _("Re-check: %(found)s") % {"found": found.strip()}
            take_up_again(changes, item.assignment, reason=reason)
    return item
