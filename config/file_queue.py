"""The embedded default's broker: kombu's queue in files, made safe for a reader that looks while a writer writes.

kombu opens a message's file under its final name and then writes it, so a worker may take it empty; and it takes
messages by way of the system's temporary folder, which may lie on another disk. Here a message appears, and is
taken, by one rename; a full disk leaves no half of one behind.
"""

import contextlib
import json
import time
import uuid
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import filesystem

from records.storing import write_whole


class Channel(filesystem.Channel):
    """A channel whose messages come and go by one rename."""

    def _put(self, queue: str, message: Any, **kwargs: Any) -> None:  # type: ignore[override]
        """Put a message at the end of the queue; names sort by the time they were made."""
        name = f"{time.time_ns():020}_{uuid.uuid4().hex}.{queue}.msg"
        folder = Path(self.data_folder_out)
        write_whole(folder / name, json.dumps(message).encode())

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        """Take the oldest message of the queue. Raises ``Empty``."""
        for path in sorted(Path(self.data_folder_in).glob(f"*.{queue}.msg")):
            if path.name.partition(".")[2] != f"{queue}.msg":
                continue
            taken = path.with_name(f"{path.name}.taken")
            with contextlib.suppress(FileNotFoundError):  # somebody else was faster
                path.rename(taken)
                text = taken.read_text()
                taken.unlink()
                return json.loads(text)
        raise Empty


class Transport(filesystem.Transport):
    """The transport behind ``filesystem://``."""

    Channel = Channel
