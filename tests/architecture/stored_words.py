"""Every word of the source that databases, queues, mails or bookmarks hold.

``DJANGO_SETTINGS_MODULE=config.settings python -m tests.architecture.stored_words`` writes the listing anew.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LISTING = Path(__file__).with_suffix(".txt")
PUSH_KEY = re.compile(r"[a-z_]+:")


def collected() -> list[str]:
    """Every stored word as its kind and itself, in order."""
    return sorted(
        {f"{kind}: {word}" for kind, word in [*_registered(), *_of_models(), *_in_json(), *_routes(), *_in_sources()]}
    )


def _registered() -> Iterator[tuple[str, str]]:
    """What apps add to registries when they are ready."""
    from ledgers import facts
    from orgs import duties, options
    from orgs.events import event_kinds
    from orgs.history import reading as history_reading
    from orgs.history import verbs
    from orgs.people import handover
    from orgs.reorganise import cases
    from orgs.tree import panels
    from records import files, health, sweeps, undo, work
    from reminders import kinds as reminder_kinds
    from reminders import pushes
    from reminders.rules.kinds import Kind
    from tasks import stores
    from tests.architecture import fresh_process

    yield from (("verb of a change set", word) for word in verbs._labels)
    yield from (("end of a verb", word) for word in (undo.UNDO, undo.REDO))
    yield from (("option", option.key) for option in options.declared())
    yield from (("kind of work", word) for word in work._kinds)
    yield from (("kind of duty", word) for word in {*duties._sources, *duties._bulk_sources})
    yield from (("kind of reminder", word) for word in Kind.values)
    yield from (("row of reminders", rule.key) for rule in reminder_kinds.shipped())
    yield from (("pushed kind", word) for word in pushes._standing)
    yield from (("kind of event", word) for word in event_kinds._labels)
    yield from (("figure store", word) for word in {*stores._stores, facts.PREFIX})
    yield from (("file link", word) for word in files._links)
    yield from (("kind of change told by its app", word) for word in history_reading._word_makers)
    yield from (("kind of change followed when undone", word) for kinds in undo._followers.values() for word in kinds)
    yield from (("reorganised", word) for word in cases._handlers)
    yield from (("handed over", word) for word in handover._handlers)
    yield from (("panel of an organisation", word) for word in panels._makers)
    yield from (("part of the health page", word) for word in health._answers)
    yield from (("sweep", word) for word in sweeps.NAMES)
    yield from (("Celery task", word) for word in fresh_process.tasks())


def _of_models() -> Iterator[tuple[str, str]]:
    """Labels, tables and choices of the house's models."""
    from tests.architecture.house import own_models

    for model in own_models():
        meta = model._meta
        yield "model and table", f"{meta.label} {meta.db_table}"
        for field in meta.local_concrete_fields:
            if field.choices and meta.label != "orgs.OptionValue":  # whose choices are the options
                yield from (("choice", f"{meta.label}.{field.name} {value}") for value, _words in field.flatchoices)


def _in_json() -> Iterator[tuple[str, str]]:
    """Words that columns of JSON, sealed parts or queries of addresses hold."""
    from ledgers.imports import staged
    from ledgers.rules.checks import Severity
    from orgs.reorganise.cases import Verb
    from reminders.rules.kinds import Section
    from sheets.fields import Type
    from tasks.rules.status import Light

    for kind, words in {
        "standing of a staged row": staged.Standing,
        "problem of a staged row": staged.Problem,
        "severity of a remark": Severity,
        "step of a reorganisation": Verb,
        "section of a digest": Section,
        "type of a field": Type,
        "light": Light,
    }.items():
        yield from ((kind, str(word.value)) for word in words)


def _routes(patterns: Any = None, before: str = "") -> Iterator[tuple[str, str]]:
    """Every address by its name."""
    from django.urls import URLResolver, get_resolver

    for each in get_resolver().url_patterns if patterns is None else patterns:
        route = f"{before}{each.pattern}"
        if isinstance(each, URLResolver):
            yield from _routes(each.url_patterns, route)
        else:
            yield "address", f"{each.name} {route}".rstrip()


def _in_sources() -> Iterator[tuple[str, str]]:
    """What no registry knows: beginnings of keys under which a push is told once, and salts of stored digests."""
    from tests.architecture.house import imports_of, modules, nodes

    for path in modules():
        pushing = "reminders.pushes" in imports_of(path)
        for node in nodes(path):
            if pushing and isinstance(node, ast.JoinedStr) and PUSH_KEY.fullmatch(start := _start_of(node)):
                yield "key of a push", start
            elif isinstance(node, ast.Call) and ast.unparse(node.func) == "salted_hmac" and _start_of(node.args[0]):
                yield "salt", _start_of(node.args[0])
            elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_SALT":
                yield "salt", _start_of(node.value)


def _start_of(node: ast.expr) -> str:
    """What a text begins with before anything is put into it."""
    first = node.values[0] if isinstance(node, ast.JoinedStr) else node
    return str(first.value) if isinstance(first, ast.Constant) else ""


if __name__ == "__main__":
    import django

    django.setup()
    LISTING.write_text("\n".join(collected()) + "\n")
