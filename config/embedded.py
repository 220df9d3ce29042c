"""What the embedded default needs to know before Django's settings exist: its folder, its key, its refusals."""

import ipaddress
import os
import secrets
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent


def secret_key_file() -> Path:
    """Where the embedded default keeps its own generated key: in the user's configuration, never in the repository."""
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return home / "luoshi" / "secret_key"


def generated_secret_key() -> str:
    """The embedded default's own key, made on first use and readable by its owner alone."""
    path = secret_key_file()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    key = secrets.token_urlsafe(50)
    with os.fdopen(handle, "w") as file:
        file.write(key)
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


def refusal(*, secret_key: str, debug: bool, allowed_hosts: list[str]) -> str | None:
    """The one sentence that says why production may not start like this, or None when it may."""
    if not secret_key:
        return "Luoshi will not start in production without a secret key: set SECRET_KEY."
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
