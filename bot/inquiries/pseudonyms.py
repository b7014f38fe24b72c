"""Other addresses, MACs and names for those that there are: the same for the same thing, and none of them the old.

Two addresses share as many leading bits as before, so that what lay in one network still does; the last octet stays.
A MAC keeps its vendor. What is nobody's stays: masks, loopback, link-local and multicast addresses, broadcast and
router MACs.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from bot.errors import RequestError
from bot.model.addresses import Mac, ipv4_of, mac_from_bytes, parse_mac

_FOUR = r"(?<!\d)(?P<four>\d{1,3}(?:\.\d{1,3}){3})(?!\d)(?:/(?P<length>\d{1,2})(?!\d))?"
_MAC = (
    r"(?<![0-9a-z])(?P<mac>(?:[0-9a-f]{2}:){5}[0-9a-f]{2}|(?:[0-9a-f]{2}-){5}[0-9a-f]{2}"
    r"|(?:[0-9a-f]{4}[.-]){2}[0-9a-f]{4}|[0-9a-f]{12})(?![0-9a-z])"
)
_SIX = r"(?<![0-9a-z:.])(?P<six>[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7})(?![0-9a-z:])"
_BARE = re.compile(r"[0-9a-f]{12}", re.IGNORECASE)  # may be any number: only a MAC that is known otherwise is one
_KEPT_MACS = (  # of nobody, and of routers that share an address: VRRP, HSRP, GLBP
    b"\xff\xff\xff\xff\xff\xff", b"\0\0\0\0\0\0", b"\x00\x00\x5e\x00\x01", b"\x00\x00\x5e\x00\x02",
    b"\x00\x00\x0c\x07\xac", b"\x00\x00\x0c\x9f", b"\x00\x07\xb4",
)  # fmt: skip
_MACS, _FOURS = re.compile(_MAC, re.IGNORECASE), re.compile(_FOUR)
_FIRST = tuple(octet for octet in range(1, 224) if octet not in (127, 169))
_TRIES = 1000
_SOLICITED, _ALL_NODES = "33:33:ff", Mac("33:33:00:00:00:01")  # the former ends as somebody's own MAC (RFC 4291)


class Pseudonyms:
    """The other words for what stands in ``texts``, and for ``names``; nobody without ``salt`` finds the old ones.

    A name is replaced wherever it stands as a word, whatever its case.
    """

    def __init__(self, texts: Iterable[str], names: Iterable[str], salt: bytes) -> None:
        self._salt = salt
        self._addresses, self._macs = set[IPv4Address](), set[Mac]()
        told = list(texts)
        for text in told:
            self._learn(text)
        self._names = self._named({name.strip().casefold() for name in names if name.strip()}, told)
        longest = sorted(self._names, key=lambda name: (-len(name), name))
        words = rf"(?<!\w)(?P<name>{'|'.join(map(re.escape, longest)) or '(?!)'})(?!\w)"
        self._any = re.compile("|".join((_MAC, _SIX, words, _FOUR)), re.IGNORECASE)
        self._octets, self._flips = self._spread()
        self._other_macs = self._mixed()

    def replaced(self, text: str) -> str:
        """The text with the other words in it."""
        return self._any.sub(self._other, text)

    def address(self, address: IPv4Address) -> IPv4Address:
        """The other address."""
        if _special(address):
            return address
        return self._moved(address, self._octets, self._flips)

    def mac(self, mac: Mac) -> Mac:
        """The other MAC."""
        return _ALL_NODES if mac.startswith(_SOLICITED) else self._other_macs.get(mac, mac)

    # ---- what there is -----------------------------------------------------------------------------------------

    def _learn(self, text: str) -> None:
        for found in _MACS.finditer(text):
            if not _BARE.fullmatch(found["mac"]):
                self._macs.add(_mac(found["mac"]))
        for found in _FOURS.finditer(text):
            if (address := ipv4_of(found["four"])) is not None and not _special(address):
                self._addresses.add(address)

    # ---- the other words ---------------------------------------------------------------------------------------

    def _named(self, names: set[str], texts: list[str]) -> dict[str, str]:
        taken = "\n".join(texts).casefold()
        order = sorted(names, key=lambda name: self._digest(f"name {name}"))
        prefix = next(f"name{'x' * number}-" for number in range(_TRIES) if f"name{'x' * number}-" not in taken)
        return {name: f"{prefix}{number}" for number, name in enumerate(order, 1)}

    def _spread(self) -> tuple[dict[int, int], str]:
        """First octets that no address there has, where there are enough, and a key for the bits behind them."""
        used = sorted({int(address) >> 24 for address in self._addresses})
        for attempt in range(_TRIES):
            free = sorted(_FIRST, key=lambda octet: (octet in used, self._digest(f"octet {attempt} {octet}")))
            octets = dict(zip(used, free, strict=False))
            key = f"bits {attempt}"
            others = {self._moved(address, octets, key) for address in self._addresses}
            if not others & self._addresses:
                return octets, key
        raise RequestError("So many addresses cannot be replaced by others; export it without `redact`.")

    def _moved(self, address: IPv4Address, octets: dict[int, int], key: str) -> IPv4Address:
        value = int(address)
        bits = octets[value >> 24]
        for place in range(23, 7, -1):
            flip = self._digest(f"{key} {place} {value >> (place + 1)}")[0] & 1
            bits = bits << 1 | ((value >> place & 1) ^ flip)
        return IPv4Address(bits << 8 | value & 0xFF)

    def _mixed(self) -> dict[Mac, Mac]:
        others: dict[Mac, Mac] = {}
        for mac in sorted(self._macs):
            octets = bytes.fromhex(mac.replace(":", ""))
            if (address := self._inside(octets)) is not None:
                length = 4 if octets[0] != 1 else 2
                others[mac] = mac_from_bytes(octets[:-length] + self.address(address).packed[-length:])
                continue
            if octets[0] & 1 or any(octets.startswith(kept) for kept in _KEPT_MACS):
                continue
            for attempt in range(_TRIES):
                mixed = self._digest(f"mac {attempt} {mac}")
                fourth = octets[3] & 0xC0 | mixed[0] & 0x3F  # VMware's ranges end there
                other = mac_from_bytes(octets[:3] + bytes((fourth, *mixed[1:3])))
                if other not in self._macs and other not in others.values():
                    others[mac] = other
                    break
            else:
                raise RequestError("So many MACs cannot be replaced by others; export it without `redact`.")
        return others

    def _inside(self, octets: bytes) -> IPv4Address | None:
        """The address that a MAC of Microsoft's network load balancing is made from, if it is one that there is.

        Source: learn.microsoft.com, "Network Load Balancing: MAC addresses": 02-BF and 03-BF with the address, 02-01
        to 02-20 of a host with it, 01-00-5E-7F with its last two octets.
        """
        if octets[:4] == b"\x01\x00\x5e\x7f":
            return next((one for one in sorted(self._addresses) if one.packed[2:] == octets[4:]), None)
        made = octets[:2] in (b"\x02\xbf", b"\x03\xbf") or (octets[0] == 2 and 1 <= octets[1] <= 0x20)
        address = IPv4Address(octets[2:])
        return address if made and address in self._addresses else None

    def _digest(self, what: str) -> bytes:
        return hmac.new(self._salt, what.encode(), hashlib.sha256).digest()

    # ---- replacing ---------------------------------------------------------------------------------------------

    def _other(self, found: re.Match[str]) -> str:
        if said := found["mac"]:
            mac = _mac(said)
            other = self.mac(mac)
            return said if other == mac else _like(said, other)
        if found["six"] is not None:
            return self._other_six(found[0])
        if said := found["name"]:
            return self._other_name(said)
        return self._other_four(found)

    def _other_four(self, found: re.Match[str]) -> str:
        address, length = ipv4_of(found["four"]), found["length"]
        if address is None or _special(address):
            return found[0]
        other = self.address(address)
        if length is None or int(length) > 32:
            return f"{other}/{length}" if length else str(other)
        host = (1 << 32 - int(length)) - 1
        return f"{other if int(address) & host else IPv4Address(int(other) & ~host)}/{length}"

    def _other_six(self, said: str) -> str:
        six = _v6(said)
        if six is None or six.is_loopback or six.is_unspecified or six.is_multicast:
            return said
        return f"fd00::{self._digest(f'six {six}')[:6].hex(':', 2)}"

    def _other_name(self, said: str) -> str:
        other = self._names.get(said.casefold())
        if other is None:  # letters that only a search without case takes for the same
            other = next(
                self._names[name] for name in self._names if re.fullmatch(re.escape(name), said, re.IGNORECASE)
            )
        return other


def _like(text: str, other: Mac) -> str:
    """The other MAC, written as the text has it."""
    digits = iter(other.replace(":", "").upper() if text.isupper() else other.replace(":", ""))
    take: Callable[[str], str] = lambda letter: next(digits) if letter not in ":.-" else letter  # noqa: E731
    return "".join(map(take, text))


def _special(address: IPv4Address) -> bool:
    first = int(address) >> 24
    return first in (0, 127) or first >= 224 or address.is_link_local


def _v6(text: str) -> IPv6Address | None:
    try:
        return IPv6Address(text)
    except AddressValueError:
        return None


def _mac(text: str) -> Mac:
    return parse_mac(re.sub(r"[-:.]", "", text))
