"""The rules of supervision, without a database."""

from hypothesis import given
from hypothesis import strategies as st

from supervision import rules
from supervision.rules import Color

STRATA = st.dictionaries(st.integers(1, 40), st.lists(st.integers(0, 10_000), unique=True, max_size=30), max_size=12)


def disjoint(strata):
    """Keys of different strata are different rows."""
    return {stratum: [stratum * 100_000 + key for key in keys] for stratum, keys in strata.items()}


@given(strata=STRATA, size=st.integers(1, 60), seed=st.text(max_size=8))
def test_a_sample_is_as_large_as_asked_without_repeats_and_the_same_for_the_same_seed(strata, size, seed):
    strata = disjoint(strata)
    everything = {key for keys in strata.values() for key in keys}
    drawn = rules.draw(strata, size, seed)
    assert len(drawn) == len(set(drawn)) == min(size, len(everything))
    assert set(drawn) <= everything
    assert drawn == rules.draw({key: list(reversed(members)) for key, members in strata.items()}, size, seed)


@given(strata=STRATA, size=st.integers(1, 60), seed=st.text(max_size=8))
def test_every_township_is_looked_at_while_the_sample_lasts(strata, size, seed):
    strata = {stratum: keys for stratum, keys in disjoint(strata).items() if keys}
    drawn = set(rules.draw(strata, size, seed))
    touched = sum(1 for keys in strata.values() if drawn & set(keys))
    assert touched == min(len(strata), size)


def test_another_seed_draws_another_sample():
    strata = {1: list(range(100)), 2: list(range(200, 300))}
    assert len({tuple(rules.draw(strata, 10, seed)) for seed in "abcdefgh"}) > 1


def test_the_colour_follows_from_how_late_the_worst_item_is():
    assert [rules.color_for(days) for days in (0, 2, 3, 6, 7)] == [
        Color.BLUE, Color.BLUE, Color.YELLOW, Color.YELLOW, Color.RED,
    ]  # fmt: skip


def test_a_rule_set_to_zero_is_off_and_the_others_say_how_often_they_were_met():
    met = rules.reasons({"orders": 3, "urged": 9}, {"orders": 3, "urged": 0, "failed": 1})
    assert [(reason.rule, reason.count) for reason in met] == [("orders", 3)]
