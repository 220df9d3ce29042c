"""Who may do what with programmes, tasks and assignments, as verdicts with reasons.

Each verdict about a person says first whether the post may at all (``reports``, ``verifies``), then whether the
step fits where the assignment stands (``may_report``, ``may_verify``). What is outside the scope never gets here.
"""

from django.utils.translation import gettext as _

from orgs.actor import Actor
from orgs.models import Organisation
from orgs.rules import OPERATING, Role
from orgs.scope import Allowed, Denied, Verdict
from tasks import refusals, verifiers
from tasks.models import Assignment, Programme, Task, Theme
from tasks.rules import status as rules
from tasks.rules.status import Shape, Step, TaskStatus

ISSUERS = frozenset({Role.COUNTY_OFFICE, Role.LEAD_DEPARTMENT})
REPORTERS = frozenset({Role.DEPARTMENT, Role.LEAD_DEPARTMENT, Role.TOWNSHIP_ORGANISER, Role.VILLAGE_RECORDER})
READERS = frozenset({Role.INSPECTOR, Role.CITY_VIEWER})


def may_issue(actor: Actor) -> Verdict:
    """Whether the post issues tasks at all."""
    if actor.role in ISSUERS:
        return Allowed()
    return Denied(_("Tasks are issued by the county office and by the departments that lead a theme."))


def may_keep_programmes(actor: Actor) -> Verdict:
    """Whether the post adds programmes."""
    if actor.role == Role.COUNTY_OFFICE:
        return Allowed()
    return Denied(_("Programmes and themes are kept by the county office."))


def may_edit_programme(actor: Actor, programme: Programme) -> Verdict:
    """The county office keeps the programmes of its county."""
    verdict = may_keep_programmes(actor)
    if not verdict or actor.organisation.contains(programme.organisation):
        return verdict
    return Denied(_("%(name)s runs this programme; ask it.") % {"name": programme.organisation})


def may_issue_in(actor: Actor, theme: Theme) -> Verdict:
    """The county office issues in every theme of its county, a lead department in those it leads."""
    verdict = may_issue(actor)
    if not verdict or _watches(actor, theme):
        return verdict
    return Denied(_("Your department does not lead “%(theme)s”; ask the county office.") % {"theme": theme})


def _watches(actor: Actor, theme: Theme) -> bool:
    if actor.role == Role.COUNTY_OFFICE:
        return actor.organisation.contains(theme.programme.organisation)
    return theme.lead_id == actor.organisation_id


def may_edit(actor: Actor, task: Task) -> Verdict:
    """Whoever may issue in the theme edits a draft; an issued task stands as it was issued."""
    verdict = may_issue_in(actor, task.theme)
    if verdict and task.status != TaskStatus.DRAFT:
        return Denied(_("It has been issued, so its answers stand; it can still be issued to further organisations."))
    return verdict


def may_issue_task(actor: Actor, task: Task) -> Verdict:
    """Whoever may issue in the theme issues a draft, or an issued task to further organisations."""
    return may_issue_in(actor, task.theme)


def may_withdraw_task(actor: Actor, task: Task) -> Verdict:
    """Whoever issues in the theme withdraws what was issued."""
    verdict = may_issue_in(actor, task.theme)
    if verdict and task.status != TaskStatus.ISSUED:
        return Denied(_("Only an issued task is withdrawn; a draft is thrown away."))
    return verdict


def reads_split(actor: Actor, task: Task) -> Verdict:
    """Who sees the county's split as a whole: whoever sees all of it, and the department that leads the theme."""
    if task.shape != Shape.QUANTITY:
        return Denied(_("Only a task that counts something is split."))
    if actor.organisation.contains(task.theme.programme.organisation) or task.theme.lead_id == actor.organisation_id:
        return Allowed()
    return Denied(_("The whole split is the county's; each township finds its share on its own page."))


def may_split_task(actor: Actor, task: Task) -> Verdict:
    """Whoever may issue in the theme splits its figure over townships: of a draft, or later as a traced change."""
    verdict = may_issue_in(actor, task.theme)
    if verdict and task.shape != Shape.QUANTITY:
        return Denied(_("Only a task that counts something is split."))
    if verdict and task.status == TaskStatus.WITHDRAWN:
        return Denied(_("The task is withdrawn."))
    return verdict


def may_split(actor: Actor, assignment: Assignment) -> Verdict:
    """A township or working committee splits what it owes itself, over those below it."""
    if assignment.task.shape != Shape.QUANTITY:
        return Denied(_("Only a task that counts something is split."))
    if actor.role != Role.TOWNSHIP_ORGANISER or actor.organisation_id != assignment.organisation_id:
        return Denied(_("%(name)s splits its share itself.") % {"name": assignment.organisation})
    if assignment.organisation.kind not in OPERATING:
        return Denied(_("Only townships and working committees split a figure on."))
    if assignment.status not in rules.OPEN:
        return Denied(refusals.reason(assignment.status))
    return Allowed()


def _in_reach(actor: Actor, organisation: Organisation) -> bool:
    if actor.role == Role.VILLAGE_RECORDER:
        return organisation.pk == actor.organisation_id
    return any(organisation.path.startswith(root) for root in actor.own_roots)


def reports(actor: Actor, assignment: Assignment) -> Verdict:
    """Whether the post enters progress for this organisation at all."""
    if actor.role not in REPORTERS:
        return Denied(_("Progress is entered by the organisation itself or by its township."))
    if not _in_reach(actor, assignment.organisation):
        return Denied(_("%(name)s reports itself or through its township.") % {"name": assignment.organisation})
    return Allowed()


def enters_for_another(actor: Actor, assignment: Assignment) -> bool:
    """Whether what the actor enters is about another organisation, so that it must be said how it was learned."""
    return actor.organisation_id != assignment.organisation_id


def verifies(actor: Actor, assignment: Assignment) -> Verdict:
    """A township verifies its villages, the county office everything in its county, a department its themes."""
    if actor.role in verifiers.TOWNSHIP:
        return _verifies_village(actor, assignment)
    verdict = may_issue(actor)
    if not verdict:
        return may_verify_at_all(actor)
    if not _watches(actor, assignment.task.theme):
        return Denied(_("Your department does not lead this theme; the one that does or the county office verifies."))
    if actor.role == Role.LEAD_DEPARTMENT and actor.organisation.contains(assignment.organisation):
        return Denied(_("Nobody verifies their own work; the county office does."))
    return Allowed()


def decides(actor: Actor, assignment: Assignment) -> Verdict:
    """Dates, withdrawal and who has it are the county's: its office decides, a lead department in its themes.

    ``tasks.due_dates.reach.decided_by`` says the same of many rows.
    """
    if not may_issue(actor) or not _watches(actor, assignment.task.theme):
        return Denied(_("The county office decides this, or the department that leads the theme."))
    if actor.role == Role.LEAD_DEPARTMENT and actor.organisation.contains(assignment.organisation):
        return Denied(_("Nobody decides on their own dates; the county office does."))
    return Allowed()


def may_decide(actor: Actor) -> Verdict:
    """Whether the post decides on dates and withdrawals at all."""
    if may_issue(actor):
        return Allowed()
    return Denied(_("The county office decides this, or the department that leads the theme."))


def may_set_own_dates(actor: Actor) -> Verdict:
    """Whether the post sets own, earlier dates for villages at all."""
    if actor.role == Role.TOWNSHIP_ORGANISER:
        return Allowed()
    return Denied(_("Own, earlier dates are set by the township for its villages."))


def sets_own_date(actor: Actor, assignment: Assignment) -> Verdict:
    """A township organiser sets them for what is below the township."""
    verdict = may_set_own_dates(actor)
    if not verdict:
        return verdict
    below = actor.organisation.contains(assignment.organisation)
    if not below or assignment.organisation_id == actor.organisation_id:
        return Denied(_("An own date is for the villages below; the township's own items keep the county's date."))
    return Allowed()


def may_verify_at_all(actor: Actor) -> Verdict:
    """Whether close-outs wait for this post at all."""
    if actor.role in verifiers.VERIFYING:
        return Allowed()
    return Denied(
        _("Close-outs are verified by the township, by the county office or by the department that leads the theme.")
    )


def _verifies_village(actor: Actor, assignment: Assignment) -> Verdict:
    if not verifiers.is_below_township(assignment) or assignment.organisation.township_id != actor.organisation_id:
        return Denied(_("Nobody verifies their own work; the county office does."))
    if not verifiers.by_township(assignment):
        return Denied(_("The county verifies the close-outs of this task."))
    return Allowed()


def closes(actor: Actor, assignment: Assignment) -> Verdict:
    """Whether the post closes this request or sends it back: nobody does with what they asked for themselves."""
    verdict = verifies(actor, assignment)
    if verdict and verifiers.asked_oneself(actor, assignment):
        names = verifiers.named(assignment, actor.on)
        return Denied(_("You asked for this close-out yourself. It is verified by %(names)s.") % {"names": names})
    return verdict


def instructs(actor: Actor) -> Verdict:
    """County leaders write instructions."""
    if actor.role == Role.COUNTY_LEADER:
        return Allowed()
    return Denied(_("Instructions are written by county leaders."))


def may_remark(actor: Actor, assignment: Assignment) -> Verdict:
    """Everybody who sees an assignment may remark on it but those who only read."""
    if actor.role in READERS or not actor.does_business:
        return Denied(_("Your post only reads."))
    return Allowed()


def _fits(who: Verdict, assignment: Assignment, step: Step) -> Verdict:
    if who and not rules.may_step(assignment.status, step):
        return Denied(refusals.reason(assignment.status))
    return who


def may_receive(actor: Actor, assignment: Assignment) -> Verdict:
    """Receiving, now."""
    return _fits(reports(actor, assignment), assignment, Step.RECEIVE)


def may_report(actor: Actor, assignment: Assignment) -> Verdict:
    """Entering progress, now."""
    return _fits(reports(actor, assignment), assignment, Step.REPORT)


def may_request_close(actor: Actor, assignment: Assignment) -> Verdict:
    """Requesting close-out, now."""
    return _fits(reports(actor, assignment), assignment, Step.REQUEST_CLOSE)


def may_verify(actor: Actor, assignment: Assignment) -> Verdict:
    """Closing or sending back, now."""
    return _fits(closes(actor, assignment), assignment, Step.CLOSE)


def may_reopen(actor: Actor, assignment: Assignment) -> Verdict:
    """Reopening what was closed, now."""
    return _fits(verifies(actor, assignment), assignment, Step.REOPEN)


def may_ask_extension(actor: Actor, assignment: Assignment) -> Verdict:
    """Asking for a later date, now: while it is worked on."""
    verdict = reports(actor, assignment)
    if verdict and assignment.status not in rules.WORKING:
        return Denied(refusals.reason(assignment.status))
    return verdict


def may_correct(actor: Actor, assignment: Assignment) -> Verdict:
    """Correcting a figure, now: whoever verifies, and not on what was withdrawn."""
    verdict = verifies(actor, assignment)
    if verdict and assignment.status == rules.Status.WITHDRAWN:
        return Denied(refusals.reason(assignment.status))
    return verdict


def may_instruct(actor: Actor, assignment: Assignment) -> Verdict:
    """Writing an instruction, now: not on what is closed."""
    verdict = instructs(actor)
    if verdict and assignment.status not in rules.OPEN:
        return Denied(refusals.reason(assignment.status))
    return verdict
