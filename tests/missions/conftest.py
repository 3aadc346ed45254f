import importlib.util
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def fields() -> ModuleType:
    """Made-up areas; a module beside this file."""
    spec = importlib.util.spec_from_file_location("missions_fields", Path(__file__).with_name("fields.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
