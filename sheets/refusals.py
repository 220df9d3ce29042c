"""Why a file is not read: a code for machines and one clear sentence that says what to do next."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

EMPTY, CORRUPT, ENCRYPTED, TOO_LARGE = "empty_file", "corrupt_file", "encrypted_file", "too_large"
UNSUPPORTED, NO_HEADER, NO_DATA, BAD_LINE = "unsupported_format", "no_header", "no_data", "bad_line"
NOT_XLSX = "not_xlsx"

SENTENCES: dict[str, Promise] = {
    EMPTY: _("The file is empty. Choose the file that holds the table."),
    CORRUPT: _("The file is damaged. Get it once more from where it came and choose it again."),
    ENCRYPTED: _("The workbook is protected by a password. Save it without one and choose it again."),
    TOO_LARGE: _("The workbook is too large. Leave out pictures, blank rows and other sheets and choose it again."),
    UNSUPPORTED: _("The file is neither a workbook nor a text table. Save it as .xlsx or .csv and choose it again."),
    NO_HEADER: _("No table was found in the file: no row holds the headings. Put a row of headings above the data."),
    NO_DATA: _("The table in the file holds headings but no rows."),
    NOT_XLSX: _(
        "Only an .xlsx can be filled in as it is. Open the table in Excel or WPS, save it as .xlsx and send it."
    ),
    BAD_LINE: _("Line %(line)s cannot be read as a table row. Mend it, or save the file as .xlsx."),
}


class UnreadableError(ValueError):
    """The content is no table we can read; the message says what to do next, ``code`` says why to a machine."""

    def __init__(self, message: str, code: str = UNSUPPORTED) -> None:
        super().__init__(message)
        self.code = code


def refused(code: str, **details: object) -> UnreadableError:
    """The refusal of a code with its sentence; details fill the sentence's gaps."""
    return UnreadableError(str(SENTENCES[code]) % details, code)
