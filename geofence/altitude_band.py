"""Altitudes between a floor and a ceiling."""

import math
from dataclasses import dataclass
from enum import StrEnum

from geofence.refusal import GeofenceError


class AltitudeDatum(StrEnum):
    """What an altitude is counted from."""

    AGL = "agl"
    """The ground below."""
    REL = "rel"
    """The home position."""
    AMSL = "amsl"
    """Mean sea level."""
    ELLIPSOID = "ellipsoid"
    """The WGS-84 ellipsoid; tens of metres from mean sea level, and unknown without a geoid."""


@dataclass(frozen=True, slots=True)
class AltitudeBand:
    """Altitudes from `floor_m` to `ceiling_m`, both included; None is unbounded.

    Parameters
    ----------
    floor_m, ceiling_m : float or None
    datum : AltitudeDatum
        Of both limits.
    ceiling_datum : AltitudeDatum or None
        Of the ceiling, where it is another one.
    """

    floor_m: float | None = None
    ceiling_m: float | None = None
    datum: AltitudeDatum = AltitudeDatum.AGL
    ceiling_datum: AltitudeDatum | None = None

    def __post_init__(self) -> None:
        for name, value in (("floor_m", self.floor_m), ("ceiling_m", self.ceiling_m)):
            if value is not None and not math.isfinite(value):
                raise GeofenceError(f"{name} {value} is not a finite number")
        if self.ceiling_datum == self.datum:
            object.__setattr__(self, "ceiling_datum", None)
        if (
            self.ceiling_datum is None
            and self.floor_m is not None
            and self.ceiling_m is not None
            and self.floor_m >= self.ceiling_m
        ):
            raise GeofenceError(
                f"the floor {self.floor_m:g} m is not below the ceiling {self.ceiling_m:g} m",
                remedy="Give a floor_m that is smaller than ceiling_m",
            )

    @property
    def datums(self) -> tuple[AltitudeDatum, AltitudeDatum]:
        """What the floor and the ceiling are counted from."""
        return self.datum, self.ceiling_datum or self.datum

    def limits_rel_m(self, home_alt_amsl_m: float | None = None) -> tuple[float, float]:
        """Floor and ceiling above home: infinite where unbounded, NaN where nobody can say.

        Altitudes above ground are taken as altitudes above home, i.e. the ground is assumed level with the
        home position. Nothing lies below the ground: a floor of 0 m AGL or less is no floor. Altitudes above
        mean sea level are unknown (NaN) until `home_alt_amsl_m` is, those above the ellipsoid always.
        """
        floor_m = -math.inf if self.floor_m is None else self.floor_m
        ceiling_m = math.inf if self.ceiling_m is None else self.ceiling_m
        floor_datum, ceiling_datum = self.datums
        if floor_datum is AltitudeDatum.AGL and floor_m <= 0.0:
            floor_m = -math.inf
        return _rel_m(floor_m, floor_datum, home_alt_amsl_m), _rel_m(
            ceiling_m, ceiling_datum, home_alt_amsl_m
        )


UNBOUNDED = AltitudeBand()


def _rel_m(limit_m: float, datum: AltitudeDatum, home_alt_amsl_m: float | None) -> float:
    if math.isinf(limit_m) or datum in (AltitudeDatum.AGL, AltitudeDatum.REL):
        return limit_m
    if datum is AltitudeDatum.ELLIPSOID or home_alt_amsl_m is None:
        return math.nan
    return limit_m - home_alt_amsl_m
