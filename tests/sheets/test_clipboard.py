"""Text from a clipboard, cut into cells as Excel and WPS mean it."""

import random
import time

import pytest

from sheets import clipboard


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("51", [["51"]]),
        ("51\r\n\r\n53\r\n54\r\n", [["51"], [""], ["53"], ["54"]]),
        ("51\n\n53\n54", [["51"], [""], ["53"], ["54"]]),
        ("51\r\n\r\n\r\n", [["51"], [""], [""]]),
        ("\n51\n", [[""], ["51"]]),
        ("a\t\tb\n\t\t\n", [["a", "", "b"], ["", "", ""]]),
        ("a\t", [["a", ""]]),
        ("a\r5\r", [["a"], ["5"]]),
        ('村\t"通水\n通电"\r\n乙\t7', [["村", "通水\n通电"], ["乙", "7"]]),
        ('村\t"通水\r\n通电"\r\n', [["村", "通水\n通电"]]),
        ('"a\tb"\tc', [["a\tb", "c"]]),
        ('"他说""好""\n走了"\t1', [['他说"好"\n走了', "1"]]),
        ('"""好""\n走了"\t1', [['"好"\n走了', "1"]]),
        ('"他说""好"""\n6', [['他说"好"'], ["6"]]),
        ('""\t5', [["", "5"]]),
        ('5" 管\t12"\n6', [['5" 管', '12"'], ["6"]]),
        ('"先锋"村\t5\n乙\t6', [['"先锋"村', "5"], ["乙", "6"]]),
        ('"没有合上\t5\n乙\t6', [['"没有合上', "5"], ["乙", "6"]]),
        ('"甲\t5\n"乙\t6', [['"甲', "5"], ['"乙', "6"]]),
        ("\ufeff甲\t5", [["甲", "5"]]),
        ("甲\x0b乙\u2028丙\x85\t5\n", [["甲\x0b乙\u2028丙\x85", "5"]]),
    ],
)
def test_cells_are_cut_as_spreadsheets_write_them(text: str, expected: list[list[str]]) -> None:
    assert clipboard.rows(text) == expected


def written(cell: str) -> str:
    quoted = any(sign in cell for sign in "\t\n") or cell.startswith('"')
    return '"' + cell.replace('"', '""') + '"' if quoted else cell


def test_what_a_spreadsheet_writes_is_read_back() -> None:
    chance = random.Random(20261130)
    for _round in range(500):
        width = chance.randint(1, 4)
        cells = [
            ["".join(chance.choices('甲5"\n\t ,', k=chance.randint(0, 6))) for _at in range(width)]
            for _line in range(chance.randint(1, 5))
        ]
        text = "".join("\t".join(map(written, row)) + "\r\n" for row in cells)
        assert clipboard.rows(text) == cells


@pytest.mark.parametrize("piece", ['"', '""', '"a', '"a\t', '"\t""', '"\t"""', '""\n"', "\t", "\r", "\n", '"\t\n""'])
def test_time_grows_with_the_length_alone(piece: str) -> None:
    def seconds(length: int) -> float:
        text, took = (piece * length)[:length], []
        for _try in range(3):
            began = time.process_time()
            clipboard.rows(text)
            took.append(time.process_time() - began)
        return min(took)

    assert seconds(160_000) < 50 * max(seconds(16_000), 0.005)  # a hundred times where it grows with the square


def test_one_line_shows_breaks_as_blanks() -> None:
    assert clipboard.one_line(" 水电已通 \r\n 等验收\u2028好\n") == "水电已通 等验收 好"
