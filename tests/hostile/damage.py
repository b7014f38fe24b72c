"""Honest samples with something wrong in them: nearer to what is taken, and so more dangerous, than noise.

How many of them are tried is the test run's own setting: ``pytest tests/hostile --examples 20000`` is a long run.
"""

import copy
import json
from collections.abc import Iterator
from typing import Any, TypeAlias

from hypothesis import strategies as st

Json: TypeAlias = Any
Place: TypeAlias = tuple[Any, ...]

DEEP = 20_000
"""Levels of nesting: more than any stack of Python holds."""

_LENGTHS = (b"\xff" * 4, b"\x7f\xff\xff\xff", b"\x00" * 4, b"\x80\x00\x00\x00")

_ODD: tuple[Json, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**63, 10**400, -(10**30), 0.5, 1e308,
    float("nan"), float("inf"), float("-inf"),
    "", " ", "x", "\x00", "\ud800", "\u202e", "٣", "`" * 9, "<!channel>", "{}", "[]", "null", "true", "-1", "NaN",
    "../../etc/passwd", "a" * 5_000, "é" * 300,
    "0001-01-01T00:00:00+23:00", "9999-12-31T23:59:59-23:00", "2026-02-30T00:00:00Z", "2026-03-01",
    "2026-03-01T12:00:00",
    "10.0.0.5", "10.0.0.5/8", "255.255.255.255", "::1", "::ffff:10.0.0.5", "00:50:56:80:12:34", "00:00:00:00:00:00",
    [], {}, [[]], [{}], {"is": "Requested"}, {"": None}, [None], ["x"], [1, "x", None],
)  # fmt: skip
"""What stands where something else is expected."""


def places(sample: Json, at: Place = ()) -> Iterator[Place]:
    """Where anything stands in the sample, its own place first."""
    yield at
    if isinstance(sample, dict):
        for name, value in sample.items():
            yield from places(value, (*at, name))
    elif isinstance(sample, list):
        for number, value in enumerate(sample):
            yield from places(value, (*at, number))


@st.composite
def damaged(draw: st.DrawFn, sample: Json, most: int = 3) -> Json:
    """The sample after up to ``most`` things in it were exchanged, removed, doubled or added."""
    made = copy.deepcopy(sample)
    for _ in range(draw(st.integers(1, most))):
        at = draw(st.sampled_from(list(places(made))))
        made = _damaged(draw, made, at)
    return made


def _damaged(draw: st.DrawFn, made: Json, at: Place) -> Json:
    odd = copy.deepcopy(draw(st.sampled_from(_ODD) | st.text(max_size=30) | st.integers()))
    if not at:
        return odd if draw(st.integers(0, 9)) == 0 else made
    *way, last = at
    holder = made
    for name in way:
        holder = holder[name]
    match draw(st.integers(0, 5)):
        case 0:
            del holder[last]
        case 1 if isinstance(holder, list):
            holder.insert(last, copy.deepcopy(holder[last]))
        case 1 | 2 if isinstance(holder, dict):
            holder[draw(st.text(max_size=12))] = odd
        case 3:
            holder[last] = [holder[last]]
        case _:
            holder[last] = odd
    return made


def as_bytes(value: Json) -> bytes:
    """As JSON that Python's own reader takes, however odd: NaN, half surrogate pairs, endless numbers."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 10**300:
        return b"1" * 400
    return json.dumps(_writable(value)).replace('"\\u0000big"', "1" * 5_000).encode("utf-8", "surrogatepass")


def _writable(value: Json) -> Json:
    if isinstance(value, dict):
        return {str(name): _writable(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_writable(one) for one in value]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 10**300:
        return "\x00big"
    return value


def nested(opening: bytes = b"[", closing: bytes = b"]") -> bytes:
    """Brackets in brackets, as no reader that calls itself can follow."""
    return opening * DEEP + closing * DEEP


NEVER_JSON: tuple[bytes, ...] = (
    b"", b"\x00", b"\xff\xfe", b"{", b"nul", b'{"a":', b"\xef\xbb\xbf{}", b'"\\ud800"', b"NaN", b"1" * 5_000,
    nested(), nested(b'{"a":', b"}"), nested(b'{"a":[', b"]}"), b'{"a":1,"a":2}', b"{}" * 2,
)  # fmt: skip
"""What comes instead of the JSON that was promised."""


@st.composite
def damaged_bytes(draw: st.DrawFn, sample: bytes, most: int = 4) -> bytes:
    """The bytes after some were changed, removed, put in or cut off."""
    made = bytearray(sample)
    for _ in range(draw(st.integers(1, most))):
        at = draw(st.integers(0, len(made)))
        match draw(st.integers(0, 4)):
            case 0:
                made[at : at + 1] = draw(st.binary(min_size=1, max_size=1))
            case 1:
                made[at : at + 4] = draw(st.sampled_from(_LENGTHS))
            case 2:
                del made[at : at + draw(st.integers(0, 40))]
            case 3:
                made[at:at] = draw(st.binary(max_size=40))
            case _:
                del made[at:]
    return bytes(made)
