"""The surroundings of every test process, set before the settings are read (by ``-p`` in pyproject.toml)."""

import atexit
import os
import secrets
import shutil
import tempfile

import pytest

LEFT_OUT = (
    "LUOSHI_PRODUCTION",
    "LUOSHI_BIND",
    "LUOSHI_CLOCK_SHIFT_DAYS",
    "DEBUG",
    "ALLOWED_HOSTS",
    "EMAIL_URL",
    "PORT",
)
for name in LEFT_OUT:
    os.environ.pop(name, None)
os.environ["LUOSHI_VAR"] = tempfile.mkdtemp(prefix="luoshi-tests-")
os.environ["SECRET_KEY"] = "only-for-tests-" + "x" * 40
os.environ["LOG_LEVEL"] = "WARNING"
os.environ.setdefault("LUOSHI_FUZZ_SEED", str(secrets.randbelow(10**6)))  # workers inherit it
atexit.register(shutil.rmtree, os.environ["LUOSHI_VAR"], ignore_errors=True)


def pytest_report_header() -> str:
    """The seed of what is drawn at random, to draw it again."""
    return f"fuzz seed: {os.environ['LUOSHI_FUZZ_SEED']} (set LUOSHI_FUZZ_SEED to draw the same again)"


@pytest.hookimpl(trylast=True)
def pytest_configure() -> None:
    """Make what tests pay for often cheap, and keep test processes apart in a shared cache."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.WHITENOISE_USE_FINDERS = False  # every client would look through all assets
    settings.CACHES["default"]["KEY_PREFIX"] = os.environ.get("PYTEST_XDIST_WORKER", "main")
    from django.db import connection

    if connection.vendor == "sqlite":
        from tests.migrated import MigratedDatabase

        connection.creation = MigratedDatabase(connection)
