"""Where compiled kernels are kept."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from geofence import compiled as compiling


@pytest.fixture(autouse=True)
def _ask_anew():
    compiling._cache_folder.cache_clear()
    yield
    compiling._cache_folder.cache_clear()


def doubled(number: float) -> float:
    return 2.0 * number


def test_kernels_are_kept_among_the_users_caches_where_the_package_cannot_be_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    (tmp_path / "package").touch()
    monkeypatch.setattr(compiling, "_package_of", lambda _: tmp_path / "package")
    assert compiling.compiled(doubled)(2.0) == 4.0
    assert list((tmp_path / "caches" / "feiying").rglob("*doubled*.nbi"))


def test_another_source_is_kept_under_another_name(tmp_path: Path) -> None:
    (tmp_path / "grid").mkdir()
    (tmp_path / "grid" / "kernel.py").write_text("before")
    before = compiling._cache_folder(tmp_path)
    compiling._cache_folder.cache_clear()
    (tmp_path / "grid" / "kernel.py").write_text("after")
    assert Path(before).parent == Path(compiling._cache_folder(tmp_path)).parent
    assert before != compiling._cache_folder(tmp_path)


def test_what_can_be_kept_nowhere_is_compiled_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    njit = compiling.numba.njit

    def without_cache(*, cache: bool = False, **options: object) -> object:
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return njit(**options)

    monkeypatch.setattr(compiling, "numba", SimpleNamespace(njit=without_cache))
    monkeypatch.setattr(compiling, "_package_of", lambda _: tmp_path)
    assert np.isinf(compiling.compiled(lambda number: number / 0.0)(1.0))
