"""What both scripts share: the vehicle that the command line asks for, and patience."""

import argparse
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from server.script_control import served_dronekit_vehicle
from telemetry.dronekit_adapter import import_dronekit
from telemetry.dronekit_vehicle import dronekit_vehicle

dronekit = import_dronekit()


def add_vehicle_options(parser: argparse.ArgumentParser) -> None:
    """Let the command line say which vehicle, who flies it and why."""
    parser.add_argument(
        "--link", required=True, help="to the vehicle, or to what the service was given as --forward-control"
    )
    parser.add_argument("--drone", default="1-1", help="the drone's id, by default 1-1")
    parser.add_argument("--service", help="address of a running service that has the drone, http://HOST:PORT")
    parser.add_argument("--token", help="the service's access token")
    parser.add_argument("--who", required=True, help="name of whoever flies it")
    parser.add_argument("--why", default="a script", help="reason for that")


@contextmanager
def asked_vehicle(options: argparse.Namespace) -> Iterator[Any]:
    """Give the vehicle, with its control, through the service or over a link of its own; what comes too late is told with its last words."""
    with _opened(options) as vehicle:
        texts: deque[str] = deque(maxlen=1)
        vehicle.add_message_listener("STATUSTEXT", lambda _, __, message: texts.append(message.text))
        try:
            yield vehicle
        except TimeoutError as late:
            raise TimeoutError(
                f"{late}; the vehicle's last words: {texts[-1] if texts else 'none'}"
            ) from None


def _opened(options: argparse.Namespace) -> AbstractContextManager[Any]:
    if options.service:
        return served_dronekit_vehicle(
            options.service,
            options.link,
            options.drone,
            who=options.who,
            why=options.why,
            token=options.token,
        )
    return dronekit_vehicle(options.link, options.drone, who=options.who, why=options.why)


def until(condition: Callable[[], Any], what: str, timeout_s: float = 120.0) -> None:
    """Wait for something that the vehicle is to do, and say that it did."""
    deadline_s = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline_s:
            raise TimeoutError(f"not within {timeout_s:g} s: {what}")
        time.sleep(0.05)
    print(what, flush=True)


@contextmanager
def flown(vehicle: Any, alt_rel_m: float) -> Iterator[None]:
    """Take off, and come home at the end, or where something goes wrong."""
    until(lambda: vehicle.is_armable, "ready to arm")
    change_mode(vehicle, "GUIDED")
    vehicle.armed = True
    until(lambda: vehicle.armed, "armed")
    try:
        vehicle.simple_takeoff(alt_rel_m)
        until(lambda: alt_of(vehicle) > 0.95 * alt_rel_m, f"at {alt_rel_m:g} m")
        yield
    finally:
        change_mode(vehicle, "RTL")
    until(lambda: not vehicle.armed, "landed", timeout_s=300.0)


def change_mode(vehicle: Any, name: str) -> None:
    """Ask for a flight mode and see it."""
    vehicle.mode = dronekit.VehicleMode(name)
    until(lambda: vehicle.mode.name == name, f"mode {name}", timeout_s=15.0)


def alt_of(vehicle: Any) -> float:
    """Give the height above home in metres."""
    return float(vehicle.location.global_relative_frame.alt or 0.0)
