"""Where the app is made known to Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrgsConfig(AppConfig):
    """The app ``orgs``."""

    name = "orgs"
    verbose_name = _("Organisations")

    def ready(self) -> None:
        """Add the app's doors to the menu, and say how work in the background acts for a person."""
        from orgs.pages import menu
        from orgs.rules import ADMINISTRATORS, Role
        from orgs.settings import actions as settings
        from orgs.settings import workday_actions
        from orgs.sign_in import acting
        from records import undo, work

        work.act_again_by(acting.again)
        undo.follow({"orgs.optionvalue"}, settings.when_undone)
        undo.follow({"orgs.workdayexception"}, workday_actions.when_undone)

        menu.add(10, "people", _("People"), {Role.SYSTEM_ADMIN})
        menu.add(10, "locks", _("Unlocking"), {Role.SECURITY_ADMIN})
        menu.add(20, "roles", _("Roles"), {Role.SECURITY_ADMIN})
        menu.add(30, "policies", _("Policies"), {Role.SECURITY_ADMIN})
        menu.add(10, "events", _("Event log"), {Role.AUDIT_ADMIN})
        menu.add(95, "settings", _("Settings"), {Role.COUNTY_OFFICE})
        menu.add_setting(10, "settings", _("Numbers and switches"), {Role.COUNTY_OFFICE})
        menu.add_setting(20, "workdays", _("Workdays"), {Role.COUNTY_OFFICE})
        menu.add(80, "organisations", _("Organisations"), frozenset(Role) - ADMINISTRATORS)
