"""Writing a file whole or not at all: aside, flushed, renamed, and the folder flushed too.

Whatever breaks off in between (a kill, a full disk, a power cut) leaves the file as it was before, or none. Needs no
settings, so that the queue and the commands may use it too.
"""

import contextlib
import os
import uuid
from pathlib import Path

PART = ".part"  # how the name of a file ends while it is being written


def write_whole(path: Path, content: bytes) -> None:
    """Put ``content`` under ``path``, readable by its owner alone. Raises ``OSError``, and then nothing has changed."""
    if path.exists() and not path.is_file():  # such as /dev/stdout
        path.write_bytes(content)
        return
    if not path.parent.is_dir():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        flush_folder(path.parent.parent)
    draft = path.with_name(f"{path.name}.{uuid.uuid4().hex}{PART}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise
    flush_folder(path.parent)


def write_first(path: Path, content: bytes) -> bool:
    """Put ``content`` under ``path`` unless something is there already; whether it was put. Raises ``OSError``."""
    draft = path.with_name(f"{path.name}.{uuid.uuid4().hex}{PART}")
    write_whole(draft, content)
    try:
        os.link(draft, path)  # unlike a rename, never in the place of another's
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    flush_folder(path.parent)
    return True


def flush_folder(folder: Path) -> None:
    """Make what was renamed in a folder last, where the system lets a folder be flushed."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
