"""Organisations found by what people write: explained, asked about in doubt, never guessed."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from naming.matching import STEPS, Match, Matcher, Unit

VILLAGES = {
    "松林镇": [
        "梅花村委会",
        "清江村",
        "金甲村委会",
        "金甲居委会",
        "太平村",
        "西渡新村社区居委会",
        "咸中亭村",
        "松林村委会",
    ],
    "河口镇": ["三和村", "太平村", "福星村", "新村村委会"],
    "白云乡": ["福星村委会", "桐桥村委会", "湾塘社区"],
    "城南街道": ["民胜社区居委会"],
}
UNITS = [Unit("county", "990100000000", "某县", level="above"), Unit("city", "990000000000", "某市", level="above")]
for _number, (_town, _names) in enumerate(VILLAGES.items(), 1):
    UNITS.append(Unit(_town, f"9901{_number}0000000"[:12], _town, level="township"))
    for _at, _name in enumerate(_names, 1):
        UNITS.append(
            Unit(
                f"{_town}/{_name}",
                f"9901{_number}00002{_at:02}",
                _name,
                _name.removesuffix("委会") if _name.endswith("村委会") else _name.removesuffix("居委会"),
                "village",
                _town,
            )
        )
UNITS += [
    Unit("gone", "990110000299", "老屋村", "", "village", "松林镇", closed=True, successor="松林镇/梅花村委会"),
    Unit("shut", "990110000298", "枫树村", "", "village", "松林镇", closed=True),
]
MATCHER = Matcher(UNITS)


def find(name: str, township: str = "", **more: object) -> Match:
    return MATCHER.find(name, township=township, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "written",
    [
        *(
            "梅花村委会",
            "梅花村",
            "梅花",
            "梅花村民委员会",
            "梅花村党支部",
            "梅花村党总支",
            "中共某县松林镇梅花村支部委员会",
        ),
        *(
            "松林镇梅花村",
            "松林梅花村",
            "松林镇 梅花村",
            "某县松林镇梅花村委会",
            "梅 花 村",
            "梅\u00a0花村",
            "梅花\n村",
            "\u3000梅花村",
        ),
        *(
            "梅花村支部委员会",
            "梅花村股份经济合作社",
            "梅花村党组织",
            "某市某县松林镇梅花村",
            "梅花村委",
            "梅花村村委会",
        ),
    ],
)
def test_ways_to_write_a_village(written: str) -> None:
    assert find(written).key == find(written, "松林镇").key == "松林镇/梅花村委会"


@pytest.mark.parametrize(
    "written", ["湾塘社区", "灣塘社區", "湾塘居委会", "湾塘社区居民委员会", "湾塘", "湾塘社区党总支"]
)
def test_ways_to_write_a_community(written: str) -> None:
    assert find(written, "白云乡").key == "白云乡/湾塘社区"


@pytest.mark.parametrize(
    "written",
    ["松林镇", "松林", "松林镇党委", "松林镇人民政府", "中共某县松林镇委员会", "某县松林镇", "松林鎮", " 松 林 镇 "],
)
def test_ways_to_write_a_township(written: str) -> None:
    assert MATCHER.find_township(written).key == "松林镇"
    assert find("梅花村", written).key == "松林镇/梅花村委会"
    assert MATCHER.find("", township=written, level="township").key == "松林镇"


@pytest.mark.parametrize("written", ["城南街道", "城南", "城南街道办事处", "城南街道党工委", "城南街道办"])
def test_ways_to_write_a_street(written: str) -> None:
    assert MATCHER.find_township(written).key == "城南街道"


def test_a_village_committee_and_a_residents_committee_are_two() -> None:
    assert find("金甲村委会").key == find("金甲村").key == "松林镇/金甲村委会"
    assert find("金甲居委会").key == find("金甲社区").key == "松林镇/金甲居委会"
    bare = find("金甲", "松林镇")
    assert (bare.status, set(bare.candidates)) == ("ambiguous", {"松林镇/金甲村委会", "松林镇/金甲居委会"})


def test_a_name_that_several_townships_have_is_asked_about() -> None:
    assert find("太平村").status == "ambiguous"
    assert find("太平村", "河口镇").key == "河口镇/太平村"
    assert find("太平村", contexts=("Sheet1", "河口镇2026年台账")).key == "河口镇/太平村"
    assert find("河口镇太平村").key == "河口镇/太平村"
    assert find("福星村委会").status == "ambiguous", "the suffix tells no township"


def test_unknown_names_are_never_guessed() -> None:
    assert find("石头村").status == "unknown"
    assert find("石头村", "松林镇").status == "unknown"
    assert find("").status == find("  ", "松林镇").status == "missing"
    assert find("梅花村", "石头镇").status == "conflict"
    assert find("石头村", "石头镇").status == "unknown"


def test_a_township_that_contradicts_the_name_is_a_conflict() -> None:
    found = find("桐桥村", "松林镇")
    assert (found.status, found.candidates) == ("conflict", ("白云乡/桐桥村委会",))
    assert find("河口镇太平村", "松林镇").status == "conflict"


def test_codes_find_and_contradict() -> None:
    code = next(unit.code for unit in UNITS if unit.key == "河口镇/太平村")
    assert find("太平村", code=code).key == find("", code=f" {code}").key == "河口镇/太平村"
    assert find("太坪村", code=code).key == "河口镇/太平村", "the code bears out a slip"
    assert find("梅花村", code=code).status == find("桐桥村", "河口镇", code=code).status == "conflict"
    assert find("太平村", "松林镇", code=code).status == "conflict"
    assert find("", code="123").status == "unknown"
    assert find("梅花村", code="123456789012").status == "conflict"


def test_old_names_lead_to_what_took_their_place() -> None:
    assert find("老屋村", "松林镇").key == "松林镇/梅花村委会"
    assert "old_name" in find("老屋村").steps
    closed = find("枫树村", "松林镇")
    assert (closed.status, closed.candidates, closed.steps[-1]) == ("unknown", ("shut",), "closed")
    alias = Matcher([*UNITS, Unit("x", "1", "联盟村", "", "village", "松林镇", other_names=("铁匠村",))])
    assert alias.find("铁匠村").key == "x"
    assert alias.find("联盟村").key == "x"


def test_one_character_off_is_set_aside_unless_it_sounds_alike_and_is_the_only_one() -> None:
    same_sound = find("青江村", "松林镇")
    assert (same_sound.key, same_sound.steps) == ("松林镇/清江村", ("township_column", "same_sound"))
    other = find("咸亭村", "松林镇")
    assert (other.status, other.candidates) == ("review", ("松林镇/咸中亭村",))
    assert find("青江村").status == "review", "without a township nothing is taken"


def test_two_names_in_a_cell_are_nobodys_row() -> None:
    found = find("梅花村、清江村", "松林镇")
    assert (found.status, len(found.candidates)) == ("ambiguous", 2)


def test_a_community_whose_name_ends_in_village() -> None:
    for name in ("西渡新村社区居委会", "西渡新村社区", "西渡新村", "西渡新村居委会"):
        assert find(name, "松林镇").key == "松林镇/西渡新村社区居委会"


def test_a_village_of_one_character_and_one_named_like_its_township() -> None:
    assert find("新村", "河口镇").key == "河口镇/新村村委会"
    assert find("松林村", "松林镇").key == "松林镇/松林村委会"
    assert find("松林镇松林村").key == "松林镇/松林村委会"
    assert not MATCHER.names_township("松林村")
    assert not MATCHER.names_township("松林"), "a village may bear the bare name"
    assert MATCHER.names_township("松林镇")


def test_a_sheet_for_one_village_says_which_in_its_name_or_title() -> None:
    assert find("", contexts=("梅花村", "2026年基本情况")).key == "松林镇/梅花村委会"
    assert find("", contexts=("Sheet1", "松林镇梅花村基本情况统计表")).key == "松林镇/梅花村委会"
    assert find("", contexts=("Sheet1", "松林镇基本情况统计表")).status == "missing"


def test_what_was_done_is_told_and_choices_are_offered() -> None:
    found = find("松林镇 梅花村党支部")
    assert set(found.steps) <= STEPS.keys()
    assert "township_prefix" in found.steps
    unknown = find("梅化园", "松林镇")
    assert MATCHER.suggestions(unknown)[0] == "松林镇/梅花村委会"
    assert MATCHER.suggestions(find("太平村"))[:2] == ["松林镇/太平村", "河口镇/太平村"]


@given(
    st.text(alphabet="松林镇河口梅花村委会社区党支部太平金甲 \u00a0、新0123AZ", max_size=12),
    st.sampled_from(["", *VILLAGES]),
)
def test_any_text_gives_a_verdict_and_a_match_is_within_the_township(name: str, township: str) -> None:
    found = find(name, township)
    assert (found.status == "matched") == (found.key is not None)
    if found.found and township:
        assert MATCHER.units[found.key].township == township
    MATCHER.suggestions(found)


def test_thousands_of_names_are_found_fast() -> None:
    import time

    names = [unit.name for unit in UNITS if unit.level == "village"] + [f"石头{n}村" for n in range(200)]
    asked = random.Random(1).choices(names, k=15_000)
    began = time.process_time()
    for name in asked:
        find(name)
    assert time.process_time() - began < 2
