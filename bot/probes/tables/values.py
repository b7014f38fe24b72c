"""One value as the MIB means it; None where it was not told. What is not what the MIB says raises, with the reason."""

from bot.model.addresses import ZERO, Mac, mac_from_bytes

TICKS_PER_S = 100
_WRAP = 1 << 32


class ValueWrongError(ValueError):
    """A device's value, or its instance, is not what the MIB says; the text goes on after the row's name."""


def number(value: str | None) -> int | None:
    """An INTEGER, counter, gauge or time."""
    if value is None:
        return None
    digits = value.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 20):
        raise ValueWrongError(f"holds {value[:40]!r} where a number belongs")
    return int(value)


def octets(value: str | None) -> bytes | None:
    """An OCTET STRING."""
    if value is None:
        return None
    try:
        if value.startswith("0x"):
            return bytes.fromhex(value[2:])
    except ValueError:
        pass
    raise ValueWrongError(f"holds {value[:40]!r} where octets belong")


def text(value: str | None) -> str | None:
    """A DisplayString; None also where it is empty. What cannot be printed is left out."""
    raw = octets(value)
    if raw is None:
        return None
    shown = "".join(letter for letter in raw.decode(errors="replace") if letter.isprintable()).strip()
    return shown or None


def mac(value: str | None) -> Mac | None:
    """A MAC; None also where it is empty or all zeros: an entry that is still being asked for."""
    raw = octets(value)
    if not raw:
        return None
    if len(raw) != 6:
        raise ValueWrongError(f"holds {len(raw)} octets where a MAC has 6")
    found = mac_from_bytes(raw)
    return None if found == ZERO else found


def mac_or_text(value: str | None, subtype: int | None, mac_subtype: int) -> str | None:
    """A name of LLDP, whose subtype says how its octets are meant."""
    raw = octets(value)
    if raw and len(raw) == 6 and subtype == mac_subtype:
        return mac_from_bytes(raw)
    return text(value)


def age_s(up_ticks: int | None, updated_ticks: int | None) -> float | None:
    """Seconds since the entry last changed, by the device's own count.

    None where that makes no sense: ``updated_ticks`` 0 means "before the agent began" (RFC 4293), and one ahead of the
    device's own time is none. Both wrap after 497 days; an entry is then taken for younger only if it may be.
    """
    if up_ticks is None or not updated_ticks:
        return None
    age = up_ticks - updated_ticks
    if age < 0:
        age += _WRAP
        if age > _WRAP // 2:
            return None
    return age / TICKS_PER_S


def numbers(index: str, count: int) -> tuple[int, ...]:
    """The parts of an instance, of which there must be so many."""
    parts = index.split(".")
    if len(parts) != count or not all(part.isascii() and part.isdigit() and len(part) <= 10 for part in parts):
        raise ValueWrongError("is no instance of this table")
    return tuple(map(int, parts))


def mac_of_index(parts: tuple[int, ...]) -> Mac:
    """A MAC that stands in an instance as six numbers."""
    if any(part > 255 for part in parts):
        raise ValueWrongError("is no instance of this table")
    return mac_from_bytes(bytes(parts))


def bits(value: str | None) -> tuple[int, ...]:
    """The ports of a PortList: the first octet's highest bit is port 1 (RFC 4363)."""
    raw = octets(value) or b""
    return tuple(
        place * 8 + bit + 1 for place, octet in enumerate(raw) if octet for bit in range(8) if octet & (0x80 >> bit)
    )
