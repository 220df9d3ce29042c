"""A PostgreSQL of our own that can be taken away, and a web server to ask meanwhile."""

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from tests import BASE_DIR
from tests.orgs.register.test_register_killed import multipart
from tests.reminders.outpost import BIN, free_port

SECONDS = 120


def postgres_folder() -> Path | None:
    """Where initdb and pg_ctl lie; None without PostgreSQL."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


class Postgres:
    """A throw-away cluster on a port of its own."""

    def __init__(self) -> None:
        folder = postgres_folder()
        assert folder is not None
        self.bin, self.port = folder, free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="luoshi-postgres-"))
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
        self._run("initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-sync")
        self.start()
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def _run(self, program: str, *arguments: str) -> None:
        before = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = [*before, str(self.bin / program), "-D", str(self.folder / "data"), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")

    def start(self) -> None:
        """Let it answer."""
        about = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        self._run("pg_ctl", "-w", "-o", about, "-l", str(self.folder / "log"), "start")

    def stop(self) -> None:
        """Take it away at once, as a crash would."""
        self._run("pg_ctl", "-w", "-m", "immediate", "stop")

    def close(self) -> None:
        """End it and remove its folder."""
        with contextlib.suppress(subprocess.CalledProcessError):
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class Web:
    """A web server like that of production, and somebody signed in."""

    def __init__(self, environment: dict[str, str], session: str) -> None:
        self.port = free_port()
        self.session = session
        self.process = subprocess.Popen(
            [str(BIN / "gunicorn")],
            cwd=BASE_DIR,
            env={**environment, "LUOSHI_BIND": f"127.0.0.1:{self.port}", "WEB_THREADS": "2"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def ask(self, path: str, body: bytes | None = None, kind: str = "") -> tuple[int, str]:
        """Status and page; 0 while nothing listens."""
        token = "x" * 32
        headers = {"Cookie": f"sessionid={self.session}; csrftoken={token}", "X-CSRFToken": token}
        if kind:
            headers["Content-Type"] = kind
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data=body, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=90) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.read().decode()
        except OSError:
            return 0, ""

    def send(self, path: str, name: str, content: bytes, **fields: str) -> tuple[int, str]:
        """Send a form with a file."""
        body, kind = multipart(name, content, **fields)
        return self.ask(path, body, kind)

    def wait_for(self, path: str, status: int) -> str:
        """The page once the answer has that status."""
        began = time.monotonic()
        while (answer := self.ask(path))[0] != status:
            assert time.monotonic() - began < SECONDS, answer
            time.sleep(0.2)
        return answer[1]

    def close(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait()


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    """Lay a small disk over a folder; needs root. Raises ``CalledProcessError`` where that is not allowed."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=700", "luoshi-soak", str(folder)]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
