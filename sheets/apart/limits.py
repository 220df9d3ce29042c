"""What the process that opens foreign files may use; it gives up everything beyond before it looks at a byte."""

import contextlib
import os
import resource
import signal

MEMORY = 1 << 30  # of addresses: five times what 15,000 rows × 25 columns take
CPU_SECONDS = 20
WALL_SECONDS = 60  # it stands behind everybody else on the machine, so it may wait long for its turn
MOST_WRITTEN = 300 << 20  # into files of its own: openpyxl writes each sheet aside
OUT_OF_MEMORY = 42  # how it ends when memory is used up and Python notices
NICE = 10


def confine() -> None:
    """Limit this process for good: memory, time, files, no children, no image of its memory when it breaks down."""
    os.nice(NICE)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(WALL_SECONDS)
    limits = (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, MOST_WRITTEN),
        (resource.RLIMIT_AS, MEMORY),
    )
    for kind, most in limits:
        with contextlib.suppress(ValueError, OSError):  # a system that knows no such limit
            resource.setrlimit(kind, (most, most))
