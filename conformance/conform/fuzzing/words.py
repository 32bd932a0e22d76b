"""What the requests are filled with: values that exist, values that do not, and wrong ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

NAMES = ("", "Q", "Names", "_9")
NOISE = ("{", "}", "(", ")", "...", "!", "@skip(if: true)", "$x", "nothing", '"', "null", "", "#")
KNOWN = ("shop", "mail", "production", "staging", "1.0", "", " ", "'; DROP TABLE tb_fraise; --")
IDS = ("00000000-0000-0000-0000-000000000000", "shop", "7", "no id", "\x00")
INTEGERS = (0, 1, 3, 20, -2, 1000, 1001, 36500, 2**31 - 1, 2**31, -(2**31))
VALUES: Mapping[str, Sequence[Any]] = {
    "String": KNOWN,
    "ID": IDS,
    "Int": INTEGERS,
    "Boolean": (True, False),
    "Float": (0.0, -1.5, 1e300),
    "DateTime": ("2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00+01:00"),
    "JSON": (["read"], ["read", "deploy"], [], {"a": [1, None]}, 7, True),
}
ODD: Sequence[Any] = (None, 7, 1.5, True, [], {}, ["shop"], 2**53)
CHARACTERS = "ab'\"\\%_-;{}$\x00\x01\n\t\u00e9\u6f22\U0001f600\u2028"


def value_of(type_name: str, chance: Random) -> Any:
    """A value that the type takes; text is odd now and then."""
    if type_name in ("String", "ID") and chance.randrange(5) == 0:
        return text(chance)
    return chance.choice(VALUES[type_name])


def text(chance: Random) -> str:
    """A few characters that somebody may have forgotten."""
    return "".join(chance.choice(CHARACTERS) for _ in range(chance.randrange(9)))


def odd(chance: Random) -> Any:
    """A value of any type."""
    return chance.choice(ODD) if chance.randrange(3) else text(chance)
