"""Templates: nothing inline that the content policy forbids, no foreign addresses, no text that is not translated."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.template import engines

BASE_DIR = Path(__file__).resolve().parent.parent.parent
TEMPLATES = BASE_DIR / "templates"
PAGES = sorted(TEMPLATES.rglob("*.html"))
IDS = {"ids": lambda path: path.relative_to(TEMPLATES).as_posix()}
SHARED = ("base.html", "components/", "import_export/", "admin/")
TAG = re.compile(r"\{#.*?#\}|\{%\s*comment.*?endcomment\s*%\}|\{%\s*blocktrans\w*.*?\{%\s*endblocktrans\w*\s*%\}", re.S)
REST = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.S)
SPOKEN = {"title", "aria-label", "placeholder", "alt", "data-confirm", "summary", "label"}
OWN_NAMES = {"components/language_switch.html": "中文|English"}  # each language under its own name


class Reader(HTMLParser):
    """Collects the tags of a page and the words a person would read."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None], int]] = []
        self.words: list[tuple[str, int]] = []
        self._mute = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs), self.getpos()[0]))
        self.words += [(value, self.getpos()[0]) for name, value in attrs if name in SPOKEN and value]
        self._mute += tag in {"script", "style", "code"}

    def handle_endtag(self, tag: str) -> None:
        self._mute -= tag in {"script", "style", "code"}

    def handle_data(self, data: str) -> None:
        if not self._mute and data.strip():
            self.words.append((data.strip(), self.getpos()[0]))


def blanked(found: re.Match[str]) -> str:
    """Nothing in place of a template tag, with its line ends kept."""
    return "\n" * found.group().count("\n")


def read(path: Path) -> Reader:
    """The page without its template tags."""
    reader = Reader()
    reader.feed(REST.sub(blanked, TAG.sub(blanked, path.read_text())))
    return reader


@pytest.mark.parametrize("path", PAGES, **IDS)
def test_nothing_stands_inline(path: Path) -> None:
    for tag, attributes, line in read(path).tags:
        assert "style" not in attributes, f"line {line}: style"
        assert not [name for name in attributes if name.startswith(("on", "hx-on", "hx-vals:js"))], f"line {line}"
        assert tag != "style", f"line {line}"
        assert tag != "script" or "nonce" in attributes, f"line {line}: a script without its nonce"
        assert not (attributes.get("href") or "").startswith("javascript:"), f"line {line}"


@pytest.mark.parametrize("path", PAGES, **IDS)
def test_everything_comes_from_here(path: Path) -> None:
    text = re.sub(r'xmlns(:\w+)?="[^"]*"', "", path.read_text())
    assert not re.search(r"(https?:)?//[a-z0-9.-]+\.[a-z]{2,}", text)


@pytest.mark.parametrize("path", PAGES, **IDS)
def test_htmx_sits_on_working_links_and_forms(path: Path) -> None:
    text = TAG.sub(blanked, path.read_text())
    for tag in re.findall(r"<[a-z][^<>]*?\shx-(?:get|post)=[^<>]*>", text):
        element = re.match(r"<([a-z]+)", tag)
        assert element
        assert element.group(1) in {"a", "form", "button", "input", "select"}, tag
        if element.group(1) == "a":
            assert " href=" in tag, tag
        elif element.group(1) == "form":
            assert " action=" in tag, tag


@pytest.mark.parametrize("path", PAGES, **IDS)
def test_every_word_is_translated(path: Path) -> None:
    own_names = OWN_NAMES.get(path.relative_to(TEMPLATES).as_posix(), "$^")
    for found, line in read(path).words:
        words = re.sub(own_names, "", found)
        assert not re.search(r"[A-Za-z]{2,}|[\u4e00-\u9fff]", re.sub(r"&#?\w+;", "", words)), f"line {line}: {words!r}"


@pytest.mark.parametrize("path", PAGES, **IDS)
def test_a_template_reaches_only_what_is_shared_and_its_own_folder(path: Path) -> None:
    own = path.relative_to(TEMPLATES).parts[0] + "/"
    for name in re.findall(r"""\{%\s*(?:extends|include)\s+["']([^"'#]+)""", path.read_text()):
        assert name.startswith((*SHARED, own)), name


@pytest.mark.parametrize("path", PAGES, **IDS)
def test_table_heads_say_what_they_head(path: Path) -> None:
    for tag, attributes, line in read(path).tags:
        assert tag != "th" or "scope" in attributes, f"line {line}: a th without scope"


@pytest.mark.parametrize("path", PAGES, **IDS)
def test_it_compiles(path: Path) -> None:
    engines["django"].get_template(path.relative_to(TEMPLATES).as_posix())


def test_styles_and_scripts_name_no_foreign_address() -> None:
    for path in (BASE_DIR / "static").rglob("*"):
        if path.suffix in {".css", ".js"} and "vendor" not in path.parts:
            assert not re.search(r"https?://(?!www\.w3\.org/)", path.read_text()), path
