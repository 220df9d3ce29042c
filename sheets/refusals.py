"""Why a file is not read: a code for machines, and one clear sentence (``sheets.wording``) that says what to do next.

Imports nothing of Django, so that the process in which foreign files are read (``sheets.apart``) starts at once.
"""

EMPTY, CORRUPT, ENCRYPTED, TOO_LARGE = "empty_file", "corrupt_file", "encrypted_file", "too_large"
UNSUPPORTED, NO_HEADER, NO_DATA, BAD_LINE = "unsupported_format", "no_header", "no_data", "bad_line"
NOT_XLSX, UNUSUAL, MERGED, TOO_SLOW, BUSY = "not_xlsx", "unusual_file", "too_many_merged", "too_slow", "busy"


class UnreadableError(ValueError):
    """The content is no table we can read; the message says what to do next, ``code`` says why to a machine.

    Without a message it is the sentence of its code, in the language of whoever reads it; ``details`` fill its gaps.
    """

    def __init__(self, message: str = "", code: str = UNSUPPORTED, details: dict[str, object] | None = None) -> None:
        super().__init__(message)
        self.code, self.details = code, details or {}

    def __str__(self) -> str:
        if message := super().__str__():
            return message
        from sheets.wording import REFUSALS  # Django's translations, which the process apart does without

        return str(REFUSALS[self.code]) % self.details


def refused(code: str, **details: object) -> UnreadableError:
    """The refusal of a code with its sentence; details fill the sentence's gaps."""
    return UnreadableError("", code, details)
