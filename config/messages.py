"""The translation catalogue, kept without any system tool: ``python -m config.messages update|compile|check|fill``.

Strings come from the Python files (Babel) and the templates (Django's own ``templatize``, then Babel). The
catalogue is sorted and names files without lines, so that it changes only where a string did.
"""

import argparse
import io
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polib
from babel.messages.extract import extract
from django.utils.translation.template import templatize

BASE_DIR = Path(__file__).resolve().parent.parent
CATALOGUE = Path("locale") / "zh_Hans" / "LC_MESSAGES" / "django.po"
NOT_SOURCES = {"tests", "bench", "migrations", "node_modules", "var", "staticfiles", "static", "locale", "docs"}
TEMPLATE_SUFFIXES = {".html", ".txt", ".xml"}
CONTEXT_END = "\u0004"  # between context and message, as in compiled catalogues
METADATA = {
    "Project-Id-Version": "luoshi",
    "Language": "zh_Hans",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}
KEYWORDS: Mapping[str, tuple[int | tuple[int, str], ...]] = {
    "_": (1,),
    "gettext": (1,),
    "gettext_lazy": (1,),
    "gettext_noop": (1,),
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\([^)]+\)[#0 +-]*[\d.]*[a-zA-Z]|%[sd]|\{[^{}\s]*\}")
Key = tuple[str, str]  # context (or ""), message


@dataclass
class Message:
    """One string of the sources: its plural if it has one, and the files it stands in."""

    plural: str = ""
    files: set[str] = field(default_factory=set)


def source_files(root: Path) -> Iterator[Path]:
    """Every Python file and template that is part of the program."""
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if any(part in NOT_SOURCES or part.startswith(".") for part in parts[:-1]):
            continue
        if path.suffix == ".py" or (path.suffix in TEMPLATE_SUFFIXES and "templates" in parts):
            yield path


def strings_of(path: Path) -> Iterator[tuple[Key, str]]:
    """The strings of one file: context and message, and the plural or ''."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # What is not a string is blanked out but stays indented, which Python's tokenizer would refuse.
        text = "\n".join(line.lstrip() for line in templatize(text, origin=str(path)).splitlines())
    for _line, found, _comments, context in extract(
        "python", io.BytesIO(text.encode()), keywords=KEYWORDS, options={"encoding": "utf-8"}
    ):
        words = (found,) if isinstance(found, str) else found
        if words and words[0]:
            yield (context or "", words[0]), (words[1] if len(words) > 1 else "")


def collect(root: Path) -> dict[Key, Message]:
    """Every string of the program. Raises ``ValueError`` when one message has two plurals."""
    messages: dict[Key, Message] = defaultdict(Message)
    for path in source_files(root):
        name = path.relative_to(root).as_posix()
        for key, plural in strings_of(path):
            message = messages[key]
            if plural and message.plural and message.plural != plural:
                raise ValueError(f"{name}: {key[1]!r} has two plurals: {plural!r} and {message.plural!r}.")
            message.plural = message.plural or plural
            message.files.add(name)
    return dict(messages)


def _key(entry: polib.POEntry) -> Key:
    return entry.msgctxt or "", entry.msgid


def read(root: Path) -> polib.POFile:
    """The catalogue as it stands; empty when there is none yet."""
    path = root / CATALOGUE
    return polib.pofile(str(path), wrapwidth=110) if path.exists() else polib.POFile(wrapwidth=110)


def write(root: Path, catalogue: polib.POFile) -> None:
    """Write the catalogue in its one order."""
    path = root / CATALOGUE
    path.parent.mkdir(parents=True, exist_ok=True)
    ordered = polib.POFile(wrapwidth=110)
    ordered.metadata = METADATA
    for entry in sorted(catalogue, key=lambda e: (e.msgid, e.msgctxt or "")):
        ordered.append(entry)
    path.write_text(f"{ordered}", encoding="utf-8")


def merged(messages: dict[Key, Message], old: polib.POFile) -> polib.POFile:
    """The catalogue of exactly these messages, with the translations known so far."""
    known = {_key(entry): entry for entry in old if not entry.obsolete}
    new = polib.POFile()
    for (context, msgid), message in messages.items():
        before = known.get((context, msgid))
        entry = polib.POEntry(
            msgid=msgid, msgctxt=context or None, occurrences=[(name, "") for name in sorted(message.files)]
        )
        if message.plural:
            entry.msgid_plural = message.plural
            entry.msgstr_plural = {0: _translation(before)}
        else:
            entry.msgstr = _translation(before)
        new.append(entry)
    return new


def _translation(entry: polib.POEntry | None) -> str:
    """The Chinese of an entry, '' when it has none."""
    if entry is None:
        return ""
    return str(entry.msgstr_plural.get(0, "")) if entry.msgid_plural else str(entry.msgstr)


def update(root: Path) -> int:
    """Bring the catalogue up to date with the sources; the number of strings still without Chinese."""
    new = merged(collect(root), read(root))
    write(root, new)
    return sum(not _translation(entry) for entry in new)


def compiled(root: Path) -> bytes:
    """What the compiled catalogue must hold, byte for byte."""
    catalogue = read(root)
    catalogue.sort(key=lambda e: (e.msgctxt or "", e.msgid))
    return bytes(catalogue.to_binary())


def faults(root: Path) -> list[str]:
    """Everything that is wrong with the catalogue, each as a sentence."""
    messages, catalogue = collect(root), read(root)
    known = {_key(entry): entry for entry in catalogue if not entry.obsolete}
    found = [f"Missing from the catalogue: {_named(key)} ({_first(messages[key])})" for key in messages.keys() - known]
    found += [f"No longer in the sources: {_named(key)}" for key in known.keys() - messages.keys()]
    found += [f"Obsolete entry: {entry.msgid!r}" for entry in catalogue.obsolete_entries()]
    for key in known.keys() & messages.keys():
        found += _faults_of(key, known[key], messages[key])
    path = (root / CATALOGUE).with_suffix(".mo")
    if not path.exists() or path.read_bytes() != compiled(root):
        found.append("The compiled catalogue is not that of django.po: run make messages.")
    return sorted(found)


def _faults_of(key: Key, entry: polib.POEntry, message: Message) -> Iterator[str]:
    """What is wrong with one entry."""
    if entry.fuzzy:
        yield f"Fuzzy: {_named(key)}"
    if entry.msgid_plural != message.plural:
        yield f"Another plural in the sources: {_named(key)}"
        return
    chinese = _translation(entry)
    if not chinese:
        yield f"Without Chinese: {_named(key)} ({_first(message)})"
        return
    wanted = _placeholders(entry.msgid) | _placeholders(entry.msgid_plural)
    given = _placeholders(chinese)
    # A plural may leave its number unsaid in one of the English forms, never in Chinese.
    if given != wanted:
        yield f"Placeholders differ: {_named(key)} has {sorted(wanted)}, the Chinese {sorted(given)}"


def _placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text.replace("%%", "")))


def _named(key: Key) -> str:
    context, message = key
    return f"{message!r} in the context {context!r}" if context else repr(message)


def _first(message: Message) -> str:
    return min(message.files)


def fill(root: Path, files: list[Path], *, replace: bool = False) -> list[str]:
    """Give strings their Chinese from JSON files (message → Chinese, a list for plurals); the remarks to make.

    A context stands before its message, with U+0004 between them. What has Chinese already keeps it unless ``replace``.
    """
    catalogue, remarks = read(root), []
    known = {_key(entry): entry for entry in catalogue}
    for file in files:
        for name, value in json.loads(file.read_text(encoding="utf-8")).items():
            context, _, msgid = name.rpartition(CONTEXT_END)
            chinese = value[0] if isinstance(value, list) else value
            if (context, msgid) not in known:  # written as it stands in a template
                msgid, chinese = _as_in_catalogue(msgid), _as_in_catalogue(chinese)
            entry = known.get((context, msgid))
            if entry is None:
                remarks.append(f"{file.name}: {_named((context, msgid))} is not in the sources")
            elif not _translation(entry) or replace:
                _translate(entry, chinese)
            elif (stands := _translation(entry)) != chinese:
                remarks.append(f"{file.name}: {_named((context, msgid))} stays {stands!r}, not {chinese!r}")
    write(root, catalogue)
    return remarks


def _as_in_catalogue(text: str) -> str:
    """A ``blocktranslate trimmed`` body as the catalogue has it."""
    return " ".join(re.sub(r"\{\{\s*(\w+)\s*\}\}", r"%(\1)s", text).split())


def _translate(entry: polib.POEntry, chinese: str) -> None:
    if entry.msgid_plural:
        entry.msgstr_plural = {0: chinese}
    else:
        entry.msgstr = chinese


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m config.messages", description="The translation catalogue")
    parser.add_argument("command", choices=["update", "compile", "check", "fill"])
    parser.add_argument("files", nargs="*", type=Path, help="for fill: JSON files, message to Chinese")
    parser.add_argument("--replace", action="store_true", help="for fill: replace Chinese that stands already")
    given = parser.parse_args(arguments)
    if given.command == "update":
        print(f"{update(BASE_DIR)} strings without Chinese")
    elif given.command == "fill":
        update(BASE_DIR)
        print("\n".join(fill(BASE_DIR, given.files, replace=given.replace)))
        print(f"{update(BASE_DIR)} strings without Chinese")
    elif given.command == "compile":
        (BASE_DIR / CATALOGUE).with_suffix(".mo").write_bytes(compiled(BASE_DIR))
    else:
        found = faults(BASE_DIR)
        print("\n".join(found) if found else "The catalogue is complete.")
        return bool(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
