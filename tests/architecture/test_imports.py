"""The arrows between the rooms hold."""

from importlinter.cli import lint_imports


def test_rooms_know_only_whom_they_may() -> None:
    assert lint_imports(config_filename="pyproject.toml", no_cache=True) == 0
