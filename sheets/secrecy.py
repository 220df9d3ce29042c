"""Marks of secrecy on what is about to be sent: in a file's name, or at the head of its first page or first rows.

A mark stands for itself: 「机密★10年」, 「秘 密」 on a line of its own, 【绝密】. A word in running text is none.
What is plain is refused; what is doubtful, such as 内部资料, is asked about. Pictures, and documents whose text is not
readable here (most PDFs name their glyphs otherwise), are judged by their names alone.

The first page is read in the process apart (``sheets.first_page``).
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

HEAD_LINES = 30  # of a first page, or rows of a sheet
HEAD_CHARACTERS = 4_000
NAME_LENGTH = 400
PART_LINES = 300  # of one part: a row of a sheet gives a line for each cell


class Grade(StrEnum):
    """What is done about a mark."""

    REFUSED = "refused"
    ASKED = "asked"


class Mark(NamedTuple):
    """A mark that was found, and what is done about it."""

    grade: Grade
    words: str


WORDS = ("绝密", "机密", "秘密", "絕密", "機密", "祕密")
DOUBTFUL = (
    "内部资料", "内部文件", "内部材料", "内部使用", "内部参考", "内部掌握", "内部传阅",
    "工作秘密", "商业秘密", "不得外传", "请勿外传", "严禁外传", "禁止外传", "內部資料",
)  # fmt: skip
_GAP = r"[\s\u3000\u00a0\u200b\ufeff·.]{0,4}"


def _spaced(word: str) -> str:
    return _GAP.join(map(re.escape, word))


_ANY = "|".join(map(_spaced, WORDS))
_BEFORE, _AFTER = r"(?<![\u4e00-\u9fff])", r"(?![\u4e00-\u9fff])"
_STAR = re.compile(rf"(?:{_ANY}){_GAP}[★☆*＊⭐✭✩]")  # 机密★: nothing else is written so
_TERM = re.compile(rf"{_BEFORE}(?:{_ANY}){_GAP}[\d一二三四五六七八九十]{{1,3}}{_GAP}(?:年|个月)")  # 机密10年
_DEGREE = re.compile(
    rf"(?:密{_GAP}级|保密等级|涉密等级|密级标[志识]|(?:定密|等级|密别)(?={_GAP}[:：])){_GAP}[:：]?{_GAP}[(【\[]?{_GAP}"
    rf"(?:{_ANY})(?:级|件)?{_AFTER}"
)
_THIS = re.compile(
    rf"[本此](?:文件|材料|资料|文|件|表|页|函|报告)(?:属于|属|为|系|是)?(?:国家)?(?:{_ANY})(?:级|件)?(?:文件|材料|资料)?{_AFTER}"
)
_ALONE = re.compile(rf"(?:{_ANY})(?:{_GAP}(?:级|件|级文件|文件|资料|材料))?")  # a line, a cell or a bracket of its own
_AROUND = " .。:：-—_★☆◆◇●■□▲△※#~=+'\"“”‘’|/\\·"  # may stand around one that stands alone
_BRACKET = re.compile(rf"[【\[（(〔<《〈「『〖{{“\"]{_GAP}({_ANY}){_GAP}(?:级|件)?{_GAP}[】\]）)〕>》〉」』〗}}”\"]")
_LAST = re.compile(rf"[\s\u3000](?:{_ANY})(?:级|件)?$")  # 特急　机密, 编号：001 机密
_FOLLOWED = re.compile(rf"(?:{_ANY})(?P<gap>{_GAP})(?P<rest>.{{0,12}})")
_NUMBERED = re.compile(r"[^\u4e00-\u9fff]|第|共|特急|加急|急|保密|长期|启|份|编")
_DOUBT = re.compile("|".join(map(_spaced, DOUBTFUL)))
_PLACES = "局处路街巷村组镇乡林山沟湾岭谷"  # 机密局, 秘密村
_AT_AN_END = re.compile(
    rf"^(?:{_ANY})(?![{_PLACES}]|花园|武器|工作|飞行)|(?<!国家)(?<!保守)(?<!商业)(?<!工作)(?:{_ANY})$"
)
_DENIED = re.compile("不得|不准|禁止|严禁|严守|保守|不含|不涉|非涉密|无涉密|不属于|并非|侵犯|泄露")  # before the words
_SPOKEN_OF = re.compile("保护|宣传|培训|学习|案件|教育|性出版物|管理(?:办法|制度|工作|培训|规定|$)")  # right behind
_NAME_PLAIN = re.compile(rf"(?:^|[^\u4e00-\u9fff])(?:{_ANY})(?:级|件|文件|资料|材料)?(?:$|[^\u4e00-\u9fff])")


def in_file(name: str, first_lines: Iterable[str], inside: Iterable[tuple[str, Iterable[str]]] = ()) -> Mark | None:
    """The gravest mark of a file, by its name, its first lines, and those of the files in it; None without one."""
    found = [in_name(name), in_lines(first_lines, most=10 * PART_LINES)]
    found += [mark for inner, lines in inside for mark in (in_name(inner), in_lines(lines))]
    return _gravest(found)


def in_name(name: str) -> Mark | None:
    """The mark in a file's name."""
    return _gravest(_in_step(step) for step in _plain(name[-NAME_LENGTH:]).replace("\\", "/").split("/") if step)


def _in_step(text: str) -> Mark | None:
    stem = text.rpartition(".")[0] or text
    if found := _STAR.search(stem) or _TERM.search(stem) or _BRACKET.search(stem) or _NAME_PLAIN.search(stem):
        return Mark(Grade.REFUSED, _tidy(found[0]))
    if (found := _AT_AN_END.search(stem)) and not _DENIED.search(stem):
        return Mark(Grade.ASKED, _tidy(found[0]))
    return _doubt(stem)


def in_text(text: str) -> Mark | None:
    """The mark at the head of a pasted text."""
    return in_lines(text[: HEAD_CHARACTERS * 4].splitlines())


def in_rows(rows: Iterable[Sequence[object]]) -> Mark | None:
    """The mark among the first rows of a sheet: each cell is a line of its own."""
    head = (row for row, _number in zip(rows, range(HEAD_LINES), strict=False))
    return in_lines([cell for row in head for cell in row[:50] if isinstance(cell, str)], most=10 * PART_LINES)


def in_lines(lines: Iterable[str], most: int = HEAD_LINES) -> Mark | None:
    """The gravest mark among the first lines."""
    found, left, upright = list[Mark | None](), HEAD_CHARACTERS * 10, ""
    for line in lines:
        text = _plain(line[:HEAD_CHARACTERS]).strip()
        if not text:
            continue
        upright = upright[-12:] + text if len(text) == 1 else ""  # 机 and 密 in cells or lines of their own
        found += [_in_line(text), _in_line(upright) if len(upright) > 1 else None]
        left, most = left - len(text), most - 1
        if left <= 0 or most <= 0:
            break
    return _gravest(found)


def _in_line(text: str) -> Mark | None:
    plain = next((found for each in _PLAINLY if (found := each.search(text))), None)
    parts = [part.strip(_AROUND) for part in re.split(r"[\t,，;；|]|\s{2,}|&[LCR]", text)]
    if max(map(len, parts)) == 1:
        parts.append("".join(parts))
    if plain or any(map(_ALONE.fullmatch, parts)) or (len(text) <= 40 and _LAST.search(text)):
        return Mark(Grade.REFUSED, _tidy(plain[0] if plain else text[:20]))
    if (found := _FOLLOWED.fullmatch(text)) and (found["gap"] or not re.match("[\u4e00-\u9fff]", found["rest"])):
        grade = Grade.REFUSED if _NUMBERED.match(found["rest"]) else Grade.ASKED  # 秘密 花园 may be a name
        return Mark(grade, _tidy(text[:20]))
    return _doubt(text)


_PLAINLY = (_STAR, _TERM, _DEGREE, _BRACKET, _THIS)


def _doubt(text: str) -> Mark | None:
    """What may be a mark: asked about, unless the sentence speaks against it or about it."""
    for found in _DOUBT.finditer(text) if len(text) <= 40 else ():
        if not _DENIED.search(text[: found.start()]) and not _SPOKEN_OF.match(text[found.end() :]):
            return Mark(Grade.ASKED, _tidy(found[0]))
    return None


def _gravest(found: Iterable[Mark | None]) -> Mark | None:
    marks = [mark for mark in found if mark is not None]
    return next((mark for mark in marks if mark.grade == Grade.REFUSED), marks[0] if marks else None)


def _plain(text: str) -> str:
    """In half width, without what cannot be seen; the star and Chinese punctuation stay."""
    shown = (c for c in unicodedata.normalize("NFKC", text) if c == "\t" or unicodedata.category(c) not in {"Cf", "Cc"})
    return "".join(shown)


def _tidy(words: str) -> str:
    return "".join(words.split())[:30]
