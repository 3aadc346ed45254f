"""The words that the name of a property is made of, however it joins them."""

import re
from collections.abc import Set as AbstractSet

_TOKEN = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\da-zA-Z_]+")
_CUT_AT = 10
"""Characters of an attribute's name in a dBase table."""
_CUT_WORD_AT_LEAST = 2


def words_of_name(name: str, known: AbstractSet[str]) -> tuple[str, ...]:
    """Split a name at capitals, digits and signs, and where words that are known stand joined: `MAXALT`, `maxHeight_m`.

    Parameters
    ----------
    name : str
    known : set of str
        In lower case. A Shapefile's name may end in the beginning of one: `maximum_al`.
    """
    tokens = [token.casefold() for token in _TOKEN.findall(name)]
    is_cut = len(name) == _CUT_AT
    words: list[str] = []
    for position, token in enumerate(tokens, start=1):
        words += _parts(token, known, is_cut=is_cut and position == len(tokens)) or (token,)
    return tuple(words)


def _parts(token: str, known: AbstractSet[str], *, is_cut: bool) -> tuple[str, ...] | None:
    """Split a token into known words only; None where that cannot be."""
    if token in known:
        return (token,)
    for length in range(len(token) - 1, 0, -1):
        if token[:length] in known:
            rest = _parts(token[length:], known, is_cut=is_cut)
            if rest is not None:
                return (token[:length], *rest)
    if is_cut and len(token) >= _CUT_WORD_AT_LEAST:
        whole = min((word for word in known if word.startswith(token)), key=len, default=None)
        return None if whole is None else (whole,)
    return None
