"""What the demo is made from: the files under ``fixtures/demo`` and dice that always fall the same way."""

import random
from functools import cache
from typing import Any

import yaml
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

FOLDER = settings.BASE_DIR / "fixtures" / "demo"


@cache
def read(name: str) -> dict[str, Any]:
    """One fixture by name, such as ``places``."""
    content = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    assert isinstance(content, dict)  # the fixtures are part of the code
    return content


def dice(*key: object) -> random.Random:
    """Dice of their own for each thing: adding one thing never changes another."""
    return random.Random(":".join(map(str, key)))  # noqa: S311  made-up data


def person_name(rolled: random.Random) -> str:
    """A made-up person's name."""
    names = read("people")["names"]
    return str(rolled.choice(names["surnames"]) + rolled.choice(names["given"]))


def sample(wanted: str) -> SimpleUploadedFile:
    """A file such as a task asks for as evidence: a few lines of text that say it is a sample."""
    content = f"{wanted}\n\n本文件为演示数据，内容虚构。\n".encode()
    return SimpleUploadedFile(f"{wanted.split('、')[0]}（演示样张）.txt", content)
