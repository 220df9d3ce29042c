#!/usr/bin/env python
"""Django's command line for Luoshi."""

import os
import re
import sys


def refuse_open_runserver(arguments: list[str]) -> None:
    """End with one sentence when ``runserver`` is asked to open an address to the network outside production."""
    from config import embedded

    if arguments[:1] != ["runserver"]:
        return
    from django.conf import settings

    for address in arguments[1:]:
        if re.search(r":\d+$", address) and not settings.PRODUCTION and (reason := embedded.bind_refusal(address)):
            raise SystemExit(reason)


def refuse_unwritable(arguments: list[str]) -> None:
    """End with one sentence when an argument that is no file's name holds what no database takes (bytes of another
    encoding than the terminal's).
    """
    for argument in arguments:
        if re.search("[\ud800-\udfff]", argument) and not os.path.exists(argument):
            raise SystemExit(f"{argument!a} is not written in UTF-8: nothing was done.")


LOOKS_ITSELF = {"check", "help", "version", "--help", "--version", "makemigrations", "makemessages", "compilemessages"}


def refuse_wrong_key(arguments: list[str]) -> None:
    """End with one sentence when the secret key is not the one that sealed the database; ``check`` tells of it too."""
    if not arguments or LOOKS_ITSELF & set(arguments):
        return
    import django

    django.setup()
    from ledgers import canary

    canary.require()


def main() -> None:
    """Run one management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    refuse_unwritable(sys.argv[1:])
    refuse_open_runserver(sys.argv[1:])
    refuse_wrong_key(sys.argv[1:])
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
