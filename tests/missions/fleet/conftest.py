import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
import shapely

from missions.transit import Transit


@pytest.fixture(scope="session")
def samples() -> ModuleType:
    """A judge of schedules; a module beside this file."""
    spec = importlib.util.spec_from_file_location("fleet_samples", Path(__file__).with_name("samples.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def field() -> Transit:
    """A square of 2 km with a lake in the middle."""
    lake = shapely.box(-200.0, -300.0, 200.0, 300.0)
    return Transit(
        shapely.difference(shapely.box(-1000.0, -1000.0, 1000.0, 1000.0), lake), (-500.0, 0.0), 0.5
    )
