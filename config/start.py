"""``python -m config.start``: what must hold before anything starts; one sentence and an exit code when it does not."""

import os
import subprocess
import sys

import django


def main() -> None:
    """Look whether the secret key fits the database. Raises ``SystemExit``."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from ledgers import canary

    canary.require()


def require_elsewhere() -> None:
    """The same in a process of its own, for a server that must not load the program itself. Raises ``SystemExit``."""
    done = subprocess.run([sys.executable, "-m", "config.start"], stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr.strip() or "Luoshi will not start: see the log.")


if __name__ == "__main__":
    main()
