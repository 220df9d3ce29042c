"""``python -m sheets.apart``: opens one foreign file within its limits and answers; see ``sheets.apart``.

Standard input holds what is wanted and the file, standard output gets ``=`` and the answer, or ``!`` and a refusal,
and a full stop when nothing is missing.
"""

from sheets.apart import limits

limits.confine()

import gc  # noqa: E402
import os  # noqa: E402  after the limits, as everything else
import sys  # noqa: E402

from sheets.apart.answering import answered  # noqa: E402


def main() -> int:
    """Answer one message; the exit code."""
    try:
        sign, answer = answered(sys.stdin.buffer.read())
        sys.stdout.buffer.writelines((sign, answer, b"."))
        sys.stdout.buffer.flush()
    except MemoryError:
        return limits.OUT_OF_MEMORY
    return 0


if __name__ == "__main__":
    gc.disable()  # one book of plain values: looking for rings among them takes a tenth, and finds none
    os._exit(main())  # at once: nothing is left to tidy, and freeing a large book takes its time
