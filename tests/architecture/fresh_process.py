"""What a process that has just started knows: ``python -m tests.architecture.fresh_process`` says it as JSON.

Tests ask ``answer()``. In their own process so much is imported that a name nobody imports any more would still be
found, and stories register words of their own.
"""

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

DOTTED = re.compile(r"[A-Za-z_]\w*(\.\w+)+")


@cache
def answer() -> dict[str, Any]:
    """What a fresh process says, asked once."""
    from tests.architecture.house import BASE_DIR

    done = subprocess.run(
        [sys.executable, "-m", "tests.architecture.fresh_process"],
        cwd=BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


# Settings


def texts_in(value: object, place: str) -> Iterator[tuple[str, str]]:
    """Every text in a setting, keys of mappings included, with the place it stands at."""
    if isinstance(value, str):
        yield place, str(value)
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from texts_in(key, place)
            yield from texts_in(part, f"{place}.{key}")
    elif isinstance(value, list | tuple | set | frozenset):
        for part in value:
            yield from texts_in(part, place)


def is_dotted(text: str) -> bool:
    """Whether a text looks like the path of something in a package that can be imported here."""
    head = text.partition(".")[0]
    return bool(DOTTED.fullmatch(text)) and find_spec(head) is not None


def resolves(path: str) -> bool:
    """Whether a dotted path names a module, or something in one."""
    parts = path.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found: object = import_module(".".join(parts[:cut]))
        except ModuleNotFoundError as missing:
            if missing.name is None or not path.startswith(missing.name):
                raise
            continue
        for name in parts[cut:]:
            if not hasattr(found, name):
                return False
            found = getattr(found, name)
        return True
    return False


def setting_paths() -> dict[str, str]:
    """Each dotted path that the settings hold, with where it stands; names of tasks, models and loggers are none."""
    from django.conf import settings

    found = dict.fromkeys(settings.INSTALLED_APPS, "INSTALLED_APPS")
    for name in dir(settings):
        if not name.isupper() or name.startswith(("CELERY_BEAT_SCHEDULE", "CELERY_TASK_ROUTES", "AUTH_USER_MODEL")):
            continue
        for place, text in texts_in(getattr(settings, name), name):
            if is_dotted(text) and not place.startswith("LOGGING.loggers") and place != "LOGGING":
                found[text] = place
    return found


def faults_of_settings() -> Iterator[str]:
    """What the settings name and nobody finds."""
    from django.apps import apps
    from django.conf import settings
    from django.shortcuts import resolve_url
    from django.template import engines
    from django.template.backends.django import get_installed_libraries
    from kombu.transport import TRANSPORT_ALIASES

    for path, place in setting_paths().items():
        if not resolves(path):
            yield f"{place} names {path}, which is not there."
    transport = TRANSPORT_ALIASES["filesystem"].replace(":", ".")
    if not resolves(transport):
        yield f"The queue in files is {transport}, which is not there."
    apps.get_model(settings.AUTH_USER_MODEL)
    for name in (settings.LOGIN_URL, settings.LOGIN_REDIRECT_URL, settings.LOGOUT_REDIRECT_URL):
        resolve_url(name)
    for library in get_installed_libraries().values():
        import_module(library)
    for engine in engines.all():
        assert engine.name


def faults_of_urls() -> Iterator[str]:
    """Handlers of the URL configuration that nobody finds, and the configuration itself where it fails."""
    from django.conf import settings
    from django.urls import get_resolver

    urls = import_module(settings.ROOT_URLCONF)
    for name in ("handler400", "handler403", "handler404", "handler500"):
        if not resolves(getattr(urls, name)):
            yield f"{name} is {getattr(urls, name)}, which is not there."
    for code in (400, 403, 404, 500):
        get_resolver().resolve_error_handler(code)


# Celery


def tasks() -> list[str]:
    """The names of the house's own tasks as a worker knows them when it starts."""
    from config.celery import app
    from tests.architecture.house import FLOOR_OF

    app.loader.import_default_modules()
    return sorted(name for name in app.tasks if name.partition(".")[0] in FLOOR_OF)


def faults_of_celery() -> Iterator[str]:
    """Tasks that beat, a route or a queue names and no worker knows; shells that a worker would not find."""
    from django.conf import settings

    from config.celery import app
    from tests.architecture.house import modules, nodes

    known = tasks()
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        if entry["task"] not in known:
            yield f"Beat sends {entry['task']}, which no worker knows."
    queues = {queue.name for queue in settings.CELERY_TASK_QUEUES}
    for name, route in settings.CELERY_TASK_ROUTES.items():
        if name not in known:
            yield f"A route is for {name}, which no worker knows."
        if route["queue"] not in queues:
            yield f"The route of {name} is the queue {route['queue']}, which no worker reads."
    for name in known:
        app_name = name.partition(".")[0]
        if app.tasks[name].__module__ != f"{app_name}.jobs":
            yield f"{name} stands in {app.tasks[name].__module__}, not in the jobs of its app."
    shells = sum(
        isinstance(node, ast.FunctionDef) and any("shared_task" in ast.unparse(each) for each in node.decorator_list)
        for path in modules()
        for node in nodes(path)
    )
    if shells != len(known):
        yield f"{shells} functions are made tasks, and a worker knows {len(known)}."


def found_by(*checks: Callable[[], Iterator[str]]) -> list[str]:
    """The faults that the checks find; one that fails itself is a fault too."""
    faults = []
    for check in checks:
        try:
            faults += check()  # what it said before it failed is kept
        except Exception as error:
            faults.append(f"{check.__name__} ended with {type(error).__name__}: {error}")
    return faults


def main() -> None:
    """Start Django and say everything."""
    import django

    django.setup()
    from tests.architecture import stored_words

    faults = found_by(faults_of_celery, faults_of_settings, faults_of_urls)
    words = [] if faults else stored_words.collected()
    sys.stdout.write(json.dumps({"faults": faults, "paths": setting_paths(), "words": words}))


if __name__ == "__main__":
    main()
