"""The tables of organisations, people, responsibility and the field dictionary; each module may use those before it."""

from orgs.models.dictionary import Field
from orgs.models.organisation import Organisation, OrganisationName, Relation, TermOfOffice, YearRating
from orgs.models.people import ActivationCode, Post, User
from orgs.models.responsibility import Responsibility

__all__ = [
    "ActivationCode",
    "Field",
    "Organisation",
    "OrganisationName",
    "Post",
    "Relation",
    "Responsibility",
    "TermOfOffice",
    "User",
    "YearRating",
]
