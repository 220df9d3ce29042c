"""An empty migrated SQLite database, kept from one run of the tests to the next while no migration and package changes.

Migrations are run as ever where they have not run; a copy only saves running all of them once more in every process.
"""

import hashlib
import os
import sqlite3
from pathlib import Path
from typing import Any

from django.db.backends.sqlite3.creation import DatabaseCreation

from tests import BASE_DIR

FOLDER = BASE_DIR / "var"


def kept() -> Path:
    """Where the database of these migrations and packages is kept."""
    files = [BASE_DIR / "requirements-dev.txt", *sorted(BASE_DIR.glob("*/migrations/*.py"))]
    digest = hashlib.sha256(sqlite3.sqlite_version.encode())
    for file in files:
        digest.update(file.name.encode() + file.read_bytes())
    return FOLDER / f"tests-{digest.hexdigest()[:16]}.sqlite3"


class MigratedDatabase(DatabaseCreation):
    """Begins with the kept database if there is one, and keeps it otherwise."""

    def _create_test_db(self, *args: Any, **kwargs: Any) -> str:
        name = str(super()._create_test_db(*args, **kwargs))
        place = kept()
        if place.exists():
            self.connection.close()
            self.connection.settings_dict["NAME"] = name
            self.connection.ensure_connection()
            source = sqlite3.connect(f"file:{place}?mode=ro", uri=True)
            source.backup(self.connection.connection)
            source.close()
        return name

    def create_test_db(self, *args: Any, **kwargs: Any) -> str:
        """As Django does, and keep what came of it."""
        name = str(super().create_test_db(*args, **kwargs))
        place = kept()
        if not place.exists():
            FOLDER.mkdir(exist_ok=True)
            for older in FOLDER.glob("tests-*.sqlite3"):
                older.unlink(missing_ok=True)
            unfinished = place.with_suffix(f".{os.getpid()}")
            target = sqlite3.connect(unfinished)
            self.connection.connection.backup(target)
            target.close()
            unfinished.replace(place)
        return name
