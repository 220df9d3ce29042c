"""Where the app is made known to Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

VERBS = {
    "supervision.urge": _("Urged"),
    "supervision.order": _("Issued supervision orders"),
    "supervision.reply": _("Replied to the supervision order"),
    "supervision.close_order": _("Closed the supervision order"),
    "supervision.return_order": _("Sent the reply back"),
    "supervision.talk": _("Kept a talk"),
    "supervision.raise": _("Raised a matter to be coordinated"),
    "supervision.pass_on": _("Passed the matter on"),
    "supervision.answer": _("Answered the matter"),
    "supervision.solved": _("Said that the matter is solved"),
    "supervision.ask_again": _("Asked once more"),
    "supervision.sample": _("Drew the sample"),
    "supervision.recheck": _("Entered a re-check"),
    "supervision.problem": _("Kept a problem"),
    "supervision.remedy": _("Kept a task of a problem"),
    "supervision.remove_remedy": _("Took a task of a problem away"),
    "supervision.solve": _("Closed the problem"),
}


class SupervisionConfig(AppConfig):
    """The app ``supervision``."""

    name = "supervision"
    verbose_name = _("Supervision")

    def ready(self) -> None:
        """Add the app's duties, doors, panels and words to the registries."""
        from orgs import duties, options
        from orgs.events import event_kinds
        from orgs.history import verbs
        from orgs.pages import menu
        from orgs.reorganise import cases
        from reminders import pushes
        from reminders.rules.kinds import Kind
        from supervision import duty, panels, permissions, reorganising, settings, standing
        from supervision.event_kinds import LABELS
        from tasks import panels as task_panels

        for source in duty.SOURCES:
            duties.register(source)
            duties.register_bulk(source)
        cases.register("supervision", preview=reorganising.preview, apply=reorganising.apply)
        menu.add(45, "supervision", _("Supervision"), permissions.SUPERVISED)
        verbs.add(VERBS)
        event_kinds.add(LABELS)
        settings.declare(options)
        pushes.standing(Kind.ORDER, standing.orders)
        pushes.standing(Kind.URGE, standing.urges)
        task_panels.register("supervision", panels.of_assignment)
        task_panels.add_door("urge_new", _("Urge"), "bi-megaphone", permissions.URGERS)
        task_panels.add_door("order_new", _("Supervision orders"), "bi-file-earmark-text", {"county_office"})
