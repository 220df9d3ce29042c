"""Who may see a row is asked of one module, everywhere."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from orgs.models import Organisation
from orgs.scope import Scope
from tests.architecture.house import IDS, is_of, module_files, own_models, text_of

# Rows that are only ever reached through a row that has a scope of its own.
REACHED_THROUGH_ANOTHER = {"orgs.OrganisationName", "tasks.TaskUnit"}


def has_organisation(model: type[models.Model]) -> bool:
    """Whether a row of the model points to an organisation, or is one."""
    return model is Organisation or any(
        field.is_relation and field.concrete and field.related_model is Organisation
        for field in model._meta.get_fields()
    )


def scoped() -> list[type[models.Model]]:
    """The models that must say how their rows are found to be in scope."""
    return [
        model
        for model in own_models()
        if model._meta.app_label != "records"  # its pages ask the scope of the row the history is of
        and has_organisation(model)
        and model._meta.label not in REACHED_THROUGH_ANOTHER
    ]


@pytest.mark.parametrize("model", scoped(), ids=lambda model: model._meta.label)
def test_every_row_with_an_organisation_says_who_may_see_it(model: type[models.Model]) -> None:
    scope = getattr(model, "scope", None)
    assert isinstance(scope, Scope)
    assert hasattr(model._default_manager.all(), "visible_to")
    for path in scope.organisations:
        target: type[models.Model] = model
        for name in filter(None, path.split("__")):
            try:
                target = target._meta.get_field(name).related_model  # type: ignore[assignment]
            except FieldDoesNotExist:
                pytest.fail(f"{model._meta.label} has no {path}")
        assert target is Organisation, path


def test_the_exceptions_are_needed() -> None:
    for label in REACHED_THROUGH_ANOTHER:
        model = apps.get_model(label)
        assert has_organisation(model)
        assert not hasattr(model, "scope")


SCOPED_NAMES = {model.__name__ for model in own_models() if isinstance(getattr(model, "scope", None), Scope)}


def unscoped_queries(source: str) -> Iterator[str]:
    """Queries of scoped models that do not go through ``visible_to``."""
    tree = ast.parse(source)
    inside = {id(child) for node in ast.walk(tree) for child in chain(node)[1:]}
    for node in ast.walk(tree):
        if id(node) in inside or not isinstance(node, ast.Attribute | ast.Call | ast.Subscript):
            continue
        links = chain(node)
        names = {link.attr for link in links if isinstance(link, ast.Attribute)}
        asks = names & {"objects", "_default_manager", "_base_manager"} and not names & {"visible_to", "none"}
        if is_scoped_name(links[-1]) and asks:
            yield f"line {node.lineno}: {ast.unparse(node)[:80]}"
        finds = isinstance(links[-1], ast.Name) and links[-1].id in {"get_object_or_404", "get_list_or_404"}
        if finds and isinstance(links[-2], ast.Call) and is_scoped_name(links[-2].args[0]):
            yield f"line {node.lineno}: {ast.unparse(node)[:80]}"


def is_scoped_name(node: ast.AST) -> bool:
    """Whether this is the name of a model with a scope."""
    return isinstance(node, ast.Name) and node.id in SCOPED_NAMES


def chain(node: ast.AST) -> list[ast.AST]:
    """``a.b(c).d`` as its links from the outside in: itself, then what it is asked of."""
    links = [node]
    while isinstance(links[-1], ast.Attribute | ast.Call | ast.Subscript):
        link = links[-1]
        links.append(link.func if isinstance(link, ast.Call) else link.value)
    return links


DOORS = [path for path in module_files("views", "figures") if not is_of(path, "actions")]


@pytest.mark.parametrize("path", DOORS, **IDS)
def test_doors_ask_the_scope(path: Path) -> None:
    assert list(unscoped_queries(text_of(path))) == []


@pytest.mark.parametrize(
    "source",
    [
        "Organisation.objects.all()",
        "x = Organisation.objects.filter(name=1).first()",
        "get_object_or_404(Organisation, pk=1)",
        "get_object_or_404(Organisation.objects, pk=1)",
        "Organisation.objects.filter(pk=1)[:3]",
        "Organisation._default_manager.get(pk=1)",
    ],
)
def test_the_check_finds_what_goes_round_the_scope(source: str) -> None:
    assert list(unscoped_queries(source))


@pytest.mark.parametrize(
    "source",
    [
        "Organisation.objects.visible_to(request.actor).filter(pk=1)",
        "get_object_or_404(Organisation.objects.visible_to(request.actor), pk=1)",
        "Organisation.objects.open_on(day).visible_to(actor)",
        "Organisation.objects.none()",
    ],
)
def test_the_check_lets_what_asks_the_scope_be(source: str) -> None:
    assert list(unscoped_queries(source)) == []


def test_nothing_but_the_scope_narrows_by_path() -> None:
    """A prefix of a path in a query of a view would be a second answer to who may see what."""
    for path in module_files("views"):
        assert "path__startswith" not in text_of(path), path
