"""Schedules of drones with profiles, beside the prediction of the plans made of them."""

from dataclasses import replace

import pytest

from bench.patrol_lines import patrol_evening
from missions.fleet.fleet_ground import FleetGround
from missions.fleet.flight_costs import RunCosts
from missions.fleet.flight_plan import plan_flights
from missions.fleet.planner import plan_fleet
from missions.vehicle.prediction import predict_flight
from missions.vehicle.profile_costs import ProfileCosts
from missions.vehicle.stock_profiles import QUAD_50


def test_schedules_agree_with_the_prediction_of_their_plans() -> None:
    evening = patrol_evening(lines=30, drones=3, pads=1, seed=3)
    costs = ProfileCosts(QUAD_50, alt_rel_m=80.0)
    assert isinstance(costs, RunCosts)
    speed_m_s = QUAD_50.motion.speed_m_s
    drones = [
        replace(drone, costs=costs, battery_wh=QUAD_50.battery.capacity_wh, speed_m_s=speed_m_s)
        for drone in evening.drones
    ]
    few = replace(evening.settings, iterations=100)
    schedule = plan_fleet(evening.tasks, drones, evening.pads, evening.transit, few)
    assert not schedule.unserved
    ground = FleetGround(evening.frame, evening.settings.layers_m, 5.0, 10.0)
    for made in plan_flights(schedule, evening.zones, ground, evening.transit):
        predicted = predict_flight(made.plan, QUAD_50)
        scheduled_s = made.flight.landing_s - made.flight.departure_s
        assert scheduled_s == pytest.approx(predicted.duration_s, rel=0.02)
        assert made.flight.energy_wh == pytest.approx(predicted.energy_wh, rel=0.02)
