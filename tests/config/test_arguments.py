"""What a command is given in another encoding than the terminal's ends in one sentence, not in a traceback."""

import os
from pathlib import Path

import pytest

import manage


@pytest.mark.parametrize("argument", [b"\xff\xfe", "张三".encode("gbk"), b"--name=\xd5\xc5"])
def test_an_argument_that_no_database_takes_is_refused(argument: bytes) -> None:
    with pytest.raises(SystemExit, match="not written in UTF-8"):
        manage.refuse_unwritable(["import_ledger", os.fsdecode(argument)])


def test_the_name_of_a_file_may_be_anything(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/\xd5\xc5.xlsx"
    Path(os.fsdecode(path)).write_bytes(b"")
    manage.refuse_unwritable(["import_ledger", os.fsdecode(path), "张三", "😀"])
