"""Values from outside, as refusals show them."""

from typing import Any


def show(value: Any) -> str:
    """Show a value of any size on one short line."""
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 64:
        return "of more than 19 digits"
    if isinstance(value, list | tuple | dict) and len(value) > 4:
        return f"a {'map' if isinstance(value, dict) else 'list'} of {len(value)}"
    try:
        text = repr(value)
    except (RecursionError, ValueError):
        return "something deeply nested"
    return text if len(text) <= 60 else text[:57] + "..."
