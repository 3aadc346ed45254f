"""What an event means to people: how grave, and an English sentence."""

import math
from typing import Literal

from telemetry import events
from telemetry.network.signing_mismatch import MISMATCHES

Severity = Literal["info", "notice", "warning", "critical"]


def severity_of(event: events.Event) -> Severity:
    """Give how grave an event is."""
    match event:
        case events.ZoneViolated() | events.FenceBreached() | events.GuardRefused():
            return "critical"
        case events.TextReported(text=text) if text.startswith(("PreArm:", "Arm:")):
            # ArduPilot says these as critical; they keep a vehicle on the ground, which is safe.
            return "warning"
        case events.TextReported(severity=severity):
            # MAV_SEVERITY: 0 emergency 1 alert 2 critical 3 error 4 warning 5 notice 6 info 7 debug
            return (
                "critical"
                if severity <= 2
                else "warning"
                if severity <= 4
                else "notice"
                if severity == 5
                else "info"
            )
        case events.BreachPredicted(colour=colour, action=action):
            if colour == "red":
                return "critical"
            return "notice" if action == "warn" else "warning"
        case events.GuardActed() | events.GuardOverruled():
            return "warning"
        case events.GuardSwitched(is_on=is_on):
            return "notice" if is_on else "warning"
        case events.RouteDeviated(is_deviating=is_deviating):
            return "warning" if is_deviating else "notice"
        case events.RecordingFailed():
            return "critical"
        case events.EmergencyCommanded() | events.ControlRequested() | events.ControlExpired():
            return "warning"
        case events.ControlTaken(former=former):
            return "warning" if former else "notice"
        case events.ControlKept() | events.ControlReleased() | events.ControlWithdrawn():
            return "notice"
        case (
            events.LinkLost()
            | events.LinkFaded()
            | events.ForwardingEnded()
            | events.SystemIdDuplicated()
            | events.SigningMismatched()
            | events.LinkCrowded()
            | events.RecordingRepaired()
            | events.FlightLogFailed()
            | events.EventsDropped()
            | events.TerrainMissing()
            | events.CorrectionsLost()
            | events.TrafficNear()
            | events.TrafficCrowded()
        ):
            return "warning"
        case events.FlightLogged(is_complete=is_complete):
            return "info" if is_complete else "notice"
        case events.ReplayEnded(problem=problem):
            return "warning" if problem else "notice"
        case events.CommandAnswered(accepted=accepted):
            return "info" if accepted else "warning"
        case events.FlightEnded(completed=completed) | events.OperationEnded(completed=completed):
            return "notice" if completed else "warning"
        case (
            events.VehicleDiscovered()
            | events.FlightFound()
            | events.VehicleReturned()
            | events.LinkOpened()
            | events.LinkRecovered()
            | events.ForwardingStarted()
            | events.StationHeard()
            | events.LinkSwitched()
            | events.RecordingResumed()
            | events.RecordingsDeleted()
            | events.Armed()
            | events.Disarmed()
            | events.TookOff()
            | events.Landed()
            | events.ModeChanged()
            | events.BreachCleared()
            | events.CorrectionsStarted()
            | events.TrafficCleared()
        ):
            return "notice"
        case _:
            return "info"


def text_of(event: events.Event) -> str:
    """Give an English sentence."""
    match event:
        case events.LinkOpened(link=link):
            return f"Link {link} is up"
        case events.LinkLost(link=link, reason=reason):
            return f"Link {link} lost: {reason}" if not event.vehicle_id else f"Lost on {link}: {reason}"
        case events.VehicleDiscovered(system_id=system_id, link=link):
            return f"Vehicle {system_id} found on {link}"
        case events.ForwardingStarted(link=link, may_order=may_order):
            return f"Forwarding to {link}, " + (
                "with orders of who has the control" if may_order else "to read only"
            )
        case events.ForwardingEnded(link=link, reason=reason):
            return f"Forwarding to {link} broke: {reason}"
        case events.StationHeard(link=link, system_id=system_id, component_id=component_id):
            return f"Another ground station, {system_id}/{component_id}, looks on over {link}"
        case events.LinkFaded(link=link):
            return f"No longer heard over {link}; another link carries on"
        case events.LinkRecovered(link=link):
            return f"Heard again over {link} too"
        case events.LinkSwitched(link=link, reason=reason):
            return f"Spoken to over {link} from now on: {reason}"
        case events.SystemIdDuplicated(system_id=system_id, link=link, peer=peer, is_ignored=is_ignored):
            where = f"{link} ({peer})" if peer else link
            return f"A second vehicle with system id {system_id} speaks on {where}" + (
                "; it is ignored"
                if is_ignored
                else "; the two cannot be told apart: give one of them another SYSID_THISMAV"
            )
        case events.LinkCrowded(link=link, senders=senders):
            return f"{link}: more {senders} speak than can be kept apart; see who floods it"
        case events.SigningMismatched(link=link, cause=cause):
            what, remedy = MISMATCHES[cause]
            return f"{link}: {what}. {remedy}"
        case events.VehicleReturned():
            return "Heard again"
        case events.TextReported(text=text):
            return text
        case events.ModeChanged(mode=mode):
            return f"Mode {mode}"
        case events.Armed():
            return "Armed"
        case events.Disarmed():
            return "Disarmed"
        case events.TookOff():
            return "Took off"
        case events.Landed():
            return "Landed"
        case events.ItemStarted(seq=seq):
            return f"On the way to item {seq}"
        case events.ItemReached(seq=seq):
            return f"Reached item {seq}"
        case events.CommandAnswered(command=command, accepted=True):
            return f"{command} accepted{_by(event)}"
        case events.CommandAnswered(command=command, reason=reason):
            return f"{command}{_by(event)} refused: {reason}" if reason else f"{command}{_by(event)} refused"
        case events.CommandProgressed(command=command, percent=percent):
            return f"{command} is under way" + ("" if percent is None else f" ({percent} %)")
        case events.ControlTaken(who=who, former=former):
            return (
                f"{who} has the control now" + (f", which {former} had" if former else "") + _because(event)
            )
        case events.ControlRequested(who=who, holder=holder, notice_s=notice_s):
            return (
                f"{who} asks {holder} for the control and has it in {notice_s:.0f} s unless {holder} objects"
                + _because(event)
            )
        case events.ControlKept(who=who, against=against):
            return f"{who} keeps the control, against {against}"
        case events.ControlReleased(who=who):
            return f"{who} gave the control up"
        case events.ControlExpired(who=who):
            return f"{who} has not been heard of and has the control no more"
        case events.ControlWithdrawn(who=who):
            return f"{who} asks for the control no more"
        case events.EmergencyCommanded(who=who, holder=holder, command=command):
            return f"{command} in an emergency by {who}; {holder} has the control" + _because(event)
        case events.TransferProgressed(what=what, done=done, total=total):
            return f"{what}: {done} of {total}"
        case events.MissionUploaded(plan_name=plan_name, count=count):
            return f"Mission {plan_name} is on board ({count} mission items)"
        case events.FenceUploaded(count=count):
            return f"Fence is on board ({count} points)"
        case events.ParametersChanged(purpose=purpose, changes=changes):
            said = ", ".join(f"{name} {before:g} to {after:g}" for name, (before, after) in changes.items())
            return f"Set for {purpose}: {said}"
        case events.FenceBreached(breach=breach):
            return f"Fence breached: {breach}"
        case events.ZoneViolated(zone_id=zone_id, clearance_m=clearance_m):
            depth = f"{-clearance_m:.1f} m " if math.isfinite(clearance_m) else ""
            return (
                f"{depth}inside forbidden space of {zone_id}"
                if depth
                else f"Inside forbidden space of {zone_id}"
            )
        case events.BreachPredicted():
            return _breach_text(event)
        case events.BreachCleared(zone_id=zone_id):
            return f"Clear of {zone_id} again"
        case events.GuardActed(zone_id=zone_id, action=action):
            return f"The guard let it {action} before {zone_id}"
        case events.GuardRefused(zone_id=zone_id, action=action, reason=reason):
            return f"The guard's order to {action} before {zone_id} failed: {reason.rstrip('.')}"
        case events.GuardOverruled(zone_id=zone_id, reason=reason):
            return f"The guard stands back before {zone_id}: {reason}"
        case events.GuardSwitched(is_on=is_on, who=who, why=why):
            by = f" by {who}" if who else ""
            return f"Guard switched {'on' if is_on else 'off'}{by}" + (f": {why}" if why else "")
        case events.RouteDeviated():
            return _deviation_text(event)
        case events.RecordingFailed(path=path, reason=reason):
            return f"Recording to {path} fails: {reason}"
        case events.RecordingResumed(path=path, lost=lost):
            return f"Recording to {path} goes on; {lost} frames are missing"
        case events.RecordingRepaired(path=path, cut_bytes=cut_bytes):
            return f"The recording {path} ended inside a record; {cut_bytes} bytes were taken off"
        case events.RecordingsDeleted(paths=paths, freed_bytes=freed_bytes, reason=reason):
            why = "for their age" if reason == "age" else "for the room they take"
            return f"{len(paths)} old recordings were deleted {why} ({freed_bytes / 1e6:.1f} MB)"
        case events.FlightLogged(flight_id=flight_id, is_complete=is_complete):
            return f"Flight {flight_id} is logged" + ("" if is_complete else "; its end was not recorded")
        case events.FlightLogFailed(reason=reason):
            return f"The flight cannot be logged: {reason}"
        case events.EventsDropped(subscriber=subscriber):
            return f"{subscriber} is too slow and loses events"
        case events.ReplayEnded(link=link, problem=problem):
            return f"The recording {link} has ended" + (f"; {problem}" if problem else "")
        case events.OperationAdvanced(operation=operation, step=step):
            return f"{operation.replace('_', ' ')}: {step}"
        case events.OperationEnded(operation=operation, completed=True):
            return f"{operation.replace('_', ' ')}: done"
        case events.OperationEnded(operation=operation, reason=reason):
            return f"{operation.replace('_', ' ')} ended early: {reason}"
        case events.FlightFound(plan_name=plan_name, count=count, seq=seq):
            return f"Found in flight, at item {seq} of {count} of " + (
                f"the plan {plan_name}" if plan_name else "a mission that is not known here"
            )
        case events.TerrainMissing(lat_deg=lat_deg, lon_deg=lon_deg):
            return f"It asks for the ground at {lat_deg}, {lon_deg}, which no --terrain file covers whole"
        case events.CorrectionsStarted(source=source):
            return f"RTK corrections come from {source}"
        case events.CorrectionsLost(source=source, reason=reason):
            return f"No RTK corrections from {source}: {reason}"
        case events.TrafficAppeared(name=name, source=source):
            return f"Other aircraft {name} is heard ({source.replace('_', ' ')})"
        case events.TrafficNear():
            return _traffic_text(event)
        case events.TrafficCrowded(near=near, others=others):
            return f"Of other aircraft {near} more came near, and {others} more appeared or went"
        case events.TrafficCleared(name=name):
            return f"Other aircraft {name} is no longer near"
        case events.TrafficLost(name=name):
            return f"Other aircraft {name} is not heard any more"
        case events.FlightEnded(completed=True):
            return "Flight completed"
        case events.FlightEnded(reason=reason):
            return f"Flight ended early: {reason}"
        case _:
            return type(event).__name__


def _by(event: events.OrderedEvent) -> str:
    return f", by {event.who}{_because(event)}" if event.who else ""


def _because(event: events.OrderedEvent) -> str:
    return f" ({event.why})" if event.why else ""


def _breach_text(event: events.BreachPredicted) -> str:
    limits = {"floor": "the floor of ", "ceiling": "the ceiling of ", "schedule": "the hours of "}
    when = f" in {event.time_to_breach_s:.0f} s" if math.isfinite(event.time_to_breach_s) else ""
    what = limits.get(event.limit, "") + event.zone_id
    if event.colour == "red":
        return f"Only acting now keeps it out of {what} ({event.action})"
    return f"Will break {what}{when} ({event.action})"


def _traffic_text(event: events.TrafficNear) -> str:
    text = f"Other aircraft {event.name} is {event.distance_m:.0f} m away"
    if event.vertical_m is None:
        return f"{text}, at an unknown height"
    return f"{text}, {abs(event.vertical_m):.0f} m {'above' if event.vertical_m >= 0 else 'below'}"


def _deviation_text(event: events.RouteDeviated) -> str:
    match event.aspect:
        case "cross_track":
            what = f"{event.deviation:.0f} m off its route"
        case "altitude":
            what = f"{abs(event.deviation):.0f} m {'above' if event.deviation > 0 else 'below'} its route"
        case _:
            what = f"{abs(event.deviation):.0f} s {'late' if event.deviation > 0 else 'early'}"
    return what[0].upper() + what[1:] if event.is_deviating else f"Back on its route ({what})"
