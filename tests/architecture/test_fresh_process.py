"""A process that has just started finds everything that settings, beat and routes name by a text."""

import pytest

from tests.architecture import fresh_process


def test_everything_that_is_named_is_there() -> None:
    assert fresh_process.answer()["faults"] == []


PLACES = {
    *(
        "INSTALLED_APPS",
        "MIDDLEWARE",
        "AUTHENTICATION_BACKENDS",
        "ROOT_URLCONF",
        "WSGI_APPLICATION",
        "CSRF_FAILURE_VIEW",
    ),
    *("TEMPLATES.OPTIONS.context_processors", "TEMPLATES.OPTIONS.builtins", "TEMPLATES.OPTIONS.loaders"),
    *("LOGGING.filters.request_id.()", "LOGGING.formatters.json.()", "LOGGING.handlers.console.class"),
    *("AXES_LOCKOUT_CALLABLE", "AXES_CLIENT_IP_CALLABLE", "STORAGES.staticfiles.BACKEND", "FORMAT_MODULE_PATH"),
    *("CACHES.default.BACKEND", "DATABASES.default.ENGINE", "AUTH_PASSWORD_VALIDATORS.NAME", "SESSION_ENGINE"),
}


def test_the_walk_through_the_settings_reaches_every_place() -> None:
    paths = fresh_process.answer()["paths"]
    assert set(paths.values()) >= PLACES
    assert len(paths) >= 94


@pytest.mark.parametrize("path", ["orgs", "orgs.models", "orgs.models.Organisation", "records.models.Event.Result"])
def test_what_is_there_resolves(path: str) -> None:
    assert fresh_process.resolves(path)


@pytest.mark.parametrize("path", ["orgs.nowhere", "orgs.models.Nobody", "nothing.at.all", "orgs.views.nowhere.denied"])
def test_what_is_not_there_does_not(path: str) -> None:
    assert not fresh_process.resolves(path)


def test_only_paths_of_packages_are_walked() -> None:
    assert fresh_process.is_dotted("orgs.views.nowhere.denied")
    assert not fresh_process.is_dotted("zh-hans")
    assert not fresh_process.is_dotted("nobodys.package")
    assert list(fresh_process.texts_in({"a": ("b", {"c": ["d"]})}, "X")) == [
        ("X", "a"),
        ("X.a", "b"),
        ("X.a", "c"),
        ("X.a.c", "d"),
    ]
