"""Where the app is made known to Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

VERBS = {
    "tasks.programme": _("Saved a programme"),
    "tasks.theme": _("Saved a theme"),
    "tasks.draft": _("Drafted the task"),
    "tasks.discard": _("Threw the draft away"),
    "tasks.issue": _("Issued the task"),
    "tasks.issue_many": _("Issued tasks together"),
    "tasks.copy_year": _("Copied a year's tasks"),
    "tasks.catalogue": _("Took tasks from a shipped catalogue"),
    "tasks.split": _("Split the figure"),
    "tasks.quota": _("Changed the shares after issuing"),
    "tasks.receive": _("Received"),
    "tasks.report": _("Entered progress"),
    "tasks.variant": _("Said which kind of work it is"),
    "tasks.report_row": _("Entered progress in the grid"),
    "tasks.same_as_before": _("Reported that nothing has moved"),
    "tasks.share_out": _("Shared out the villages"),
    "tasks.object": _("Objected to an entry"),
    "tasks.answer_objection": _("Answered the objection"),
    "tasks.remark": _("Remarked"),
    "tasks.instruct": _("Gave an instruction"),
    "tasks.request_close": _("Requested close-out"),
    "tasks.close": _("Closed"),
    "tasks.send_back": _("Sent back"),
    "tasks.reopen": _("Reopened"),
    "tasks.ask_extension": _("Asked for an extension"),
    "tasks.grant_extension": _("Granted the extension"),
    "tasks.refuse_extension": _("Refused the extension"),
    "tasks.postpone": _("Postponed for all"),
    "tasks.redate": _("Corrected the due date"),
    "tasks.own_date": _("Set the township's own date"),
    "tasks.withdraw": _("Withdrew assignments"),
    "tasks.withdraw_task": _("Withdrew the task"),
    "tasks.reassign": _("Gave it to another organisation"),
    "tasks.correct": _("Corrected what was entered"),
    "tasks.days": _("Put the lights right after a changed number"),
}


class TasksConfig(AppConfig):
    """The app ``tasks``."""

    name = "tasks"
    verbose_name = _("Tasks")

    def ready(self) -> None:
        """Add the app's duties to the registry and its doors to the menu."""
        from orgs import duties
        from orgs.events import event_kinds
        from orgs.history import verbs
        from orgs.pages import menu
        from orgs.people import handover
        from orgs.reorganise import cases
        from orgs.rules import ADMINISTRATORS, Role
        from orgs.settings import workday_actions
        from records import files, undo, work
        from tasks import panels, reorganising, verifiers
        from tasks.drafting import issue_actions
        from tasks.duties import dues, handing_over
        from tasks.duties import source as duty
        from tasks.event_kinds import LABELS
        from tasks.facts import refresh_actions
        from tasks.lights import stored
        from tasks.lists import batches
        from tasks.models import Evidence, Task
        from tasks.splits import panel
        from tasks.villages import connecting

        for source in (
            duty.AssignmentDuties(),
            duty.InstructionDuties(),
            duty.VerificationDuties(),
            duty.ExtensionDuties(),
        ):
            duties.register(source)
        for bulk in (dues.AssignmentsDue(), dues.InstructionsDue(), dues.VerificationsDue(), dues.ExtensionsDue()):
            duties.register_bulk(bulk)
        cases.register("tasks", preview=reorganising.preview, apply=reorganising.apply)
        event_kinds.add(LABELS)
        connecting.connect()
        handover.register("tasks", preview=handing_over.preview, move=handing_over.move)
        menu.add(5, "week", _("My week"), duty.OWING - {Role.LEAD_DEPARTMENT})
        menu.add(12, "week", _("My week"), {Role.COUNTY_OFFICE, Role.LEAD_DEPARTMENT})
        menu.add(30, "tasks", _("Tasks"), set(Role) - ADMINISTRATORS)
        menu.add(40, "verification", _("To verify"), verifiers.VERIFYING)
        verbs.add(VERBS)
        files.register("tasks.evidence", lambda actor: Evidence.objects.visible_to(actor))
        panels.register("quota", panel.panel)
        stored.declare(refresh_actions.when_a_number_changed)
        workday_actions.when_changed(refresh_actions.when_the_calendar_changed)
        undo.follow({"tasks.assignment", "tasks.milestone"}, refresh_actions.when_undone)
        work.register(batches.WORK, batches.run, label=_("Change of selected assignments"))
        work.register(refresh_actions.WORK, refresh_actions.run, label=_("Lights after a changed number"))
        work.register(issue_actions.WORK, issue_actions.run, label=_("Issuing tasks"))
        files.register("tasks.task", lambda actor: Task.objects.visible_to(actor).filter(source_file__isnull=False))
