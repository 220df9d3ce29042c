"""Appoint an administrator from the server's own command line: the first one of a fresh installation."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from dates import clock
from orgs.models import Organisation, User
from orgs.people import actions as people
from orgs.rules import ABOVE, ADMINISTRATORS


class Command(BaseCommand):
    """Open an account for an administrator, if there is none yet, and give it the post; prints the one-time code."""

    help = "Appoint one of the three administrators; a new account's one-time code is printed this once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The user name, the role, and where."""
        parser.add_argument("--username", required=True)
        parser.add_argument("--name", default="", help="the person's name, for a new account")
        parser.add_argument("--role", required=True, choices=sorted(ADMINISTRATORS))
        parser.add_argument(
            "--organisation", default="", help="code of the organisation; the topmost city or county if left out"
        )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, or say in one sentence why not."""
        organisation = self._organisation(options["organisation"])
        user, code = User.objects.filter(username=options["username"]).first(), ""
        try:
            if user is None:
                name = options["name"] or options["username"]
                user, code = people.open_account(username=options["username"], name=name, by=None)
            people.appoint(user, role=options["role"], organisation=organisation, since=clock.today(), by=None)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{user.username}: {options['role']} – {organisation.name}")
        if code:
            self.stdout.write(f"One-time code, shown this once: {code} (type it at /activate/)")

    def _organisation(self, code: str) -> Organisation:
        rows = (
            Organisation.objects.filter(code=code)
            if code
            else Organisation.objects.filter(kind__in=ABOVE).order_by("depth", "code")
        )
        found = rows.first()
        if found is None:
            raise CommandError(
                f"There is no organisation with the code {code}."
                if code
                else "There is no organisation yet: load the register first, with import_orgs FILE."
            )
        return found
