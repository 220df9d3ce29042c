"""Values, checks and descriptions, without a database."""

from decimal import Decimal

import pytest
from django.utils import translation

from ledgers.kinds import as_shipped, shipped
from ledgers.rules import values as rules
from ledgers.rules.checks import Severity, UnreadableCheck, parse, run
from ledgers.rules.kinds import KindRule
from orgs.county import dictionary
from orgs.field_rules import FieldRule, FieldType, day_span, field_of

FIELDS = dictionary.shipped()
MONEY = FIELDS["total_income"]


@pytest.mark.parametrize(
    ("type_", "value", "good"),
    [
        ("int", 12, True),
        ("int", "12", False),
        ("int", True, False),
        ("money", "186000", True),
        ("money", "186000.00", False),
        ("money", "1.86E+5", False),
        ("money", "NaN", False),
        ("percent", "3.5", True),
        ("date", "2026-06-28", True),
        ("date", "2026-06", True),
        ("date", "2026-6-28", False),
        ("date", "2026-02-30", False),
        ("month", "2026-06", True),
        ("month", "2026-06-28", False),
        ("bool", False, True),
        ("bool", "是", False),
        ("text", "", False),
        ("text", "sealed:00:x", False),
        ("identifier", "0012", True),
        ("list", ["承包"], True),
        ("list", "承包", False),
    ],
)
def test_only_the_stored_form_is_well_formed(type_: str, value: object, good: bool) -> None:
    assert rules.is_well_formed(FieldRule("x", type_, "某列"), value) is good


def test_a_code_that_is_none_is_refused() -> None:
    assert rules.is_well_formed(FIELDS["build_type"], "新建")
    assert not rules.is_well_formed(FIELDS["build_type"], "重修")


@pytest.mark.parametrize(
    ("value", "text"), [("186000", "18.6"), ("123", "0.0123"), ("-50000", "-5"), ("0", "0"), ("12345678", "1,234.5678")]
)
def test_money_is_read_in_the_unit_of_its_heading_and_loses_nothing(value: str, text: str) -> None:
    assert rules.shown(MONEY, value) == text


def test_land_is_stored_in_square_metres_and_read_in_mu() -> None:
    assert rules.shown(FIELDS["farmland"], rules.exact(Decimal(35) * 2000 / 3)) == "35"


def test_about_and_the_precision_of_a_date_stay() -> None:
    with translation.override("zh-hans"):
        assert rules.shown(MONEY, "35000", ["about"]) == "约3.5"
    assert rules.shown(FIELDS["date_main"], "2026-06") == "2026-06"
    assert [str(day) for day in day_span("2026-02")] == ["2026-02-01", "2026-02-28"]
    assert str(day_span("2024-12")[1]) == "2024-12-31"


def test_the_natural_key_does_not_look_at_width_and_spaces() -> None:
    kind = shipped()["new_orgs"]
    assert rules.natural_key(kind, {"org_name": "宏达（青禾） 公司"}) == rules.natural_key(
        kind, {"org_name": "宏达(青禾)公司"}
    )
    assert rules.natural_key(shipped()["venue"], {"remark": "x"}) == ""
    long = [rules.natural_key(kind, {"org_name": "长" * 300 + end}) for end in "甲乙"]
    assert long[0] != long[1]
    assert max(map(len, long)) <= 200


@pytest.mark.parametrize(
    ("text", "values", "broken"),
    [
        ("total_income = operating_income + subsidy_income", {"total_income": "300", "operating_income": "100"}, True),
        (
            "total_income = operating_income + subsidy_income",
            {"total_income": "180000", "operating_income": "180100"},
            False,
        ),
        ("total_income = operating_income + subsidy_income", {"total_income": "3000"}, False),
        ("total_income >= operating_income", {"total_income": "5", "operating_income": "6"}, True),
        ("members_total = members + members_probationary", {"members_total": 5, "members": 4}, True),
        (
            "members_total = members + members_probationary",
            {"members_total": 5, "members": 4, "members_probationary": 1},
            False,
        ),
        ("date_site <= date_main", {"date_site": "2026-07-01", "date_main": "2026-06"}, True),
        ("date_site <= date_main", {"date_site": "2026-06-28", "date_main": "2026-06"}, False),
        ("date_site ≤ date_main", {"date_site": "2026-06-28"}, False),
        ("closed -> closed_date", {"closed": True}, True),
        ("closed -> closed_date", {"closed": False}, False),
        ("accepted = “通过” -> accepted_on accepted_area", {"accepted": "通过", "accepted_on": "2026-06"}, True),
        ("accepted = “通过” -> accepted_on", {"accepted": "不通过"}, False),
        ("operating != “正常” -> not_operating_reason", {}, False),
        ("net_value = original_value - depreciation", {"net_value": "900", "original_value": "1000"}, False),
        ("net_value = original_value - depreciation", {"net_value": "9000", "original_value": "1000"}, True),
        ("satisfaction <= 100", {"satisfaction": "100.5"}, True),
    ],
)
def test_checks(text: str, values: dict[str, object], broken: bool) -> None:
    assert (run(parse(text), values, FIELDS) is not None) is broken


def test_a_broken_check_names_fields_and_figures() -> None:
    with translation.override("zh-hans"):
        fault = run(parse("total_income >= operating_income"), {"total_income": "5", "operating_income": "6"}, FIELDS)
        assert fault
        assert "总收入 5" in fault.message
        assert "≥ 经营收入 6" in fault.message
        missing = run(parse("closed -> closed_date"), {"closed": True}, FIELDS)
        assert missing
        assert "销号时间" in missing.message


@pytest.mark.parametrize("text", ["", "total_income", "a = b = c", "a + = b", "a ->", "a b = c", "= 3", "a = "])
def test_what_is_no_check_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(UnreadableCheck, match=r".+"):
        parse(text)


def test_checks_may_call_fields_by_their_labels() -> None:
    check = parse("总收入 ＝ 经营收入 ＋ 补助收入", names={field.zh: field.key for field in FIELDS.values()})
    assert check.fields == ("total_income", "operating_income", "subsidy_income")


@pytest.mark.parametrize("kind", shipped().values(), ids=lambda kind: kind.key)
def test_a_shipped_ledger_names_fields_that_exist(kind: KindRule) -> None:
    keys = [column.key for column in kind.columns]
    assert len(keys) == len(set(keys))
    assert set(keys) <= set(FIELDS)
    assert set(kind.natural_key) <= set(keys)
    for check in kind.checks:
        assert set(check.fields) <= set(keys), check.text
    assert kind.en


@pytest.mark.parametrize("name", ["建成年份", "评定年度", "入驻年", "year built"])
def test_a_year_has_no_thousands(name: str) -> None:
    for kind in (FieldType.INT, FieldType.DECIMAL):
        field = FieldRule("x", kind, name)
        assert rules.shown(field, 2015 if kind == FieldType.INT else "2015") == "2015"
    assert rules.shown(FIELDS["built_year"], 2015) == "2015"
    assert rules.shown(FieldRule("x", FieldType.INT, "年培训人数", unit="人"), 2015) == "2,015"


def test_every_field_has_a_name_in_both_languages_and_a_type() -> None:
    for field in FIELDS.values():
        assert field.zh
        assert field.en
        assert field.type in FieldType.values
        assert bool(field.codes) == (field.type in {FieldType.ENUM, FieldType.LIST})


def test_two_fields_of_a_ledger_never_share_a_heading() -> None:
    """Unless the headings above tell them apart, nobody could say which column is meant."""
    for kind in shipped().values():
        seen: dict[tuple[str, str], str] = {}
        for column in kind.columns:
            for heading in {column.field.zh, *column.field.aliases, *column.aliases}:
                other = seen.setdefault((column.group, heading), column.key)
                assert other == column.key, (kind.key, heading)


def test_faults_say_what_is_missing_malformed_and_contradictory() -> None:
    kind = as_shipped("venue")
    found = rules.faults(kind, {"floor_area": "九十", "date_site": "2026-07-01", "date_foundation": "2026-06-01"})
    assert [(fault.fields[0], fault.severity) for fault in found] == [
        ("build_type", Severity.ERROR),
        ("floor_area", Severity.ERROR),
        ("date_site", Severity.WARNING),
    ]


@pytest.mark.parametrize(
    ("number", "good"), [("11010519491231002X", True), ("110105194912310021", False), ("1101051949", False)]
)
def test_identity_cards_have_a_check_digit(number: str, good: bool) -> None:
    assert rules.is_idcard(number) is good


def test_masking_tells_rows_apart_and_gives_nothing_away() -> None:
    assert rules.masked(FIELDS["member_name"], "欧阳明月") == "欧***"
    assert rules.masked(FIELDS["member_phone"], "13900001234") == "139****1234"
    assert rules.masked(FIELDS["member_birth"], "1969-03") == "1969-**"


def test_a_field_reads_the_same_from_its_plain_description() -> None:
    field = field_of({"key": "x", "type": "enum", "zh": "甲", "codes": ["一", {"value": "二", "aliases": ["贰"]}]})
    assert field.code_values == ("一", "二")
    assert field.codes[1].aliases == ("贰",)
