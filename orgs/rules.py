"""What organisations, posts and responsibility may be: pure sentences."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    """What an organisation is."""

    CITY = "city", _("City")
    COUNTY = "county", _("County")
    WORKING_COMMITTEE = "working_committee", _("Working committee")
    TOWNSHIP = "township", _("Township or street")
    VILLAGE = "village", _("Village")
    COMMUNITY = "community", _("Community")
    ESTATE = "estate", _("Estate or building group")
    NONPUBLIC = "nonpublic", _("Non-public enterprise")
    SOCIAL_ORG = "social_org", _("Social organisation")
    GOVERNMENT_OFFICE = "government_office", _("Government office")
    SCHOOL = "school", _("School")
    STATE_OWNED = "state_owned", _("State-owned enterprise")
    PUBLIC_INSTITUTION = "public_institution", _("Public institution")
    COUNTY_DEPARTMENT = "county_department", _("County department")


# The groups that code asks for: a new kind is put into those it belongs to, and no other code lists kinds.
ABOVE = frozenset({Kind.CITY, Kind.COUNTY})  # townships and departments stand below them
OPERATING = frozenset({Kind.TOWNSHIP, Kind.WORKING_COMMITTEE})  # they operate their subtree: a row on every board
VILLAGE_LEVEL = frozenset({Kind.VILLAGE, Kind.COMMUNITY})
TWO_NEW = frozenset({Kind.NONPUBLIC, Kind.SOCIAL_ORG})

GRASSROOTS = frozenset(Kind) - ABOVE - OPERATING - {Kind.COUNTY_DEPARTMENT}  # where common tasks (共性任务) are done

_ALLOWED_PARENTS: dict[Kind, frozenset[Kind]] = {
    Kind.CITY: frozenset(),
    Kind.COUNTY: frozenset({Kind.CITY}),
    Kind.WORKING_COMMITTEE: frozenset({Kind.CITY, Kind.COUNTY}),
    Kind.COUNTY_DEPARTMENT: frozenset({Kind.CITY, Kind.COUNTY, Kind.WORKING_COMMITTEE}),
    Kind.TOWNSHIP: frozenset({Kind.COUNTY}),
    Kind.VILLAGE: frozenset({Kind.TOWNSHIP}),
    Kind.COMMUNITY: frozenset({Kind.TOWNSHIP, Kind.COMMUNITY}),
    Kind.ESTATE: frozenset({Kind.VILLAGE, Kind.COMMUNITY}),
}
_ANYWHERE = frozenset({Kind.COUNTY, Kind.COUNTY_DEPARTMENT}) | OPERATING | GRASSROOTS


def kind_fits(kind: str, parent: str | None) -> bool:
    """Whether an organisation of ``kind`` may stand under one of kind ``parent`` (None: the root)."""
    if parent is None:
        return kind in ABOVE
    return parent in _ALLOWED_PARENTS.get(Kind(kind), _ANYWHERE)


class PartyForm(TextChoices):
    """The form of the Party organisation, if there is one."""

    COMMITTEE = "committee", _("Committee")
    GENERAL_BRANCH = "general_branch", _("General branch")
    BRANCH = "branch", _("Branch")
    GROUP = "group", _("Party group")
    NONE = "none", _("No Party organisation")


_FORM_BELOW: dict[str, frozenset[PartyForm]] = {
    PartyForm.COMMITTEE: frozenset(PartyForm),
    PartyForm.GENERAL_BRANCH: frozenset({PartyForm.BRANCH, PartyForm.GROUP, PartyForm.NONE}),
    PartyForm.BRANCH: frozenset({PartyForm.GROUP, PartyForm.NONE}),
    PartyForm.GROUP: frozenset({PartyForm.NONE}),
    PartyForm.NONE: frozenset(PartyForm),
}


def form_fits(form: str, above: str | None) -> bool:
    """Whether a Party organisation of ``form`` may stand under one of form ``above`` (None: nothing above)."""
    return above is None or form in _FORM_BELOW[above]


class VillageClass(TextChoices):
    """The class of a village or community in a year; not everything adds up, so 未定 is a class."""

    FIRST = "1", _("Class 1")
    SECOND = "2", _("Class 2")
    THIRD = "3", _("Class 3")
    UNRATED = "unrated", _("Unrated")


class Duty(TextChoices):
    """What a person or department is responsible for at an organisation (包保 and 三个责任人)."""

    FIRST = "first", _("First responsible person")
    DIRECT = "direct", _("Directly responsible person")
    CONCRETE = "concrete", _("Concretely responsible person")
    AREA_LEADER = "area_leader", _("Area leader")
    VILLAGE_CADRE = "village_cadre", _("Village-responsible cadre")
    CONTACT_LEADER = "contact_leader", _("Contact leader")
    PAIRING_UNIT = "pairing_unit", _("Pairing department")
    FIRST_SECRETARY = "first_secretary", _("First secretary")
    INSTRUCTOR = "instructor", _("Party-building instructor")


class RelationKind(TextChoices):
    """A second relation between organisations, beside the tree."""

    JOINT_BRANCH = "joint_branch", _("Joint branch")
    HOST_BRANCH = "host_branch", _("Host branch")


class Role(TextChoices):
    """What a post is for."""

    COUNTY_OFFICE = "county_office", _("County office")
    LEAD_DEPARTMENT = "lead_department", _("Lead department")
    COUNTY_LEADER = "county_leader", _("County leader")
    DEPARTMENT = "department", _("Department")
    TOWNSHIP_ORGANISER = "township_organiser", _("Township organiser")
    TOWNSHIP_LEADER = "township_leader", _("Township leader")
    VILLAGE_RECORDER = "village_recorder", _("Village recorder")
    INSPECTOR = "inspector", _("Inspector")
    CITY_VIEWER = "city_viewer", _("City viewer")
    SYSTEM_ADMIN = "system_admin", _("System administrator")
    SECURITY_ADMIN = "security_admin", _("Security administrator")
    AUDIT_ADMIN = "audit_admin", _("Audit administrator")


ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
_ROLE_PLACES: dict[Role, frozenset[Kind]] = {
    Role.COUNTY_OFFICE: frozenset({Kind.COUNTY}),
    Role.LEAD_DEPARTMENT: frozenset({Kind.COUNTY_DEPARTMENT, Kind.WORKING_COMMITTEE}),
    Role.COUNTY_LEADER: frozenset({Kind.COUNTY}),
    Role.DEPARTMENT: frozenset(Kind) - ABOVE - VILLAGE_LEVEL - {Kind.TOWNSHIP},
    Role.TOWNSHIP_ORGANISER: OPERATING,
    Role.TOWNSHIP_LEADER: OPERATING,
    Role.VILLAGE_RECORDER: GRASSROOTS,
    Role.INSPECTOR: ABOVE,
    Role.CITY_VIEWER: frozenset({Kind.CITY}),
}


def role_fits(role: str, kind: str) -> bool:
    """Whether a post of ``role`` may stand at an organisation of ``kind``; administrators stand anywhere."""
    places = _ROLE_PLACES.get(Role(role))
    return places is None or kind in places


def administrators_kept_apart(roles: Collection[str]) -> bool:
    """Whether one person may hold these roles together: at most one of the three administrators (三员分立)."""
    return len(ADMINISTRATORS & set(roles)) <= 1


@dataclass(frozen=True)
class TermState:
    """Where a term of office stands: ``days_left`` counts calendar days and is negative once overdue."""

    days_left: int
    overdue: bool
    due: bool


TERM_YEARS = dict.fromkeys(VILLAGE_LEVEL | {Kind.TOWNSHIP}, 5)  # others 3, by the regulation on branch work
TERM_NOTICE_DAYS = 180


def term_years(kind: str) -> int:
    """Length of a term of office in years."""
    return TERM_YEARS.get(Kind(kind), 3)


def term_state(ends_on: datetime.date, on: datetime.date) -> TermState:
    """Whether the election is due (within 180 days) or overdue on a day."""
    left = (ends_on - on).days
    return TermState(left, overdue=left < 0, due=0 <= left <= TERM_NOTICE_DAYS)
