"""Bodies that hold exactly one of several things."""

from collections.abc import Sequence
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, model_validator

from server.pattern_body import Body


class OneOf(Body):
    """Exactly one of `choices` is given, and exactly one of `triggers` where there are some."""

    choices: ClassVar[Sequence[str]] = ()
    triggers: ClassVar[Sequence[str]] = ()

    @staticmethod
    def _describe(schema: dict[str, Any], body: type[BaseModel]) -> None:
        groups = [group for group in (body.choices, body.triggers) if group]  # type: ignore[attr-defined]
        schema["allOf"] = [{"oneOf": [{"required": [name]} for name in group]} for group in groups]

    model_config = ConfigDict(extra="forbid", json_schema_extra=_describe)

    @model_validator(mode="before")
    @classmethod
    def demand_one(cls, value: Any) -> Any:
        """Refuse none and two, before what they hold is looked at; a choice without a value is an empty one.

        Where none is given and a key is not known, that key is the fault.
        """
        if isinstance(value, dict):
            is_misspelt = not set(value) <= set(cls.model_fields)
            for group in (cls.choices, cls.triggers):
                given = [name for name in group if name in value]
                if group and len(given) != 1 and (given or not is_misspelt):
                    raise ValueError("one of " + ", ".join(group) + f"; given: {', '.join(given) or 'none'}")
            return {
                name: {} if held is None and name in cls.choices else held for name, held in value.items()
            }
        return value

    @property
    def choice(self) -> str:
        """Which of them it is."""
        return next(name for name in self.choices if name in self.model_fields_set)
