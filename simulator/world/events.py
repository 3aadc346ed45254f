"""What happens in the world, in the past tense; `at_s` counts from its start."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IncidentReported:
    """Somebody called."""

    at_s: float
    incident_id: str
    kind: str
    lat_deg: float
    lon_deg: float


@dataclass(frozen=True, slots=True)
class IncidentSeen:
    """A vehicle's detector found somebody of an incident."""

    at_s: float
    incident_id: str
    system_id: int


@dataclass(frozen=True, slots=True)
class IncidentEnded:
    """It is over."""

    at_s: float
    incident_id: str


@dataclass(frozen=True, slots=True)
class WaterReached:
    """The river stands round somebody, more than knee-deep."""

    at_s: float
    name: str
    lat_deg: float
    lon_deg: float


@dataclass(frozen=True, slots=True)
class RiverLevelChanged:
    """A gauge reads 5 cm more or less than it told last."""

    at_s: float
    level_amsl_m: float
    is_rising: bool


@dataclass(frozen=True, slots=True)
class DetectionReported:
    """A detector believes that somebody is there.

    Parameters
    ----------
    label : str
        person, crowd or fire.
    uncertainty_m : float
        Standard deviation of the place.
    count : int
        How many people it takes a crowd for; 1 for one.
    confidence : float
        0 to 1.
    x_px, y_px : float
        Where in the picture.
    """

    at_s: float
    system_id: int
    label: str
    lat_deg: float
    lon_deg: float
    uncertainty_m: float
    count: int
    confidence: float
    x_px: float
    y_px: float


@dataclass(frozen=True, slots=True)
class SpeakerHeard:
    """A loudspeaker began, went on with something else, or ended; or a tune was played.

    Parameters
    ----------
    people : int
        How many are within earshot.
    number : int
        Pulse width in microseconds, by which loudspeakers choose what they say; 1 or 0 of a relay.
    text : str
        Of the tune.
    """

    at_s: float
    system_id: int
    is_on: bool
    lat_deg: float
    lon_deg: float
    people: int
    number: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True)
class LightSwitched:
    """A searchlight went on or off."""

    at_s: float
    system_id: int
    is_on: bool
    lat_deg: float
    lon_deg: float


WorldEvent = (
    IncidentReported
    | IncidentSeen
    | IncidentEnded
    | WaterReached
    | RiverLevelChanged
    | DetectionReported
    | SpeakerHeard
    | LightSwitched
)
