"""Many random sequences of what people do to a quota, and to the organisations that share it."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cast import Cast
from tests.tasks.splits.test_random import STEPS, split_town, town, walk

pytestmark = pytest.mark.soak
__all__ = ["split_town", "town"]  # fixtures


@given(steps=st.lists(STEPS, min_size=1, max_size=20))
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
def test_three_hundred_sequences_leave_no_difference_of_quotas_unnamed(
    split_town: Cast, steps: list[tuple[int, int, int, int]]
) -> None:
    walk(split_town, steps)
