"""The operations begun since the start: the newest of each drone is watched, an older one is given up for it."""

import asyncio
import logging

from typing_extensions import TypedDict

from geofence.refusal import Refusal
from telemetry.clock import Clock
from telemetry.operations.operation import Operation

_log = logging.getLogger("feiying.server")


class OperationDocument(TypedDict):
    """An operation as the service shows it; `state` is running, completed or aborted."""

    id: str
    drone_id: str
    operation: str
    state: str
    reason: str
    who: str
    why: str
    started_s: float
    ended_s: float | None


class WatchedOperation:
    """An operation with its name and times."""

    def __init__(self, operation_id: str, operation: Operation, started_s: float) -> None:
        self.operation_id = operation_id
        self.operation = operation
        self.started_s = started_s
        self.ended_s: float | None = None
        self.reason = ""
        self.task: asyncio.Task[None] | None = None

    @property
    def document(self) -> OperationDocument:
        """The operation as JSON shows it."""
        state = "running" if self.ended_s is None else "aborted" if self.reason else "completed"
        return {
            "id": self.operation_id,
            "drone_id": self.operation.vehicle.vehicle_id,
            "operation": self.operation.name,
            "state": state,
            "reason": self.reason,
            "who": self.operation.actor.who,
            "why": self.operation.actor.why,
            "started_s": round(self.started_s, 3),
            "ended_s": None if self.ended_s is None else round(self.ended_s, 3),
        }


class OperationStore:
    """Starts operations and keeps the newest of each drone.

    Parameters
    ----------
    clock : Clock
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._begun = 0
        self._newest: dict[str, WatchedOperation] = {}

    def start(self, operation: Operation) -> WatchedOperation:
        """Begin an operation that was checked, in place of what the drone is at."""
        drone_id = operation.vehicle.vehicle_id
        self._begun += 1
        former = self._newest.get(drone_id)
        if former is not None and former.task is not None:
            former.task.cancel()
        watched = WatchedOperation(f"o{self._begun}", operation, self._clock.utc_s())
        self._newest[drone_id] = watched
        watched.task = asyncio.create_task(self._run(watched), name=f"operation {watched.operation_id}")
        return watched

    def newest_of(self, drone_id: str) -> WatchedOperation | None:
        """Give the newest operation of a drone."""
        return self._newest.get(drone_id)

    async def close(self) -> None:
        """Stop watching; the vehicles go on with what they were told."""
        tasks = [watched.task for watched in self._newest.values() if watched.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, watched: WatchedOperation) -> None:
        try:
            await watched.operation.perform()
        except Refusal as refusal:
            watched.reason = str(refusal)
        except asyncio.CancelledError:
            watched.reason = "Another order came."
            raise
        except Exception:  # noqa: BLE001
            watched.reason = "The supervision failed; the service's log says how."
            _log.exception("operation %s failed", watched.operation_id)
        finally:
            watched.ended_s = self._clock.utc_s()
