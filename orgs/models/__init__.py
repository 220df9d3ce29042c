"""The tables of organisations, people and responsibility; each module may use those before it."""

from orgs.models.organisation import Organisation, OrganisationName, Relation, TermOfOffice, YearRating
from orgs.models.people import ActivationCode, Post, User
from orgs.models.responsibility import Responsibility

__all__ = [
    "ActivationCode",
    "Organisation",
    "OrganisationName",
    "Post",
    "Relation",
    "Responsibility",
    "TermOfOffice",
    "User",
    "YearRating",
]
