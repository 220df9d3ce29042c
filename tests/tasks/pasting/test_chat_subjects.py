"""Whose a line of a chat is: named, in doubt, or going on; nobody's figure is booked on somebody else."""

import re
import time
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from tasks.grid.cells import Ask
from tasks.models import Entry
from tasks.pasting import chat
from tasks.pasting.chat import Wanted
from tests.cast import TODAY, Cast
from tests.tasks.grid.stage import key, sheet_of_all

SignIn = Callable[[str], Client]

FORMS = {"石岭村": 1, "石岭": 1, "柳湾村": 2, "柳湾": 2, "大塘社区": 3, "大塘": 3}
PATTERN = re.compile("|".join(sorted(FORMS, key=len, reverse=True)))
COLUMNS = [
    Wanted("build", Ask.STAGE, "活动场所改扩建", stages=("选址", "基础", "主体完工", "粉刷", "两栏/配套")),
    Wanted("income", Ask.FIGURE, "集体收入", "万元"),
    Wanted("meet", Ask.COUNT, "三会一课"),
    Wanted("train", Ask.PERCENT, "干部轮训"),
]


def spans(text: str) -> list[tuple[int, int, int]]:
    return [(match.start(), match.end(), FORMS[match[0]]) for match in PATTERN.finditer(text)]


def told(text: str) -> list[tuple[int | None, dict[str, str], bool]]:
    return [
        (one.place, {fact.column: fact.text for fact in one.facts}, one.asked)
        for one in chat.read(text, COLUMNS, spans, on=TODAY)
    ]


@pytest.mark.parametrize(
    "line",
    [
        "8. 白石村：收入20万",
        "8．白石村收入20万",
        "８、白石：收入20万",
        "⑧白石 收入20万",
        "（8）收入20万",
        "8 收入20万",
        "第8组 收入20万",
        "八、白石收入20万",
        "白石村收入20万",
        "白石社区：收入20万",
        "白石居委会 收入20万",
        "白石村委会收入20万",
        "白石村集体收入20万",
        "白石：收入20万",
        "白石收入20万",
        "另外白石收入20万",
        "白石岭村收入20万",
        "新石岭村收入20万",
        "石今村收入20万",
        "石岭社区收入20万",
        "石岭村二组收入20万",
        "石岭村一组、二组收入20万",
        "大塘社区第二居民小组：收入20万",
        "石岭村（3组）收入20万",
        "石岭村东坡自然村收入20万",
        "石岭东村收入20万",
        "石岭东：收入20万",
        "石岭水库收入20万",
        "比石岭村多收入20万",
        "收入20万，石岭村没报",
        "前进村：收入20万",
        "建设村收入20万",
        "大塘村收入20万",
        "🎉白石村🎉收入20万",
        "石岭村以外收入20万",
        "石岭村隔壁收入20万",
        "石岭村、白石收入20万",
        "石岭村/白石：收入20万",
        "石岭村及白石合计收入20万",
        "石岭村与白石联建，收入20万",
        "收入20万（白石）",
        "收入20万——白石",
        "收入20万 白石",
    ],
)
def test_a_line_of_nobody_known_is_asked_about(line: str) -> None:
    for text in (f"柳湾村：主体完工\n{line}", f"柳湾村：主体完工\n{line}\n三会一课3次"):
        parts = told(text)
        assert parts[0] == (2, {"build": "主体完工"}, False)
        assert all(place is None and asked for place, _facts, asked in parts[1:])
        assert "20万" in [value for _place, facts, _asked in parts[1:] for value in facts.values()]


@pytest.mark.parametrize("line", ["8. 白石村还没动工", "白石居委会：正在选址", "8. 暂时没有", "石今村：验收了"])
def test_words_of_nobody_known_are_kept_and_asked_about(line: str) -> None:
    assert [(place, asked) for place, _facts, asked in told(f"柳湾村：主体完工\n{line}")[1:]] == [(None, True)]


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("1. 石岭村 张三：收入20万", 1),
        ("8石岭村收入20万", 1),
        ("石岭收入20万", 1),
        ("石岭：收入20万", 1),
        ("石岭 张三 收入20万", 1),
        ("石岭已完成收入20万", 1),
        ("我们石岭村收入20万", 1),
        ("张三（石岭村）：收入20万", 1),
        ("石岭村党员进村入户，收入20万", 1),
        ("石岭村改建村部，收入20万", 1),
        ("石岭全村收入20万", 1),
        ("大塘社区，收入20万", 3),
        ("收入20万", 2),
        ("集体收入：20万", 2),
        ("目前收入20万", 2),
        ("本村集体收入已达到20万元", 2),
        ("石岭村：一村一策收入20万", 1),
        ("石岭村一村一品，收入20万", 1),
        ("石岭村及时上报：收入20万", 1),
        ("石岭村、收入20万", 1),
        ("收入20万（累计）", 2),
        ("石岭村截至10月底收入20万", 1),
        ("石岭村2026年收入20万", 1),
        ("石岭村11月收入20万", 1),
    ],
)
def test_a_line_that_is_sure_is_not_asked_about(line: str, place: int) -> None:
    assert [(at, asked) for at, _facts, asked in told(f"柳湾村：主体完工\n{line}")[1:]] == [(place, False)]


def test_villages_of_one_line_are_told_apart_or_asked_about() -> None:
    assert told("石岭村收入5万，白石村收入20万") == [(1, {"income": "5万"}, False), (None, {"income": "20万"}, True)]
    assert told("石岭收入5万柳湾村收入6万") == [(1, {"income": "5万"}, False), (2, {"income": "6万"}, False)]
    assert [place for place, _facts, _asked in told("石岭村和柳湾村各收入5万")] == [None, None]
    assert [place for place, _facts, _asked in told("收入3万，石岭村收入5万，柳湾村收入6万")] == [None] * 3


def test_after_a_line_with_several_villages_none_goes_on() -> None:
    assert told("石岭收入5万，柳湾收入6万\n三会一课3次")[-1] == (None, {"meet": "3"}, True)


def test_what_is_told_twice_and_differs_is_asked_about() -> None:
    assert [asked for _place, _facts, asked in told("石岭村收入5万\n柳湾村收入6万\n石岭村收入7万")] == [
        False,
        False,
        True,
    ]


@pytest.mark.parametrize(
    "words",
    [
        "去年收入20万", "计划收入20万", "收入还差20万", "收入同比增长20万", "预计集体收入达到20万",
        "去年村级集体经济经营性收入20万", "2025年收入20万", "25年收入20万", "10月收入20万", "10月份收入20万",
        "一季度收入20万", "上半年收入20万", "明年收入20万", "年底收入20万", "争取收入20万", "应收入20万",
        "收入有望20万", "收入20万？", "收入20万吗", "收入20万不对", "收入20万还没到账", "人均收入20万", "收入亏20万",
        "如果收入20万", "收入20万美元",
    ],
)  # fmt: skip
def test_a_figure_of_another_time_is_asked_about(words: str) -> None:
    assert told(f"石岭村{words}") == [(1, {"income": "20万"}, True)]


@pytest.mark.parametrize(
    "words",
    ["三会一课缺1次", "三会一课还要开1次", "三会一课每月1次", "干部轮训未完成60%", "干部轮训40%没完成", "收入1.5倍"],
)
def test_what_is_missing_is_not_what_was_done(words: str) -> None:
    assert [asked for _place, _facts, asked in told(f"石岭村{words}")] == [True]


@pytest.mark.parametrize(
    "words",
    [
        "收入减少2万", "收入少了2万", "收入增加2万", "收入新增2万", "收入比上周多2万", "收入下降2万", "收入提高了2万",
        "收入不到2万", "收入没有达到2万", "收入未达2万", "收入-2万", "原来收入2万", "收入第2",
    ],
)  # fmt: skip
def test_a_difference_is_no_figure(words: str) -> None:
    assert [asked for _place, _facts, asked in told(f"石岭村{words}")] == [True]


@pytest.mark.parametrize(
    ("words", "figure"),
    [
        ("收入二十万", "二十万"), ("收入贰拾万元", "贰拾万元"), ("收入一百二十万元", "一百二十万元"),
        ("收入20w", "20w"), ("收入20余万", "20余万"), ("收入增加到20万", "20万"), ("收入降到2万", "2万"),
    ],
)  # fmt: skip
def test_figures_in_words_are_not_lost(words: str, figure: str) -> None:
    assert told(f"石岭村{words}") == [(1, {"income": figure}, False)]
    assert told("石岭村干部轮训百分之六十") == [(1, {"train": "百分之六十"}, False)]


@pytest.mark.parametrize(
    "words", ["三会一课参加5人", "三会一课到会25名党员", "三会一课覆盖12户", "三会一课共3天", "三会一课6学时"]
)
def test_what_counts_something_else_is_no_count_of_times(words: str) -> None:
    assert [(place, asked) for place, _facts, asked in told(f"石岭村{words}")] == [(1, True)]


@pytest.mark.parametrize("words", ["三会一课3月开", "三会一课3号开", "三会一课第3次", "三会一课3点"])
def test_a_day_is_no_count(words: str) -> None:
    assert [asked for _place, _facts, asked in told(f"石岭村{words}")] == [True]


@pytest.mark.parametrize(
    "words",
    [
        "主体施工中",
        "主体在建",
        "在做主体",
        "主体进行中",
        "主体过半",
        "主体80%",
        "主体阶段",
        "主体明天完工",
        "主体月底完工",
        "主体快完工了",
        "主体完工不了",
        "计划明年春节前主体完工",
        "力争主体完工",
        "主体完工？",
    ],
)
def test_a_stage_that_is_being_worked_on_is_not_sure(words: str) -> None:
    assert [asked for _place, _facts, asked in told(f"石岭村{words}")] == [True]
    assert [asked for _place, _facts, asked in told("石岭村主体完成了")] == [False]


def test_a_figure_at_the_beginning_is_no_numbering() -> None:
    assert told("1.2万元收入") == [(None, {"income": "1.2万元"}, True)]


HOSTILE = (
    "1|1 |１|(|（|【（|村|村村村a|石岭村|石岭 |一|一一次|1,111|1，| |\t|９．|张三 9:|1月 "
    "|a，|主体|白石村1 |@|石岭村1万，|第|没"
)


@pytest.mark.parametrize("piece", HOSTILE.split("|"))
@pytest.mark.parametrize("width", [20_000, 200, 40])
def test_a_hostile_text_is_read_in_its_length(piece: str, width: int) -> None:
    text = "\n".join([(piece * width)[:width]] * (20_000 // width))
    began = time.process_time()
    chat.read(text, COLUMNS, spans)
    assert time.process_time() - began < 4


def ask(client: Client, text: str) -> str:
    return client.post(reverse("grid_chat"), {"text": text}).content.decode()


def as_shown(page: str) -> dict[str, object]:
    """What the page sends when nobody touches it."""
    form: dict[str, object] = {"step": "save", "learned": "phone"}
    for number, line in re.findall(r'name="line-(\d+)" value="([^"]*)"', page):
        body = page.split(f'name="place-{number}"')[1]
        form[f"line-{number}"] = line
        form[f"place-{number}"] = re.search(r'<option value="(\w*)" selected>', body.split("</select>")[0])[1]
        row = body.split("</tr>")[0]
        parts = row.split(f'name="column-{number}"')[1:]
        chosen = [re.search(r'value="(t\d+)" selected', part.split("</select>")[0]) for part in parts]
        form[f"column-{number}"] = [match[1] if match else "" for match in chosen]
        form[f"fact-{number}"] = re.findall(rf'name="fact-{number}" value="([^"]*)"', row)
    return form


@pytest.mark.parametrize(
    "line", ["8. 白石村：收入20万", "石今村：收入20万", "8、收入20万", "河口镇石令村收入20万", "白石收入20万"]
)
def test_nothing_is_saved_for_a_line_of_nobody(cast: Cast, signed_in: SignIn, line: str) -> None:
    tasks, client = sheet_of_all(cast), signed_in("hekou")
    page = ask(client, f"柳湾村：收入7万\r\n{line}")
    assert page.count("table-warning") == 1
    answer = client.post(reverse("grid_chat"), as_shown(page)).content.decode()
    assert f"{line}</textarea>" in answer
    assert [key(tasks, "income", cast, place).value for place in ("liuwan", "shiling")] == [7, None]
    assert not Entry.objects.filter(text__contains="20万").exists()


def test_a_near_name_is_offered_and_a_line_may_be_left_out(cast: Cast, signed_in: SignIn) -> None:
    sheet_of_all(cast)
    client = signed_in("hekou")
    page = ask(client, "石令村：收入20万")
    assert "石岭村" in page.split("table-warning")[1].split("</td>")[0]
    form = as_shown(page) | {"place-0": "none"}
    assert client.post(reverse("grid_chat"), form).status_code == 302
    assert not Entry.objects.exists()


@pytest.mark.parametrize("text", ["收" * 20_001, "1\n" * 401, ("1 " * 25 + "\n") * 300])
def test_too_much_is_refused_in_a_sentence_and_stays(cast: Cast, signed_in: SignIn, text: str) -> None:
    sheet_of_all(cast)
    page = ask(signed_in("hekou"), text)
    assert "一次最多" in page.split("<textarea")[0]
    assert text[:400] in page
    assert 'name="line-0"' not in page
