"""Other addresses, MACs and names: none of the old ones is left, and the same thing is called the same."""

import json
import re
from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.inquiries.pseudonyms import Pseudonyms
from bot.model.addresses import Mac, mac_from_bytes

SALT = b"salt"
ADDRESSES = st.ip_addresses(v=4).filter(
    lambda one: (
        not (one.is_multicast or one.is_loopback or one.is_link_local or int(one) >> 24 in (0, 127))
        and int(one) >> 24 < 224
    )
)
MACS = st.binary(min_size=6, max_size=6).filter(lambda octets: not octets[0] & 1 and any(octets[:3])).filter(
    lambda octets: octets[:3] not in (b"\0\0\x5e", b"\0\0\x0c", b"\0\7\xb4")
).map(mac_from_bytes)  # fmt: skip
NAMES = st.from_regex(r"[a-z][a-z0-9]{2,8}(-[a-z0-9]{1,4})?", fullmatch=True).filter(
    lambda name: not name.startswith("name") and not re.fullmatch(r"[0-9a-f-]*", name)
)
FORMS = st.sampled_from(["colons", "dashes", "dots", "upper"])
SALTS = st.binary(min_size=8, max_size=32)


def written(mac: Mac, form: str) -> str:
    digits = mac.replace(":", "")
    return {
        "colons": str(mac),
        "dashes": mac.replace(":", "-"),
        "dots": ".".join((digits[:4], digits[4:8], digits[8:])),
        "upper": mac.upper(),
    }[form]


@given(st.lists(ADDRESSES, min_size=1, max_size=8), st.lists(st.tuples(MACS, FORMS), max_size=6),
       st.sets(NAMES, max_size=6), SALTS, st.randoms(use_true_random=False))  # fmt: skip
def test_no_old_word_is_left(
    addresses: list[IPv4Address], macs: list[tuple[Mac, str]], names: set[str], salt: bytes, order: object
) -> None:
    """In prose, in JSON, beside punctuation."""
    tokens = [*map(str, addresses), *(written(*mac) for mac in macs), *names]
    order.shuffle(tokens)  # type: ignore[attr-defined]
    text = f"({'), ['.join(tokens)}] " + json.dumps(tokens) + " " + "; ".join(f"{token}:" for token in tokens)
    after = Pseudonyms([text], names, salt).replaced(text)
    for address in addresses:
        assert not re.search(rf"(?<!\d){re.escape(str(address))}(?!\d)", after)
    flat = re.sub(r"[-:.]", "", after.lower())
    for mac, _ in macs:
        assert mac.replace(":", "") not in flat
    for name in names:
        assert not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", after, re.IGNORECASE)


@given(st.sets(ADDRESSES, min_size=2, max_size=12), SALTS)
def test_what_lay_in_one_network_still_does(addresses: set[IPv4Address], salt: bytes) -> None:
    """From /8 on, with the same last octet; and no two addresses become one."""
    words = Pseudonyms(map(str, addresses), (), salt)
    others = {address: words.address(address) for address in addresses}
    assert len(set(others.values())) == len(addresses)
    for one in addresses:
        assert int(one) & 0xFF == int(others[one]) & 0xFF
        for other in addresses:
            for length in range(8, 25):
                before = int(one) >> (32 - length) == int(other) >> (32 - length)
                assert before == (int(others[one]) >> (32 - length) == int(others[other]) >> (32 - length))


@given(ADDRESSES, st.integers(8, 32), SALTS)
def test_a_network_stays_one_around_its_addresses(address: IPv4Address, length: int, salt: bytes) -> None:
    """Whoever reads it as a prefix finds no host bits, and the machine inside."""
    network = IPv4Network(f"{address}/{length}", strict=False)
    text = f"{address} in {network}"
    one, _, other = Pseudonyms([text], (), salt).replaced(text).split(" ")
    if int(network.network_address) >> 24:
        assert IPv4Address(one) in IPv4Network(other)


@given(MACS, st.lists(FORMS, min_size=2, max_size=2), SALTS)
def test_a_mac_is_the_same_however_it_is_written(mac: Mac, forms: list[str], salt: bytes) -> None:
    """It keeps its vendor, and its form."""
    words = Pseudonyms([mac], (), salt)
    for form in forms:
        assert words.replaced(written(mac, form)) == written(words.mac(mac), form)
    assert words.mac(mac)[:8] == mac[:8]
    assert words.mac(mac) != mac


@given(st.sets(NAMES, min_size=1, max_size=6), SALTS)
def test_a_name_is_the_same_whatever_its_case(names: set[str], salt: bytes) -> None:
    """And never that of another."""
    words = Pseudonyms((), names, salt)
    others = [words.replaced(name) for name in sorted(names)]
    assert len(set(others)) == len(names)
    assert [words.replaced(name.upper()) for name in sorted(names)] == others


@pytest.mark.parametrize(
    "text",
    [
        "255.255.255.0", "0.0.0.0/0", "127.0.0.1", "224.0.0.1", "169.254.3.4", "ff:ff:ff:ff:ff:ff", "01:00:5e:00:00:01",
        "00:00:5e:00:01:0a", "12:03:44", "999.1.1.1", "::1", "2026-03-01T12:00:00+00:00", "sha256:0123456789abcdef",
        "note-k3v9m2x7ab", "123456789012",
    ],
)  # fmt: skip
def test_what_is_nobodys_stays(text: str) -> None:
    """A mask with other bits would be no mask."""
    assert Pseudonyms([text], ("app01",), SALT).replaced(text) == text


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        pytest.param("fe80::250:56ff:fe80:1234", "1234", id="an address that holds a MAC"),
        pytest.param("2001:db8::5", "2001", id="IPv6"),
        pytest.param("lladdr:00:50:56:80:12:34", "80:12:34", id="after a colon"),
        pytest.param("ip=10.0.0.5:443", "10.0.0.5", id="with a port"),
        pytest.param("app01.example.net", "app01", id="a name in a longer one"),
        pytest.param("APP01", "APP01", id="upper case"),
        pytest.param("00:50:56:80:12:34 005056801234", "801234", id="bare digits of a known MAC"),
    ],
)
def test_it_is_found_wherever_it_stands(text: str, gone: str) -> None:
    """One that is left gives all away."""
    assert gone not in Pseudonyms([text], ("app01",), SALT).replaced(text)


def test_the_longer_name_goes_first() -> None:
    """Else of app01-db a piece would be left."""
    words = Pseudonyms((), ("app01", "app01-db"), SALT)
    assert words.replaced("app01-db") != words.replaced("app01") + "-db"


def test_another_name_is_no_old_one() -> None:
    """A machine may be called name-1 already."""
    words = Pseudonyms(["name-1 and name-2"], ("name-1", "name-2"), SALT)
    assert set(words.replaced("name-1 name-2").split()) & {"name-1", "name-2"} == set()


def test_letters_that_a_search_takes_for_the_same_are_replaced_too() -> None:
    """The Kelvin sign is a k, and the long s an s, for whoever searches without case."""
    words = Pseudonyms((), ("kiosk",), SALT)
    assert words.replaced("\u212aio\u017fk") == words.replaced("kiosk")


def test_without_the_salt_nobody_finds_the_way_back() -> None:
    """Another export has other words."""
    one, other = (Pseudonyms(["10.0.0.5"], ("app01",), salt).replaced("10.0.0.5") for salt in (b"a", b"b"))
    assert one != other
