"""The words of WPML 1.0.x that plans are written in and read from (DJI Cloud API, DJI WPML)."""

from typing import Final

KML: Final = "http://www.opengis.net/kml/2.2"
WPML: Final = "http://www.dji.com/wpmz/1.0.2"
"""The first published version with all elements that are written; later ones read it."""

TEMPLATE, WAYLINES = "wpmz/template.kml", "wpmz/waylines.wpml"

SAFE_HEIGHT_M = (1.2, 1500.0)
"""takeOffSecurityHeight of a remote controller."""

SPEED_M_S_AT_MOST = 15.0
"""globalTransitionalSpeed."""

INDEX_AT_MOST = 65_535

DRONE: Final = (67, 0)
PAYLOAD: Final = (52, 0)
"""M30 and its camera (droneEnumValue, droneSubEnumValue; payloadEnumValue, payloadPositionIndex)."""

STOP_AT_POINT = "toPointAndStopWithDiscontinuityCurvature"
FOLLOW_WAYLINE, TOWARD_POI = "followWayline", "towardPOI"
"""waypointHeadingMode."""
RELATIVE, ELLIPSOID, SURFACE = "relativeToStartPoint", "WGS84", "realTimeFollowSurface"
SEA_LEVEL = "EGM96"
"""heightMode of a template."""

HOME_AFTERWARDS, LAND_AFTERWARDS, NOTHING_AFTERWARDS = "goHome", "autoLand", "noAction"
FIRST_AFTERWARDS = "gotoFirstWaypoint"
