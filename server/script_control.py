"""A drone of a running service for an operator's script: its control over the interface, its messages over a forwarded link."""

import contextlib
import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from telemetry.control.actor import Actor
from telemetry.control.refusal import ControlHeld
from telemetry.dronekit_vehicle import FIND_S, dronekit_vehicle, script_station
from telemetry.links.link_address import network_of
from telemetry.refusal import TelemetryError

RENEW_S = 15.0
_ANSWER_S = 10.0


class ControlClient:
    """The control of one drone of a service, over its interface.

    Parameters
    ----------
    service : str
        Its address, `http://127.0.0.1:8000`.
    drone_id : str
    actor : Actor
    token : str, optional
        What the service was given as its access token.
    """

    def __init__(self, service: str, drone_id: str, actor: Actor, *, token: str | None = None) -> None:
        self._service = service
        self._parts = urlsplit(service)
        if self._parts.scheme not in ("http", "https") or not self._parts.hostname:
            raise TelemetryError(
                "this is no address of a service", place=service, remedy="Give http://HOST:PORT"
            )
        self._path = f"/api/drones/{quote(drone_id, safe='')}/control"
        self._actor = actor
        self._place = f"drone {drone_id} of {service}"
        self._headers = {"Content-Type": "application/json"}
        if token is not None:
            self._headers["Authorization"] = f"Bearer {token}"

    def take(self) -> None:
        """Take the control where nobody else has it; its holder is not disturbed.

        Raises
        ------
        ControlHeld
            If somebody else has it.
        TelemetryError
            If the service does not answer, or refuses.
        """
        holder = self._ask("GET")["holder"]
        if holder is not None and holder["who"] != self._actor.who:
            self._refuse_held(Actor(holder["who"], holder["why"]))
        holder = self._ask("POST", {"action": "take", **self._station})["holder"]
        if holder["who"] != self._actor.who:
            self.release()
            self._refuse_held(Actor(holder["who"], holder["why"]))

    def renew(self) -> None:
        """Keep it for longer.

        Raises
        ------
        TelemetryError
            If somebody else has it now, or the service does not answer.
        """
        self._ask("POST", {"action": "renew"})

    def release(self) -> None:
        """Give it up, or withdraw the wish for it.

        Raises
        ------
        TelemetryError
            As `renew`.
        """
        query = urlencode({"who": self._actor.who, "why": self._actor.why})
        self._ask("DELETE", query=f"?{query}")

    @property
    def _station(self) -> dict[str, str]:
        station = self._actor.station
        return {} if station is None else {"station": f"{station.system_id}/{station.component_id}"}

    def _refuse_held(self, holder: Actor) -> None:
        raise ControlHeld(
            f"a script is refused, since {holder} has the control",
            holder=holder,
            place=self._place,
            remedy="Ask for the control first",
        )

    def _ask(self, method: str, body: dict[str, str] | None = None, *, query: str = "") -> dict[str, Any]:
        kind = http.client.HTTPSConnection if self._parts.scheme == "https" else http.client.HTTPConnection
        assert self._parts.hostname is not None
        connection = kind(self._parts.hostname, self._parts.port, timeout=_ANSWER_S)
        content = (
            None
            if body is None
            else json.dumps({**body, "who": self._actor.who, "why": self._actor.why}).encode()
        )
        try:
            connection.request(method, self._path + query, content, self._headers)
            answer = connection.getresponse()
            document = json.loads(answer.read() or b"{}")
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise TelemetryError(
                f"the service does not answer ({error})",
                place=self._service,
                remedy="Check its address and that it runs",
            ) from None
        finally:
            connection.close()
        if answer.status >= http.HTTPStatus.BAD_REQUEST:
            raise TelemetryError(
                str(document.get("detail") or document.get("title") or answer.reason).rstrip("."),
                place=self._place,
            )
        found: dict[str, Any] = document
        return found


@contextmanager
def served_dronekit_vehicle(
    service: str,
    link: str,
    drone_id: str,
    *,
    who: str = "",
    why: str = "",
    token: str | None = None,
    timeout_s: float = FIND_S,
) -> Iterator[Any]:
    """Give a dronekit `Vehicle` of a drone that a running service flies.

    Parameters
    ----------
    service : str
        Its address, `http://127.0.0.1:8000`.
    link : str
        To what the service was given as `--forward-control` (or `--forward`, to read only), `tcp:127.0.0.1:14600`.
    drone_id : str
        As the service calls it.
    who, why : str
        Whoever has the drone's control in the block; without a name the vehicle can be read only.
    token : str, optional
        The service's access token.
    timeout_s : float
        How long to wait for the drone on the link.

    Raises
    ------
    ControlHeld
        If somebody else has the control.
    TelemetryError
        If service or drone cannot be reached.
    """
    station = script_station()
    own_id = f"{network_of(link) or '1'}-{drone_id.rpartition('-')[2]}"
    with contextlib.ExitStack() as stack:
        if who:
            control = ControlClient(service, drone_id, Actor(who, why, station=station), token=token)
            stack.enter_context(_kept(control))
        yield stack.enter_context(
            dronekit_vehicle(link, own_id, who=who, why=why, station=station, timeout_s=timeout_s)
        )


@contextmanager
def _kept(control: ControlClient) -> Iterator[None]:
    """Take the control, renew it in the block for as long as nobody takes it over, give it up."""
    control.take()
    is_over = threading.Event()

    def renew() -> None:
        while not is_over.wait(RENEW_S):
            with contextlib.suppress(TelemetryError):
                control.renew()

    renewing = threading.Thread(target=renew, name="control", daemon=True)
    renewing.start()
    try:
        yield
    finally:
        is_over.set()
        renewing.join()
        with contextlib.suppress(TelemetryError):
            control.release()
