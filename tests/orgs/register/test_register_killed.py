"""Killing the web process in the middle of an import leaves nothing half-loaded."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import BASE_DIR
from tests.orgs.register.test_register import SMALL, as_csv

SECONDS = 60

PREPARE = """
import datetime, sys
import django
django.setup()
from django.contrib.auth import SESSION_KEY, BACKEND_SESSION_KEY, HASH_SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from orgs.register import actions as register
from orgs.models import Organisation, Post, User
register.load(open(sys.argv[1], "rb").read(), name="first.csv", by=None)
user = User.objects.create(username="office", name="办公室甲")
county = Organisation.objects.get(kind="county")
Post.objects.create(user=user, role="county_office", organisation=county, since=datetime.date(2020, 1, 1))
session = SessionStore()
session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
session.save()
print(session.session_key)
"""
COUNT = """
import json, django
django.setup()
from orgs.models import Organisation
from records.models import Change, ChangeSet
print(json.dumps([model.objects.count() for model in (Organisation, ChangeSet, Change)]))
"""


def postgres_url(name: str) -> str | None:
    """The URL of another database on the server the tests use, if that is PostgreSQL."""
    url = os.environ.get("DATABASE_URL", "")
    return url.rsplit("/", 1)[0] + "/" + name if url.startswith("postgres") else None


@pytest.fixture
def surroundings(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A database of its own, on the kind of server the tests use."""
    found = {
        **os.environ,
        "LUOSHI_VAR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": str(BASE_DIR),
    }
    name = f"killed_{uuid.uuid4().hex[:8]}"
    url = postgres_url(name)
    if url is None:
        found.pop("DATABASE_URL", None)
        yield found
        return
    import psycopg2

    connection = psycopg2.connect(postgres_url("postgres"))
    connection.autocommit = True
    connection.cursor().execute(f"CREATE DATABASE {name}")
    try:
        yield {**found, "DATABASE_URL": url}
    finally:
        connection.cursor().execute(f"DROP DATABASE {name} WITH (FORCE)")
        connection.close()


def run(surroundings: dict[str, str], *arguments: str) -> str:
    """What a Python process with these arguments prints."""
    done = subprocess.run(
        [sys.executable, *arguments], env=surroundings, cwd=BASE_DIR, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def wait(condition: Callable[[], bool]) -> None:
    """Wait until it holds, and fail when it never does."""
    for _attempt in range(SECONDS * 20):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it never happened")


def multipart(name: str, content: bytes, **fields: str) -> tuple[bytes, str]:
    """A form with one file, as a browser sends it."""
    edge = uuid.uuid4().hex
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in fields.items()
    ]
    head = (
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"; filename="x.csv"\r\nContent-Type: text/csv\r\n\r\n'
    )
    return b"".join(
        [*parts, head.encode(), content, f"\r\n--{edge}--\r\n".encode()]
    ), f"multipart/form-data; boundary={edge}"


class Browser:
    """Just enough of a browser: a session, a CSRF token, GET and POST."""

    def __init__(self, port: str, session: str) -> None:
        self.root = f"http://127.0.0.1:{port}"
        self.token = "x" * 32
        self.cookies = f"sessionid={session}; csrftoken={self.token}"

    def get(self, path: str, body: bytes | None = None, kind: str = "", timeout: float = SECONDS) -> str:
        """The page a request ends at."""
        request = urllib.request.Request(
            self.root + path, data=body, headers={"Cookie": self.cookies, "X-CSRFToken": self.token}
        )
        if kind:
            request.add_header("Content-Type", kind)
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            return str(answer.read().decode())


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    return page.split(f'name="{name}" value="')[1].split('"')[0]


@pytest.mark.slow
def test_a_web_process_killed_while_loading_leaves_nothing_behind(surroundings: dict[str, str], tmp_path: Path) -> None:
    first, mark = tmp_path / "first.csv", tmp_path / "mark"
    first.write_bytes(as_csv(SMALL[:1]))
    run(surroundings, "manage.py", "migrate", "-v0")
    session = run(surroundings, "-c", PREPARE, str(first))
    before = json.loads(run(surroundings, "-c", COUNT))
    rows = [
        SMALL[0],
        *((f"{n}{code}", name, level, above if above == SMALL[0][0] else f"{n}{above}", *rest)
          for n in range(100) for code, name, level, above, *rest in SMALL[1:]),
    ]  # fmt: skip
    server = subprocess.Popen(
        [sys.executable, str(Path(__file__).parent / "slow_server.py"), str(mark)], env=surroundings, cwd=BASE_DIR
    )
    try:
        port = mark.with_suffix(".port")
        wait(lambda: port.exists() and bool(port.read_text()))
        browser = Browser(port.read_text(), session)
        page = browser.get("/register/", *multipart("file", as_csv(rows)))
        fields = {name: hidden(page, name) for name in ("file", "plan")}
        body = "&".join(f"{name}={value}" for name, value in fields.items()).encode()
        with pytest.raises((TimeoutError, urllib.error.URLError)):
            browser.get("/register/load/", body, "application/x-www-form-urlencoded", timeout=8)
        wait(mark.exists)
        assert json.loads(run(surroundings, "-c", COUNT)) == before, "others see nothing of it meanwhile"
    finally:
        server.send_signal(signal.SIGKILL)
        server.wait()
    assert json.loads(run(surroundings, "-c", COUNT)) == before
    again = tmp_path / "again.csv"
    again.write_bytes(as_csv(rows))
    run(surroundings, "manage.py", "import_orgs", str(again))
    assert json.loads(run(surroundings, "-c", COUNT))[0] == before[0] + len(rows) - 1
