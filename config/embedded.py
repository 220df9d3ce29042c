"""What the embedded default needs to know before Django's settings exist: its folder, its key, its refusals."""

import contextlib
import ipaddress
import os
import secrets
from pathlib import Path

from records.storing import write_first

BASE_DIR = Path(__file__).resolve().parent.parent


def secret_key_file() -> Path:
    """Where the embedded default keeps its own generated key: in the user's configuration, never in the repository."""
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return home / "luoshi" / "secret_key"


def generated_secret_key() -> str:
    """The embedded default's own key, made on first use and readable by its owner alone."""
    path = secret_key_file()
    with contextlib.suppress(FileNotFoundError):
        return _own_key(path)
    write_first(path, secrets.token_urlsafe(50).encode())
    return _own_key(path)


def _own_key(path: Path) -> str:
    """The key that was made. Raises ``FileNotFoundError``, and ``SystemExit`` when what is there is none."""
    key = path.read_text().strip()
    if not key:
        raise SystemExit(f"Luoshi will not start with an empty secret key: put the key back into {path}.")
    return key


def is_loopback(bind: str) -> bool:
    """Whether a bind (``127.0.0.1:8000``, ``[::1]:8000``, ``localhost``, ``unix:…``) is closed to the network."""
    if bind.startswith("unix:"):
        return True
    host = bind
    if bind.startswith("["):
        host = bind[1 : bind.find("]")]
    elif bind.count(":") <= 1:
        host = bind.partition(":")[0]
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def keys_in(text: str) -> list[str]:
    """The older secret keys that ``SECRET_KEY_FALLBACKS`` names, with commas between them.

    A key may hold a comma or blanks itself: the whole text counts as one, too, and each with and without blanks around.
    """
    parts = [*text.split(","), text]
    return list(dict.fromkeys(key for part in parts for key in (part, part.strip()) if key))


KEY_LENGTH = 50  # characters of a secret key at least


def refusal(*, secret_key: str, debug: bool, allowed_hosts: list[str], clock_shift: float = 0.0) -> str | None:
    """The one sentence that says why production may not start like this, or None when it may."""
    if not secret_key.strip():
        return "Luoshi will not start in production without a secret key: set SECRET_KEY."
    if len(secret_key.strip()) < KEY_LENGTH:
        words = f"set SECRET_KEY to at least {KEY_LENGTH} random characters"
        return f"Luoshi will not start in production with a short secret key: {words}."
    if clock_shift:
        return "Luoshi will not start in production with a shifted clock: unset LUOSHI_CLOCK_SHIFT_DAYS."
    if debug:
        return "Luoshi will not start in production with debugging on: unset DEBUG."
    if not allowed_hosts or any("*" in host or host.startswith(".") for host in allowed_hosts):
        return "Luoshi will not start in production without exact host names: set ALLOWED_HOSTS, without wildcards."
    return None


def bind_refusal(bind: str) -> str | None:
    """The one sentence that says why the embedded default may not be opened at this address, or None when it may."""
    if is_loopback(bind):
        return None
    return f"Luoshi will not open {bind} to the network outside production: set LUOSHI_PRODUCTION=1 and its settings."
