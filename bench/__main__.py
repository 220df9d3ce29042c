"""All benchmarks, one after the other: ``make bench``, or ``python -m bench pages`` for one of them."""

import subprocess
import sys
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
BENCHMARKS = ("register", "pages", "saving", "issuing", "reminders", "ledgers")


def run(names: list[str]) -> None:
    """Run each in its own process, so that none warms up the next."""
    for name in names or BENCHMARKS:
        subprocess.run([sys.executable, "-m", f"bench.{name}"], cwd=BASE_DIR, check=False)


if __name__ == "__main__":
    run(sys.argv[1:])
