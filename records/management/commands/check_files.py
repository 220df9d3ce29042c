"""``manage.py check_files``: compare every kept file with its row by size and hash."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from records import files, keeping
from records.models import StoredFile


class Command(BaseCommand):
    """Names every kept file that is missing or is not what was kept, with the rows it belongs to."""

    help = "Compare the stored files with their rows; the exit code is 1 when one differs."

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare and say what differs. Raises ``CommandError`` when something does."""
        found = keeping.compare()
        for words, keys in (("missing", found.missing), ("not what was kept", found.differing)):
            for file in StoredFile.objects.filter(pk__in=keys).order_by("pk"):
                self.stderr.write(f"{file.pk} {files.path_of(file)}: {words}; it belongs to {keeping.owners(file)}")
        self.stdout.write(f"{found.checked} files compared; {len(found.without_row)} old ones belong to no row.")
        if not found.is_well:
            wrong = len(found.missing) + len(found.differing)
            raise CommandError(f"{wrong} files differ from their rows: take them from a backup.")
