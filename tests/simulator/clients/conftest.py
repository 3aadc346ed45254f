"""One `feiying sim` a module, which stations that are none of ours fly; every test has a copter of its own."""

import collections
import collections.abc
import itertools
from collections.abc import Callable, Iterator
from types import ModuleType

import pytest

from tests.simulated_copters import simulated_copters

COPTERS = 8
SPEEDUP = 25


@pytest.fixture(scope="module")
def next_address(request: pytest.FixtureRequest) -> Iterator[Callable[[], str]]:
    """Give the address of a copter that nobody has spoken to, with the module's PARAMETERS."""
    parameters = [word for each in getattr(request.module, "PARAMETERS", ()) for word in ("--param", each)]
    with simulated_copters("--count", COPTERS, "--speedup", SPEEDUP, *parameters) as addresses:
        places = itertools.count()
        yield lambda: addresses[next(places)]


@pytest.fixture
def address(next_address: Callable[[], str]) -> str:
    """Give the address of this test's copter."""
    return next_address()


@pytest.fixture(scope="module")
def dronekit() -> ModuleType:
    """Import dronekit, which still looks for names that left `collections` in Python 3.10."""
    for name in ("MutableMapping", "Mapping", "Callable"):
        if not hasattr(collections, name):
            setattr(collections, name, getattr(collections.abc, name))
    return pytest.importorskip("dronekit")
