"""Random plans, units and troubles: the service does what an independent oracle tells.

``python -m tests.story.years --seeds 200`` goes through whole years.
"""

from __future__ import annotations

import pytest

from tests.story.trials import quiet, troubled

LENGTH = 30  # days of each seed's life here


@pytest.mark.parametrize("seed", range(8))
def test_a_random_plan_leads_to_exactly_the_messages_of_the_oracle(seed: int) -> None:
    assert quiet(seed, LENGTH).complaints == ()


@pytest.mark.parametrize("seed", range(100, 108))
def test_outages_restarts_and_clock_jumps_lose_no_obligation_and_add_none(seed: int) -> None:
    assert troubled(seed, LENGTH).complaints == ()
