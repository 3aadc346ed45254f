"""Copters side by side, stepped together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from simulator.copter import EPOCH_UNIX_S, Copter
from simulator.home import DEFAULT_HOME, Home
from simulator.protocol.parameter_table import ParameterTable
from simulator.refusal import SimulatorError
from simulator.vehicles import Vehicles

SPACING_M = 4.0
ROW = 25
"""Copters side by side; the next ones stand behind them."""
NETWORK_SIZE = 250
"""System ids end at 255, and ground stations have some of them."""
MAX_COUNT = 2_000


@dataclass(frozen=True, slots=True)
class CopterSetup:
    """One vehicle before it is switched on.

    Parameters
    ----------
    home : Home
    parameters : mapping of str to float
        ArduCopter parameters to set before it boots.
    is_quick_boot : bool
        Ready to arm within a simulated second instead of 40.
    """

    home: Home
    parameters: Mapping[str, float] = field(default_factory=dict)
    is_quick_boot: bool = False


class CopterGroup:
    """Vehicles without links, each set up by itself.

    Parameters
    ----------
    setups : sequence of CopterSetup
        System ids count from 1, and begin again after 250, in the next network.
    seed : int
        Of the gusts, which SIM_WIND_TURB turns on; each vehicle has its own.
    epoch_unix_s : float
        UTC when they are switched on.
    signing_key : bytes, optional
        Of all links.

    Attributes
    ----------
    vehicles : Vehicles
        What moves of them, in arrays, in the order of the sequence.
    """

    def __init__(
        self,
        setups: Sequence[CopterSetup],
        *,
        seed: int = 0,
        epoch_unix_s: float = EPOCH_UNIX_S,
        signing_key: bytes | None = None,
    ) -> None:
        self.vehicles = Vehicles(len(setups))
        self._copters = [
            Copter(
                number % NETWORK_SIZE + 1,
                setup.home,
                is_quick_boot=setup.is_quick_boot,
                parameters=setup.parameters,
                epoch_unix_s=epoch_unix_s,
                seed=seed,
                network=number // NETWORK_SIZE,
                vehicle=self.vehicles.rows[number],
                signing_key=signing_key,
            )
            for number, setup in enumerate(setups)
        ]

    @property
    def all(self) -> Sequence[Copter]:
        """Each of them."""
        return self._copters

    @property
    def networks(self) -> list[Sequence[Copter]]:
        """Those that may share a link, for their system ids differ."""
        return [
            self._copters[first : first + NETWORK_SIZE]
            for first in range(0, len(self._copters), NETWORK_SIZE)
        ]

    def step(self, dt: float, link_dt: float, powered: Sequence[Copter] | None = None) -> None:
        """Advance those that are `powered`, or all, by `dt`; `link_dt` passes for ground stations meanwhile."""
        copters = self._copters if powered is None else powered
        for copter in copters:
            copter.autopilot.think(dt, link_dt)
        self.vehicles.step(dt)
        for copter in copters:
            copter.speak(dt)

    def flush(self) -> None:
        """Hand all that is queued to the links."""
        for copter in self._copters:
            copter.flush()


class Copters(CopterGroup):
    """A fleet whose vehicles are alike and stand in rows.

    Parameters
    ----------
    count : int
        How many, up to 2,000; system ids count from 1, and begin again after 250, in the next network.
    home : Home
        Where the first stands; the others stand 4 m further east each, and after 25 of them 4 m further north.
    seed : int
        Of the gusts, which SIM_WIND_TURB turns on; each vehicle has its own.
    quick_boot : bool
        Ready to arm within a simulated second instead of 40.
    parameters : mapping of str to float, optional
        ArduCopter parameters to set on every vehicle before it boots.
    epoch_unix_s : float
        UTC when they are switched on.
    signing_key : bytes, optional
        Of all links.
    """

    def __init__(
        self,
        count: int,
        *,
        home: Home = DEFAULT_HOME,
        seed: int = 0,
        quick_boot: bool = False,
        parameters: Mapping[str, float] | None = None,
        epoch_unix_s: float = EPOCH_UNIX_S,
        signing_key: bytes | None = None,
    ) -> None:
        if not 1 <= count <= MAX_COUNT:
            raise SimulatorError(
                f"{count} vehicles cannot be simulated", place="--count", remedy=f"Give 1 to {MAX_COUNT}"
            )
        unknown = sorted(name for name in (parameters or {}) if name not in ParameterTable())
        if unknown:
            raise SimulatorError(
                f"ArduCopter has no parameter {unknown[0]}", remedy="Give names of ArduCopter 4.6 parameters"
            )
        super().__init__(
            [
                CopterSetup(
                    home.moved(SPACING_M * (number // ROW), SPACING_M * (number % ROW)),
                    parameters or {},
                    quick_boot,
                )
                for number in range(count)
            ],
            seed=seed,
            epoch_unix_s=epoch_unix_s,
            signing_key=signing_key,
        )
