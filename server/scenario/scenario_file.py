"""Scenario files: read, and refused with every fault's line, key and what was expected."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from geofence.formats.zone_files import read_zones
from geofence.refusal import Refusal
from geofence.zone_set import ZoneSet
from missions.files.plan_files import read_plan
from server.scenario.event_match import EventMatch
from server.scenario.refusal import Path as KeyPath
from server.scenario.refusal import ScenarioError, ScenarioFault
from server.scenario.scenario_body import ScenarioBody, VehicleBody
from server.scenario.world_body import filled_world, world_fault
from server.scenario.yaml_text import YamlText, read_yaml
from simulator.protocol.parameter_table import ParameterTable
from simulator.refusal import SimulatorError
from simulator.world.document.world_document import world_settings
from simulator.world.document.world_file import with_files
from simulator.world.world import World
from simulator.world.world_settings import WorldSettings

FAULTS_AT_MOST = 50

Fault = tuple[KeyPath, str, str]
"""Where, what is wrong, what was expected."""

_EXPECTED = {
    "greater_than": "a number above {gt}",
    "greater_than_equal": "a number of at least {ge}",
    "less_than": "a number below {lt}",
    "less_than_equal": "a number of at most {le}",
    "literal_error": "{expected}",
    "enum": "{expected}",
    "union_tag_invalid": "one of {expected_tags}",
    "union_tag_not_found": "the key {discriminator}",
    "too_short": "at least {min_length} of them",
    "too_long": "at most {max_length} of them",
    "string_too_short": "at least {min_length} characters",
    "string_too_long": "at most {max_length} characters",
    "string_pattern_mismatch": "a letter, then letters, digits, - and _",
    "float_parsing": "a number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "string_type": "a text",
    "list_type": "a list",
    "dict_type": "keys and values",
    "model_type": "keys and values",
    "model_attributes_type": "keys and values",
    "datetime_from_date_parsing": "a time such as 2026-06-01T22:00:00+08:00",
    "datetime_parsing": "a time such as 2026-06-01T22:00:00+08:00",
    "datetime_type": "a time such as 2026-06-01T22:00:00+08:00",
    "timezone_aware": "a time zone, such as +08:00 or Z",
}


@dataclass(frozen=True)
class Scenario:
    """A scenario that was understood whole.

    Parameters
    ----------
    body : ScenarioBody
    source : Path
    """

    body: ScenarioBody
    source: Path

    @property
    def zones(self) -> ZoneSet:
        """The zones in force at the beginning."""
        return ZoneSet() if self.body.zones is None else read_zones(self.file(self.body.zones))

    def world(self, seed: int) -> WorldSettings | None:
        """Give what is round the vehicles; None where the scenario has no world.

        Raises
        ------
        SimulatorError
            If it makes no sense, with the place in it.
        """
        if self.body.world is None:
            return None
        home = self.body.vehicles[0].home
        document = filled_world(
            self.body.world,
            start=self.body.start.isoformat(),
            seed=seed,
            place=(home.lat_deg, home.lon_deg),
            alt_amsl_m=home.alt_amsl_m,
        )
        return world_settings(with_files(document, self.source.parent))

    def file(self, name: str) -> Path:
        """Give a file that the scenario names."""
        return self.source.parent / name

    @property
    def vehicles(self) -> dict[str, tuple[VehicleBody, int]]:
        """By name, each with its number among those of its kind."""
        return {name: (kind, at) for kind in self.body.vehicles for at, name in enumerate(kind.names)}


def read_scenario(path: Path) -> Scenario:
    """Read a file.

    Raises
    ------
    ScenarioError
        With every fault.
    """
    try:
        text = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ScenarioError(
            str(path), [ScenarioFault(1, "", f"it cannot be read ({reason})", "a file")]
        ) from None
    read = read_yaml(text, str(path))
    try:
        body = ScenarioBody.model_validate(read.value)
    except ValidationError as invalid:
        faults = [_fault_of(read, error) for error in invalid.errors(include_url=False)]
        raise ScenarioError(str(path), _sorted(faults)) from None
    scenario = Scenario(body, path)
    faults = [read.fault(*fault) for fault in _faults_between(scenario)]
    if faults:
        raise ScenarioError(str(path), _sorted(faults))
    return scenario


def _sorted(faults: list[ScenarioFault]) -> list[ScenarioFault]:
    unique = dict.fromkeys(sorted(faults, key=lambda fault: (fault.line, fault.key)))
    return list(unique)[:FAULTS_AT_MOST]


def _fault_of(read: YamlText, error: ErrorDetails) -> ScenarioFault:
    path: KeyPath = tuple(part for part in error["loc"] if isinstance(part, str | int))
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        known = _keys_at(path[:-1])
        like = difflib.get_close_matches(str(path[-1]), known, 1)
        hint = f"{like[0]}, perhaps; " if like else ""
        return read.fault(
            path, "this key is not known", f"{hint}known are {', '.join(known)}" if known else "another key"
        )
    if kind == "missing":
        fault = read.fault(path, "this key is missing", "it to be given")
        return ScenarioFault(read.line(path[:-1]), fault.key, fault.what, fault.expected)
    if kind == "value_error":
        return read.fault(path, "this does not fit together", str(context.get("error", error["msg"])))
    value = error["input"]
    if kind == "union_tag_invalid":
        path, value = (*path, context["discriminator"].strip("'")), context["tag"]
    if value is None:
        what = "nothing is given"
    elif isinstance(value, str | int | float | bool):
        what = f"{value!r} is no value here"
    else:
        what = "this is no value here"
    expected = _EXPECTED.get(kind)
    try:
        return read.fault(path, what, error["msg"] if expected is None else expected.format(**context))
    except KeyError:
        return read.fault(path, what, error["msg"])


def _keys_at(path: KeyPath) -> list[str]:
    """Give the keys that the document knows at a place, as far as that can be told."""
    annotation: Any = ScenarioBody
    for part in path:
        if isinstance(part, int):
            continue
        fields = _fields_of(annotation)
        if part in fields:
            annotation = fields[part].annotation
        else:
            tagged = [model for model in _models_in(annotation) if part in _tags_of(model)]
            annotation = tagged[0] if tagged else annotation
    return list(_fields_of(annotation))


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for argument in getattr(annotation, "__args__", ()) for model in _models_in(argument)]


def _fields_of(annotation: Any) -> dict[str, Any]:
    models = _models_in(annotation)
    return dict(models[0].model_fields) if models else {}


def _tags_of(model: type[BaseModel]) -> set[str]:
    tags = {model.__name__}
    for field in model.model_fields.values():
        tags.update(
            str(value) for value in getattr(field.annotation, "__args__", ()) if isinstance(value, str)
        )
    return tags


def _faults_between(scenario: Scenario) -> Iterator[Fault]:
    """Find what is wrong between parts that are right by themselves."""
    body = scenario.body
    names: set[str] = set()
    for at, kind in enumerate(body.vehicles):
        for name in kind.names:
            if name in names:
                yield (
                    ("vehicles", at, "name"),
                    f"two vehicles are called {name}",
                    "a name of its own for each",
                )
            names.add(name)
        yield from _bad_parameters(kind.parameters, ("vehicles", at, "parameters"))
    total = sum(kind.count for kind in body.vehicles)
    if total > 250:
        yield ("vehicles",), f"there are {total} vehicles", "at most 250"
    if body.zones is not None:
        yield from _unreadable_zones(scenario, body.zones, ("zones",))
    try:
        world = scenario.world(body.seed)
        if world is not None:
            World(world)  # Refuses what does not fit together.
    except SimulatorError as refused:
        yield world_fault(refused, body.world or {})
    else:
        yield from _no_devices(body, world)
    for at, entry in enumerate(body.timeline):
        here: KeyPath = ("timeline", at)
        yield from _after_the_end(entry.at_s, body.duration_s, (*here, "at_s"))
        yield from _unknown_vehicles(entry.vehicles, names, (*here, "vehicle"))
        yield from _bad_match(entry.when, names, (*here, "when"))
        if not entry.vehicles and entry.choice in (
            "patrol",
            "fly",
            "upload",
            "command",
            "operation",
            "parameters",
            "switch",
            "schedule",
        ):
            yield (*here, "vehicle"), "this key is missing", "one of " + ", ".join(sorted(names))
        if entry.replan is not None:
            yield from _unknown_vehicles(tuple(entry.replan.lost), names, (*here, "replan", "lost"))
        if entry.schedule is not None:
            yield from _shared_pads(scenario, entry.vehicles, (*here, "vehicle"))
        yield from _bad_parameters(entry.parameters or {}, (*here, "parameters"))
        for key, file in (("zones", entry.zones), ("add_zones", entry.add_zones)):
            if file is not None:
                yield from _unreadable_zones(scenario, file, (*here, key))
        for key, plan in (("fly", entry.fly), ("upload", entry.upload)):
            if isinstance(plan, str):
                try:
                    read_plan(scenario.file(plan))
                except Refusal as refusal:
                    yield (*here, key), str(refusal).rstrip("."), "a plan that can be read"
    for at, fault in enumerate(body.faults):
        yield from _after_the_end(fault.at_s, body.duration_s, ("faults", at, "at_s"))
        yield from _unknown_vehicles((fault.vehicle,), names, ("faults", at, "vehicle"))
        yield from _bad_match(fault.when, names, ("faults", at, "when"))
    for at, expectation in enumerate(body.expectations):
        here = ("expectations", at)
        yield from _after_the_end(expectation.after_s, body.duration_s, (*here, "after_s"))
        if expectation.vehicle is not None:
            yield from _unknown_vehicles((expectation.vehicle,), names, (*here, "vehicle"))
        if expectation.before_s is not None and expectation.before_s < expectation.after_s:
            yield (
                (*here, "before_s"),
                f"{expectation.before_s:g} lies before after_s",
                f"at least {expectation.after_s:g}",
            )
        if expectation.separation is not None and len(names) < 2:
            yield (*here, "separation"), f"there is one vehicle, {min(names)}", "two vehicles at least"
        if expectation.zones_kept is not None and not _has_zones(body):
            yield (*here, "zones_kept"), "there are no zones", "zones, of the scenario or of its timeline"
        yield from _bad_match(expectation.seen, names, (*here, "seen"))
        yield from _bad_match(expectation.never, names, (*here, "never"))
        if expectation.seen is not None:
            yield from _bad_match(expectation.seen.after, names, (*here, "seen", "after"))
            if expectation.seen.within_s is not None and expectation.seen.after is None:
                yield (*here, "seen", "within_s"), "nothing is said to follow", "the key after beside it"


def _no_devices(body: ScenarioBody, world: WorldSettings | None) -> Iterator[Fault]:
    devices = {} if world is None else world.devices
    for at, entry in enumerate(body.timeline):
        if entry.switch is not None and entry.switch.device not in devices:
            yield (
                ("timeline", at, "switch", "device"),
                f"the vehicles have no {entry.switch.device}",
                "its output among the world's devices",
            )


def _shared_pads(scenario: Scenario, names: tuple[str, ...], path: KeyPath) -> Iterator[Fault]:
    for name in names:
        kind, at = scenario.vehicles.get(name, (None, 0))
        if kind is not None and at:
            yield path, f"{name} stands on no pad of its own", "vehicles without count, each with a home"


def _has_zones(body: ScenarioBody) -> bool:
    return body.zones is not None or any(entry.zones or entry.add_zones for entry in body.timeline)


def _after_the_end(time_s: float | None, duration_s: float, path: KeyPath) -> Iterator[Fault]:
    """Find what would never come."""
    if time_s is not None and time_s > duration_s:
        yield path, f"{time_s:g} lies after the end", f"at most duration_s, which is {duration_s:g}"


def _unknown_vehicles(wanted: tuple[str, ...], names: set[str], path: KeyPath) -> Iterator[Fault]:
    for name in wanted:
        if name not in names:
            yield path, f"there is no vehicle {name}", "one of " + ", ".join(sorted(names))


def _bad_match(match: EventMatch | None, names: set[str], path: KeyPath) -> Iterator[Fault]:
    if match is None:
        return
    problem = match.problem()
    if problem is not None:
        place, what, expected = problem
        yield (*path, *place), what, expected
    if match.vehicle is not None:
        yield from _unknown_vehicles((match.vehicle,), names, (*path, "vehicle"))


def _bad_parameters(parameters: dict[str, float], path: KeyPath) -> Iterator[Fault]:
    known = ParameterTable()
    for name in parameters:
        if name not in known:
            yield (*path, name), f"ArduCopter has no parameter {name}", "a name of ArduCopter 4.6"


def _unreadable_zones(scenario: Scenario, name: str, path: KeyPath) -> Iterator[Fault]:
    try:
        read_zones(scenario.file(name))
    except Refusal as refusal:
        yield path, str(refusal).rstrip("."), "a file of zones that can be read"
