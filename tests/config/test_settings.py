"""What starts, and what refuses to start with one clear sentence."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from config import embedded
from tests import BASE_DIR

BIN = Path(sys.executable).parent
CHECK = [sys.executable, "manage.py", "check"]
GUNICORN = [str(BIN / "gunicorn")]
KEY = "k" * 50


def start(command: list[str], tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command as an operator would, with nothing in the environment but what is named."""
    return subprocess.run(
        command,
        cwd=BASE_DIR,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LUOSHI_VAR": str(tmp_path / "var"), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("command", "environment", "words"),
    [
        (CHECK, {"LUOSHI_PRODUCTION": "1"}, "set SECRET_KEY"),
        (CHECK, {"LUOSHI_PRODUCTION": "1", "SECRET_KEY": KEY[1:]}, "at least 50"),
        (GUNICORN, {"LUOSHI_PRODUCTION": "1", "SECRET_KEY": "short"}, "at least 50"),
        (CHECK, {"LUOSHI_PRODUCTION": "1", "SECRET_KEY": " " * 60}, "set SECRET_KEY"),
        (CHECK, {"LUOSHI_PRODUCTION": "1", "SECRET_KEY": "short" + " " * 60}, "at least 50"),
        (CHECK, {"LUOSHI_PRODUCTION": "1", "SECRET_KEY": KEY, "LUOSHI_CLOCK_SHIFT_DAYS": "3"}, "CLOCK_SHIFT"),
        (GUNICORN, {"LUOSHI_PRODUCTION": "1", "SECRET_KEY": KEY, "LUOSHI_CLOCK_SHIFT_DAYS": "-0.5"}, "CLOCK_SHIFT"),
        (CHECK, {"LUOSHI_PRODUCTION": "1", "SECRET_KEY": KEY, "DEBUG": "1"}, "unset DEBUG"),
        (CHECK, {"LUOSHI_PRODUCTION": "1", "SECRET_KEY": KEY}, "set ALLOWED_HOSTS"),
        (CHECK, {"LUOSHI_PRODUCTION": "1", "SECRET_KEY": KEY, "ALLOWED_HOSTS": "*"}, "set ALLOWED_HOSTS"),
        (CHECK, {"LUOSHI_PRODUCTION": "1", "SECRET_KEY": KEY, "ALLOWED_HOSTS": ".county.example"}, "ALLOWED_HOSTS"),
        (CHECK, {"LUOSHI_BIND": "0.0.0.0:8000"}, "set SECRET_KEY"),
        (GUNICORN, {"LUOSHI_BIND": "0.0.0.0:8000"}, "set SECRET_KEY"),
        (GUNICORN, {"LUOSHI_PRODUCTION": "1"}, "set SECRET_KEY"),
        ([*GUNICORN, "-b", "0.0.0.0:8000"], {}, "0.0.0.0:8000"),
        ([*GUNICORN, "-b", "127.0.0.1:8999", "-b", "[::]:8000"], {}, "[::]:8000"),
        (GUNICORN, {"GUNICORN_CMD_ARGS": "--bind=:8000"}, ":8000"),
        ([sys.executable, "manage.py", "runserver", "0.0.0.0:8000"], {}, "0.0.0.0:8000"),
        ([sys.executable, "manage.py", "runserver", "--noreload", "0:8000"], {}, "0:8000"),
        ([str(BIN / "celery"), "-A", "config", "worker"], {"LUOSHI_PRODUCTION": "1"}, "set SECRET_KEY"),
        ([str(BIN / "celery"), "-A", "config", "beat"], {"LUOSHI_PRODUCTION": "1"}, "set SECRET_KEY"),
        ([sys.executable, "-m", "config.run"], {"LUOSHI_BIND": "0.0.0.0:8000"}, "set SECRET_KEY"),
    ],
)
def test_it_refuses_with_one_sentence(
    command: list[str], environment: dict[str, str], words: str, tmp_path: Path
) -> None:
    done = start(command, tmp_path, **environment)
    assert done.returncode != 0
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert re.fullmatch(r"Luoshi will not .+\.", lines[0])
    assert words in lines[0]


@pytest.mark.parametrize("key", [f"${KEY}", f" {KEY} ", f"a,b {KEY}", f'"{KEY}"', f"密钥#{KEY}", f"\\${KEY}"])
def test_a_key_is_taken_as_it_stands(key: str, tmp_path: Path) -> None:
    tell = "from config import settings as s; print(ascii([s.SECRET_KEY, *s.SECRET_KEY_FALLBACKS]))"
    done = start([sys.executable, "-c", tell], tmp_path, SECRET_KEY=key, SECRET_KEY_FALLBACKS=key)
    found = ast.literal_eval(done.stdout)
    assert found[0] == key
    assert key in found[1:]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("", []),
        ("one", ["one"]),
        ("one,two", ["one", "two"]),
        ("one, two", ["one", "two"]),
        (",", []),
        ("a,b", ["a,b"]),
    ],
)
def test_older_keys_stand_between_commas(text: str, keys: list[str]) -> None:
    assert set(keys) <= set(embedded.keys_in(text))
    assert "" not in embedded.keys_in(text)


def test_production_starts_when_it_is_told_all_it_needs(tmp_path: Path) -> None:
    done = start(
        [*CHECK, "--deploy", "--fail-level", "WARNING"],
        tmp_path,
        LUOSHI_BIND="0.0.0.0:8000",
        SECRET_KEY="0123456789abcdefghijklmnopqrstuvwxyz" * 2,
        ALLOWED_HOSTS="luoshi.county.example",
        HSTS_SUBDOMAINS="1",
    )
    assert done.returncode == 0, done.stderr


def test_the_embedded_default_needs_nothing_and_keeps_its_key_outside_the_repository(tmp_path: Path) -> None:
    assert start(CHECK, tmp_path).returncode == 0
    key = tmp_path / ".config" / "luoshi" / "secret_key"
    assert len(key.read_text()) >= 50
    assert key.stat().st_mode & 0o077 == 0
    before = key.read_text()
    assert start(CHECK, tmp_path).returncode == 0
    assert key.read_text() == before


@pytest.mark.parametrize("content", ["", "\n", "  "])
def test_an_empty_key_file_is_told_and_never_replaced(tmp_path: Path, content: str) -> None:
    key = tmp_path / ".config" / "luoshi" / "secret_key"
    key.parent.mkdir(parents=True)
    key.write_text(content)
    done = start(CHECK, tmp_path)
    assert done.returncode != 0
    assert re.fullmatch(r"Luoshi will not start with an empty secret key: .+\n", done.stderr)
    assert key.read_text() == content


BEGIN = """
import django
django.setup()
from django.db import connection
from ledgers import canary
from ledgers.models import SealingKey
with connection.schema_editor() as editor:
    editor.create_model(SealingKey)
canary.begin()
"""


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database that was begun with ``KEY``; the one table that tells is there."""
    folder = tmp_path_factory.mktemp("begun")
    done = start([sys.executable, "-c", BEGIN], folder, SECRET_KEY=KEY, DJANGO_SETTINGS_MODULE="config.settings")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        [sys.executable, "manage.py", "clearsessions"],
        [sys.executable, "manage.py", "migrate"],
        GUNICORN,
        [str(BIN / "celery"), "-A", "config", "worker", "--pool", "threads"],
        [str(BIN / "celery"), "-A", "config", "beat"],
        [sys.executable, "-m", "config.run"],
    ],
    ids=["command", "migrate", "web", "worker", "beat", "run"],
)
def test_a_key_that_did_not_seal_the_database_stops_everything_with_one_sentence(
    begun: Path, command: list[str]
) -> None:
    done = start(command, begun, SECRET_KEY="another" + KEY, LUOSHI_BIND="127.0.0.1:8028")
    assert done.returncode != 0
    said = done.stderr.strip()
    assert "Traceback" not in said
    assert re.fullmatch(
        r"Luoshi will not start with a SECRET_KEY that did not seal this database: .+\.", said.splitlines()[-1]
    )
    assert len(said.splitlines()) == 1 or "superuser privileges" in said, "but for what Celery says to root"


@pytest.mark.slow
def test_check_tells_of_a_wrong_key_and_the_former_one_is_enough(begun: Path) -> None:
    done = start(CHECK, begun, SECRET_KEY="another" + KEY)
    assert done.returncode != 0
    assert "ledgers.E001" in done.stderr
    assert start(CHECK, begun, SECRET_KEY="another" + KEY, SECRET_KEY_FALLBACKS=KEY).returncode == 0
    assert start(CHECK, begun, SECRET_KEY=KEY).returncode == 0


@pytest.mark.parametrize(
    ("bind", "closed"),
    [
        ("127.0.0.1:8000", True),
        ("127.8.0.1:8000", True),
        ("localhost:8000", True),
        ("[::1]:8000", True),
        ("unix:/run/luoshi.sock", True),
        ("0.0.0.0:8000", False),
        ("[::]:8000", False),
        (":8000", False),
        ("8000", False),
        ("0:8000", False),
        ("10.1.2.3:8000", False),
        ("luoshi.county.example:8000", False),
        ("localhost.county.example:8000", False),
    ],
)
def test_what_is_closed_to_the_network(bind: str, closed: bool) -> None:
    assert embedded.is_loopback(bind) is closed
