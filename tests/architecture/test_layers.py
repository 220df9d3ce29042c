"""The floors: imports and foreign keys point only downwards, and each kind of module keeps to its job."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from tests.architecture.house import (
    BASE_DIR,
    FLOOR_OF,
    IDS,
    PROJECT,
    imported_kinds,
    imports_of,
    module_files,
    modules,
    nodes,
    own_models,
)

UPWARD_KEYS = {"orgs.User", "orgs.Organisation"}  # the two that records may have


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


@pytest.mark.parametrize("path", module_files("rules"), **IDS)
def test_rules_are_pure(path: Path) -> None:
    impure = ("django.db", "django.conf", "django.http", "django.utils.timezone")
    choices = {"django.db.models", "django.db.models.TextChoices", "django.db.models.IntegerChoices"}
    for name in imports_of(path):
        assert name in choices or not name.startswith(impure), name
    for name, kinds in imported_kinds(path).items():
        assert not kinds & {"models", "actions", "views", "clock"}, name


@pytest.mark.parametrize("path", module_files("actions", "models"), **IDS)
def test_actions_and_models_know_no_web_and_enqueue_nothing(path: Path) -> None:
    for name in imports_of(path):
        assert not name.startswith(("django.http", "django.shortcuts", "celery", "django.contrib.messages")), name
    for name, kinds in imported_kinds(path).items():
        assert not kinds & {"views", "jobs", "forms"}, name


@pytest.mark.parametrize("path", module_files("models"), **IDS)
def test_models_send_no_signals(path: Path) -> None:
    assert not [name for name in imports_of(path) if "signals" in name]


def test_only_views_and_jobs_enqueue() -> None:
    may = set(module_files("views", "jobs"))
    for path in set(modules()) - may:
        calls = {node.attr for node in nodes(path) if isinstance(node, ast.Attribute)}
        assert not calls & {"delay", "apply_async"}, path


@pytest.mark.parametrize("path", module_files("views"), **IDS)
def test_views_import_no_views_of_other_apps(path: Path) -> None:
    app = path.relative_to(BASE_DIR).parts[0]
    for name, kinds in imported_kinds(path).items():
        assert name.split(".")[0] == app or "views" not in kinds, name
