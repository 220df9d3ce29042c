"""What is said of a file that is not read, and of a cell: one clear sentence, one short phrase for a correction."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sheets import refusals as why

REFUSALS: dict[str, Promise] = {
    why.EMPTY: _("The file is empty. Choose the file that holds the table."),
    why.CORRUPT: _("The file is damaged. Get it once more from where it came and choose it again."),
    why.ENCRYPTED: _("The workbook is protected by a password. Save it without one and choose it again."),
    why.TOO_LARGE: _(
        "The workbook holds or spans more than can be read. Leave out pictures, other sheets and whatever stands far "
        "below or beside the table, and choose it again."
    ),
    why.UNSUPPORTED: _(
        "The file is neither a workbook nor a text table. Save it as .xlsx or .csv and choose it again."
    ),
    why.NO_HEADER: _(
        "No table was found in the file: no row holds the headings. Put a row of headings above the data."
    ),
    why.NO_DATA: _("The table in the file holds headings but no rows."),
    why.NOT_XLSX: _(
        "Only an .xlsx can be filled in as it is. Open the table in Excel or WPS, save it as .xlsx and send it."
    ),
    why.BAD_LINE: _("Line %(line)s cannot be read as a table row. Mend it, or save the file as .xlsx."),
    why.UNUSUAL: _(
        "The workbook is written in a way that is not read here. Open it in Excel or WPS, save it as .xlsx and choose "
        "that."
    ),
    why.MERGED: _(
        "Merged cells cover more of the sheet than can be read. Take back the merging of whole rows, columns and "
        "blank areas, and choose the file again."
    ),
    why.TOO_SLOW: _(
        "Reading the file took too long and was stopped. Copy the table alone into a new workbook and choose that."
    ),
    why.BUSY: _("Other files are being read at this moment. Nothing was taken; send it again in a minute."),
}

LOSSES: dict[str, Promise] = {  # what a workbook loses that is filled in or marked (``sheets.losses``)
    "all": _("everything but what the cells say: looks, formulas, charts and pictures"),
    "macros": _("macros"),
    "pictures": _("pictures"),
    "shapes": _("text boxes and shapes"),
    "controls": _("buttons, boxes to tick and embedded objects"),
    "new_charts": _("charts of newer kinds"),
    "chart_looks": _("part of the looks of charts"),
    "sparklines": _("sparklines"),
    "formats": _("newer conditional formats (data bars, icons)"),
    "choices": _("lists to choose from that stand on another sheet"),
    "slicers": _("slicers and timelines"),
    "letters": _("different looks within one cell"),
    "threads": _("threads of comments"),
    "connections": _("connections to outside data"),
    "signature": _("the digital signature"),
}

FAULTS: dict[str, Promise] = {
    "not_a_number": _("This is not a number. Write digits only."),
    "range": _("This is a range. Write one number."),
    "sum": _("This is a sum. Write the result."),
    "ambiguous_number": _("This number can be read in two ways. Write it in digits."),
    "scaled_format": _("The workbook keeps another number here than its format shows. Which is meant?"),
    "wrong_unit": _("The unit in the cell does not fit this column."),
    "other_unit": _(
        "The heading's unit measures something else. Match the column to another field, or type the number."
    ),
    "too_large": _("This number is too large to be right."),
    "no_unit": _("The unit of this column was not read from the workbook."),
    "far_off": _("A hundred times off the middle of its column. Is it right?"),
    "far_before": _("A hundred times off what was stored last. Is it right?"),
    "not_whole": _("A whole number is needed here."),
    "negative": _("A number below zero cannot be right here."),
    "formula_error": _("The formula in this cell shows an error. Put it right or write the number."),
    "no_result": _(
        "The formula in this cell was saved without a result. Open the workbook, save it and choose it again."
    ),
    "bad_date": _("This day does not exist in the calendar."),
    "not_a_date": _("This is not a date. Write it like 2026-06-28."),
    "several_dates": _("Several dates stand here. Write one."),
    "ambiguous_month": _("A spreadsheet shows January and October alike here. Write 2026-01 or 2026-10."),
    "ambiguous_day": _(
        "A spreadsheet shows the 1st, 2nd, 3rd and the 10th, 20th, 30th alike here. Write the full date."
    ),
    "no_year": _("The year is missing. Write the full date."),
    "not_yes_or_no": _("Write yes (是) or no (否)."),
    "unknown_choice": _("This is none of the choices."),
    "ambiguous_choice": _("Several choices fit. Write one."),
    "digits_lost": _(
        "The spreadsheet has rounded this number and its last digits are lost. Format the cell as text, type it again."
    ),
    "bad_id_card": _("This identity card number is wrong: its length or check digit does not fit."),
    "bad_phone": _("This is not a telephone number."),
    "bad_identifier": _("This is not a valid identifier."),
    "masked": _("Part of this number is hidden by stars. Write it whole."),
    "nothing_above": _("“The same as above” stands here, but there is nothing above."),
    "too_long": _("This text is too long."),
}

CORRECTIONS: dict[str, Promise] = {
    "full_width": _("full-width characters"),
    "thousands": _("thousands separators"),
    "unit_in_cell": _("unit in the cell"),
    "chinese_numeral": _("Chinese numerals"),
    "note_dropped": _("note in brackets left out"),
    "negative_in_brackets": _("brackets read as a minus"),
    "scaled_format": _("shown by its format"),
    "fraction": _("fraction read as percent"),
    "rounded": _("rounded"),
    "serial_date": _("day number of the spreadsheet"),
    "year_added": _("year taken from the title"),
    "century_added": _("century added"),
    "month_end": _("end of the month"),
    "part_of_month": _("part of a month kept as the month"),
    "part_of_year": _("part of a year kept as its last month"),
    "words_dropped": _("words around the date left out"),
    "status_word": _("a word of status, no date"),
    "choice": _("written otherwise in the list"),
    "same_as_above": _("taken from above"),
    "suspicious_text": _("text that looks like a formula, kept as text"),
    "merged": _("taken from a merged cell"),
    "spaces": _("spaces"),
    "unwritable": _("invisible control characters left out"),
}
