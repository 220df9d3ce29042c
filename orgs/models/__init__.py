"""The tables of organisations, people, responsibility, fields and settings; each module may use those before it."""

from orgs.models.dictionary import Field
from orgs.models.options import OptionValue
from orgs.models.organisation import Organisation, OrganisationName, Relation, TermOfOffice, YearRating
from orgs.models.people import ActivationCode, Post, User
from orgs.models.responsibility import Responsibility
from orgs.models.workdays import WorkdayException

__all__ = [
    "ActivationCode",
    "Field",
    "OptionValue",
    "Organisation",
    "OrganisationName",
    "Post",
    "Relation",
    "Responsibility",
    "TermOfOffice",
    "User",
    "WorkdayException",
    "YearRating",
]
