"""Where the app is made known to Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BulletinsConfig(AppConfig):
    """The app ``bulletins``."""

    name = "bulletins"
    verbose_name = _("Bulletins")

    def ready(self) -> None:
        """Add the board's door to the menu."""
        from orgs.events import event_kinds
        from orgs.pages import menu
        from orgs.rules import Role

        event_kinds.add({"board": _("See the board"), "board_export": _("Export the board")})
        roles = {
            Role.COUNTY_OFFICE,
            Role.COUNTY_LEADER,
            Role.LEAD_DEPARTMENT,
            Role.INSPECTOR,
            Role.CITY_VIEWER,
            Role.TOWNSHIP_ORGANISER,
            Role.TOWNSHIP_LEADER,
        }
        menu.add(10, "board", _("Board"), roles)
