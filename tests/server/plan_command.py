"""`feiying plan` as tests run it: zones round one place, a pad, ground with a hill."""

import json
import sys

import numpy as np
import pytest
import rasterio
from affine import Affine
from shapely import box

import server.cli
from geofence.altitude_band import AltitudeBand
from geofence.formats.zone_files import write_zones
from geofence.latlon import LatLon
from geofence.local_frame import LocalFrame
from geofence.zone import Zone, ZoneKind

FRAME = LocalFrame(LatLon(36.0925, 103.7080))
PAD_XY_M = (20.0, 20.0)
HOME_AMSL_M, HILL_M, HILL_XY_M, HILL_WIDTH_M = 1500.0, 40.0, (200.0, 100.0), 120.0
_STEP_DEG = 1.0 / 3600.0


def hill_amsl_m(x_m, y_m):
    far = ((x_m - HILL_XY_M[0]) ** 2 + (y_m - HILL_XY_M[1]) ** 2) / (2.0 * HILL_WIDTH_M**2)
    return HOME_AMSL_M + HILL_M * np.exp(-far)


def write_zones_file(path):
    zones = [
        Zone.of_area(
            name, name, ZoneKind.INCLUSION, FRAME.unproject(box(0, 0, *size)), AltitudeBand(None, 120.0)
        )
        for name, size in (("field", (400, 200)), ("wide", (1500, 500)))
    ]
    write_zones(zones, path)
    return path


def write_terrain(path, *, west_deg=103.70, north_deg=36.105):
    """Write the hill as a GeoTIFF; only its nodes are of the true shape."""
    rows, columns = 80, 120
    lats_deg = north_deg - _STEP_DEG * (np.arange(rows) + 0.5)
    lons_deg = west_deg + _STEP_DEG * (np.arange(columns) + 0.5)
    grid = np.meshgrid(lats_deg, lons_deg, indexing="ij")
    xy_m = FRAME.xy_m(*(axis.ravel() for axis in grid))
    alts_m = hill_amsl_m(*xy_m.T).reshape(rows, columns).astype("float32")
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        height=rows,
        width=columns,
        count=1,
        dtype="float32",
        crs="EPSG:4326",
        transform=Affine(_STEP_DEG, 0.0, west_deg, 0.0, -_STEP_DEG, north_deg),
    ) as raster:
        raster.write(alts_m, 1)
    return path


class PlanCommand:
    """Runs `feiying plan` over the zones."""

    def __init__(self, monkeypatch, capsys, zones):
        self._monkeypatch, self._capsys, self._zones = monkeypatch, capsys, zones

    def __call__(self, *arguments):
        """Give exit code, standard output, standard error."""
        pad = FRAME.position(*PAD_XY_M)
        words = ["feiying", "plan", str(self._zones), "--home", f"{pad.lat_deg},{pad.lon_deg}"]
        self._monkeypatch.setattr(sys, "argv", [*words, *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            server.cli.main()
        out, err = self._capsys.readouterr()
        return ended.value.code or 0, out, err

    def document(self, *arguments):
        """Give the document of a run that succeeds."""
        code, out, err = self(*arguments, "--json")
        assert code == 0, err
        return json.loads(out)

    def refusal(self, *arguments):
        """Give what is said of a run that is refused."""
        code, out, err = self(*arguments)
        assert (code, out) == (1, "")
        assert "Traceback" not in err
        return err
