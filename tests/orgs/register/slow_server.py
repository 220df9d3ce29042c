"""A web server for one test: in the middle of loading a register it says so and then waits to be killed."""

import os
import sys
import time
from pathlib import Path
from wsgiref.simple_server import WSGIServer, make_server

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"


def main(mark: Path) -> None:
    """Serve on a free port, which is written beside the mark; stop half-way through the first load."""
    from django.core.wsgi import get_wsgi_application

    application = get_wsgi_application()
    from orgs.register import actions as register

    write_changed = register._write_changed

    def stopped(*args: object) -> None:
        mark.write_text("half-way")
        time.sleep(600)
        write_changed(*args)  # type: ignore[arg-type]

    register._write_changed = stopped  # type: ignore[assignment]
    server: WSGIServer = make_server("127.0.0.1", 0, application)
    mark.with_suffix(".port").write_text(str(server.server_port))
    server.serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
