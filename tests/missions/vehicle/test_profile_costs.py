"""Quick costs agree with predictions."""

import numpy as np
import pytest

from missions.refusal import MissionError
from missions.vehicle.movement import Phase
from missions.vehicle.prediction import predict_flight
from missions.vehicle.profile_costs import ProfileCosts
from missions.vehicle.stock_profiles import QUAD_30
from missions.vehicle.wind import Wind


@pytest.mark.parametrize("wind", [Wind(), Wind(8.0, 30.0)], ids=["calm", "windy"])
@pytest.mark.parametrize("length_m", [7.0, 60.0, 333.0, 4000.0])
def test_there_and_back_costs_what_is_predicted(plan_of, to, length_m, wind):
    costs = ProfileCosts(QUAD_30, wind, alt_rel_m=30.0, home_alt_amsl_m=1520.0)
    out_and_back = [
        to(0.0, length_m, params=(1.0,)),
        to(0.0, 0.0, params=(1.0,)),
        to(length_m, params=(1.0,)),
    ]
    plan = plan_of(*out_and_back, to(0.0, params=(1.0,)))
    legs = [leg for leg in predict_flight(plan, QUAD_30, wind).legs if leg.phase is Phase.FLY]
    time_s, energy_wh = costs.cost(np.full(4, length_m), 0.0, 0.0)
    assert time_s.sum() == pytest.approx(sum(leg.duration_s for leg in legs), rel=0.02)
    assert energy_wh.sum() == pytest.approx(sum(leg.energy_wh for leg in legs), rel=0.03)


def test_take_off_and_landing_cost_what_is_predicted(plan_of, to):
    costs = ProfileCosts(QUAD_30, home_alt_amsl_m=1520.0)
    legs = predict_flight(plan_of(to(100.0)), QUAD_30).legs
    assert costs.take_off(30.0) == pytest.approx((legs[0].duration_s, legs[0].energy_wh))
    (waiting,) = [leg for leg in legs if leg.phase is Phase.HOLD and leg.duration_s > 0.0]
    together = waiting.duration_s + legs[-1].duration_s, waiting.energy_wh + legs[-1].energy_wh
    assert costs.landing(30.0) == pytest.approx(together, rel=1e-3)


def test_costs_grow_with_each_part_and_broadcast():
    costs = ProfileCosts(QUAD_30)
    lengths_m = np.linspace(0.0, 3000.0, 200)
    for changed in (
        costs.cost(lengths_m, 0.0, 0.0),
        costs.cost(100.0, lengths_m / 30.0, 0.0),
        costs.cost(100.0, -lengths_m / 30.0, 0.0),
        costs.cost(100.0, 0.0, lengths_m),
    ):
        assert all((np.diff(part) > 0.0).all() for part in changed)
    assert costs.cost(np.zeros((3, 1)), np.zeros(4), 2.0)[0].shape == (3, 4)
    assert [float(part) for part in costs.cost(0.0, 0.0, 0.0)] == [0.0, 0.0]


def test_wind_that_it_must_not_fly_in_is_refused():
    with pytest.raises(MissionError, match="at most"):
        ProfileCosts(QUAD_30, Wind(15.0))
