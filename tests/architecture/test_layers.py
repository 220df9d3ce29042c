"""Ten floors: imports and foreign keys point only downwards."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

BASE_DIR = Path(__file__).resolve().parent.parent.parent
PROJECT = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["tool"]["importlinter"]
FLOORS = next(contract["layers"] for contract in PROJECT["contracts"] if contract["id"] == "floors")
FLOOR_OF = {app.strip(): height for height, floor in enumerate(reversed(FLOORS)) for app in floor.split("|")}
UPWARD_KEYS = {"orgs.User", "orgs.Organisation"}  # the two that records may have
HOUSE = BASE_DIR.name


def own_models() -> list[type[models.Model]]:
    """Every model of the house's own apps."""
    return [model for model in apps.get_models() if model._meta.app_label in FLOOR_OF]


def test_every_app_has_its_floor() -> None:
    own = {Path(config.path).name for config in apps.get_app_configs() if Path(config.path).parent == BASE_DIR}
    without_tables = {name for name in FLOOR_OF if not (BASE_DIR / name / "apps.py").exists()}
    assert own == FLOOR_OF.keys() - without_tables
    assert set(PROJECT["root_packages"]) == FLOOR_OF.keys() | {"config"}


def test_imports_point_downwards() -> None:
    linter = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([linter, "--no-cache"], cwd=BASE_DIR, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("model", own_models(), ids=lambda model: model._meta.label)
def test_foreign_keys_point_downwards(model: type[models.Model]) -> None:
    for field in model._meta.get_fields():
        if not (field.is_relation and field.concrete) or field.related_model is None:
            continue  # the far side of another model's key, or a generic key
        target = field.related_model._meta
        if target.app_label not in FLOOR_OF:
            continue  # Django's own
        upward = FLOOR_OF[target.app_label] > FLOOR_OF[model._meta.app_label]
        allowed = model._meta.app_label == "records" and target.label in UPWARD_KEYS
        assert allowed or not upward, f"{model._meta.label}.{field.name} points up to {target.label}"


def imports_of(path: Path) -> Iterator[str]:
    """Every module a file imports, imports within functions included."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{name.name}" for name in node.names)


def module_files(name: str) -> list[Path]:
    """The files of one kind of module in every app, whether it is a file or a package."""
    found = []
    for app in FLOOR_OF:
        found += [*(BASE_DIR / app).glob(f"{name}.py"), *(BASE_DIR / app).glob(f"{name}/**/*.py")]
    return sorted(found)


IDS = {"ids": lambda path: path.relative_to(BASE_DIR).as_posix()}


@pytest.mark.parametrize("path", module_files("rules"), **IDS)
def test_rules_are_pure(path: Path) -> None:
    impure = ("django.db", "django.conf", "django.http", "django.utils.timezone")
    choices = {"django.db.models", "django.db.models.TextChoices", "django.db.models.IntegerChoices"}
    for name in imports_of(path):
        if name in choices:
            continue
        assert not name.startswith(impure), name
        assert name.split(".")[-1] not in {"models", "actions", "views", "clock"}, name


@pytest.mark.parametrize("path", [*module_files("actions"), *module_files("models")], **IDS)
def test_actions_and_models_know_no_web_and_enqueue_nothing(path: Path) -> None:
    for name in imports_of(path):
        assert not name.startswith(("django.http", "django.shortcuts", "celery", "django.contrib.messages")), name
        assert name.split(".")[-1] not in {"views", "jobs", "forms"}, name


@pytest.mark.parametrize("path", module_files("models"), **IDS)
def test_models_send_no_signals(path: Path) -> None:
    assert not [name for name in imports_of(path) if "signals" in name]


def test_only_views_and_jobs_enqueue() -> None:
    may = set(module_files("views")) | set(module_files("jobs"))
    for app in FLOOR_OF:
        for path in (BASE_DIR / app).rglob("*.py"):
            calls = {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}
            assert path in may or not calls & {"delay", "apply_async"}, path


@pytest.mark.parametrize("path", module_files("views"), **IDS)
def test_views_import_no_views_of_other_apps(path: Path) -> None:
    app = path.relative_to(BASE_DIR).parts[0]
    for name in imports_of(path):
        parts = name.split(".")
        assert not (parts[0] in FLOOR_OF and parts[0] != app and "views" in parts), name
