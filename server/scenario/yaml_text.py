"""YAML to plain values, each with the line it stands on."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from server.scenario.refusal import Path, ScenarioError, ScenarioFault, key_text

BYTES_AT_MOST = 1_000_000
VALUES_AT_MOST = 50_000
"""An alias counts each time: a few lines of them can stand for billions of values."""
DEPTH_AT_MOST = 50

_PLAIN_TAGS = frozenset(f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null"))


class _Loader(yaml.SafeLoader):  # type: ignore[misc]
    """Reads numbers as YAML 1.2 does: 12:30 is no number of seconds, `on` and `no` are words."""


def _resolvers() -> Mapping[str, list[tuple[str, Any]]]:
    kept: dict[str, list[tuple[str, Any]]] = {}
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items():
        for tag, pattern in resolvers:
            if tag == "tag:yaml.org,2002:null":
                kept.setdefault(first, []).append((tag, pattern))
    return kept


_Loader.yaml_implicit_resolvers = dict(_resolvers())
for _tag, _pattern, _first in (
    ("bool", r"^(?:true|True|false|False)$", "tTfF"),
    ("int", r"^[-+]?[0-9]+$", "-+0123456789"),
    ("float", r"^[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$", "-+.0123456789"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


@dataclass(slots=True)
class YamlText:
    """What a file says.

    Parameters
    ----------
    source : str
    value : object
        Mappings with string keys, lists, strings, numbers, booleans and None.
    """

    source: str
    value: Any = None
    _lines: dict[Path, int] = field(default_factory=dict)

    def known(self, path: Path) -> Path:
        """Leave out of a path what the file does not have, such as the names of alternatives."""
        known: Path = ()
        for part in path:
            if (*known, part) in self._lines:
                known = (*known, part)
        return known

    def line(self, path: Path) -> int:
        """Give the line of a value, or of the nearest one that it would stand in."""
        return self._lines.get(self.known(path), 1)

    def fault(self, path: Path, what: str, expected: str) -> ScenarioFault:
        """Say what is wrong with a value."""
        known = self.known(path)
        missing = path[-1:] if path and known[-1:] != path[-1:] and isinstance(path[-1], str) else ()
        return ScenarioFault(self.line(path), key_text((*known, *missing)), what, expected)


def read_yaml(text: bytes, source: str) -> YamlText:
    """Read one document.

    Raises
    ------
    ScenarioError
        If it is not one, or says a key twice.
    """
    read = YamlText(source)

    def refuse(line: int, what: str, expected: str, path: Path = ()) -> ScenarioError:
        return ScenarioError(source, [ScenarioFault(line, key_text(path), what, expected)])

    if len(text) > BYTES_AT_MOST:
        raise refuse(1, f"the file has {len(text)} bytes", f"at most {BYTES_AT_MOST}")
    try:
        node = yaml.compose(text.decode("utf-8"), _Loader)
    except UnicodeDecodeError as error:
        line = text[: error.start].count(b"\n") + 1
        raise refuse(line, "the file is not UTF-8", "UTF-8") from None
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "it is nested too deeply or holds forbidden characters"
        raise refuse(1 if mark is None else mark.line + 1, f"this is no YAML: {problem}", "YAML") from None
    if node is None:
        raise refuse(1, "the file is empty", "a scenario")
    loader = _Loader("")
    left = VALUES_AT_MOST

    def value_of(node: yaml.Node, path: Path) -> Any:
        nonlocal left
        left -= 1
        line = node.start_mark.line + 1
        if left < 0 or len(path) > DEPTH_AT_MOST:
            raise refuse(line, "there are too many values", f"at most {VALUES_AT_MOST} of them", path)
        read._lines.setdefault(path, line)
        if isinstance(node, yaml.MappingNode):
            values: dict[str, Any] = {}
            for key_node, value_node in node.value:
                key = key_node.value
                key_line = key_node.start_mark.line + 1
                if not isinstance(key_node, yaml.ScalarNode):
                    raise refuse(key_line, "a key is no word", "a word before the colon", path)
                if key in values:
                    raise refuse(key_line, f"the key {key!r} is given twice", "each key once", (*path, key))
                read._lines[*path, key] = key_line
                values[key] = value_of(value_node, (*path, key))
            return values
        if isinstance(node, yaml.SequenceNode):
            return [value_of(item, (*path, at)) for at, item in enumerate(node.value)]
        if node.tag not in _PLAIN_TAGS:
            raise refuse(line, f"the tag {node.tag} is not understood", "a plain value", path)
        try:
            return loader.construct_object(node)
        except (yaml.YAMLError, ValueError):
            raise refuse(line, f"{node.value!r} is not what its tag says", "a plain value", path) from None

    read.value = value_of(node, ())
    return read
