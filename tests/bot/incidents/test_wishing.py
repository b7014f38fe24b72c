"""What people type after /capture and fill into its form, and the one sentence that a mistake gets."""

from contextlib import suppress
from dataclasses import replace
from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import FormError, RequestError
from bot.incidents import wishing
from bot.incidents.wishing import Wanted, parse, read
from bot.model.addresses import Mac
from bot.model.capture import CaptureWish, Traffic
from bot.model.request import Target

ADDRESS, PEER, OTHER = map(IPv4Address, ("10.0.0.5", "10.0.0.7", "10.0.0.8"))
TARGET = Target(address=ADDRESS)
USUAL = CaptureWish(10.0)


@pytest.mark.parametrize(
    ("text", "target", "wish"),
    [
        pytest.param("10.0.0.5", TARGET, USUAL, id="bare target"),
        pytest.param("`10.0.0.5` for 60s", TARGET, CaptureWish(60), id="seconds"),
        pytest.param("10.0.0.5 FOR 2M", TARGET, CaptureWish(120), id="minutes, loud"),
        pytest.param("10.0.0.5 for 90 seconds arp", TARGET, CaptureWish(90, (Traffic.ARP,)), id="unit apart"),
        pytest.param("10.0.0.5 for 1.5 min", TARGET, CaptureWish(90), id="one and a half minutes"),
        pytest.param("10.0.0.5 icmp for 10s", TARGET, CaptureWish(10, (Traffic.ICMP,)), id="another order"),
        pytest.param("10.0.0.5 arp icmp", TARGET, USUAL, id="both named are the usual"),
        pytest.param("10.0.0.5 all vlan 20", TARGET, CaptureWish(10, (Traffic.ALL,), vlan=20), id="all in a VLAN"),
        pytest.param("10.0.0.5 port 443", TARGET, CaptureWish(10, (Traffic.ALL,), port=443), id="a port needs all"),
        pytest.param("10.0.0.5 at prod-1,office", TARGET, CaptureWish(10, at=("prod-1", "office")), id="vantages"),
        pytest.param("10.0.0.5 at prod-1, office", TARGET, CaptureWish(10, at=("prod-1", "office")), id="with a blank"),
        pytest.param("10.0.0.5 at a at b,a", TARGET, CaptureWish(10, at=("a", "b")), id="a vantage twice"),
        pytest.param("10.0.0.5 peer 10.0.0.7", TARGET, CaptureWish(10, peer=PEER), id="peer"),
        pytest.param(
            "10.0.0.5 host 10.0.0.7,10.0.0.8 host 10.0.0.5", TARGET, CaptureWish(10, hosts=(PEER, OTHER)), id="hosts"
        ),
        pytest.param("<http://10.0.0.5|10.0.0.5> peer <http://10.0.0.7|10.0.0.7>", TARGET,
                     CaptureWish(10, peer=PEER), id="linked by Slack"),
        pytest.param("app05 for 30s", Target(name="app05"), CaptureWish(30), id="VM name"),
        pytest.param("SQL Server (prod) arp", Target(name="SQL Server (prod)"), CaptureWish(10, (Traffic.ARP,)),
                     id="VM name with blanks"),
        pytest.param("0050.56aa.0001 for 1m", Target(mac=Mac("00:50:56:aa:00:01")), CaptureWish(60), id="MAC"),
    ],
)  # fmt: skip
def test_a_wish_is_understood_however_it_is_written(text: str, target: Target, wish: CaptureWish) -> None:
    """The order of a sentence is nobody's concern in an outage."""
    assert parse(text) == Wanted(target, wish)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("", "Say whose packets", id="nothing"),
        pytest.param("for 60s", "Say whose packets", id="no target"),
        pytest.param("10.0.0.300", "not an IPv4 address", id="no address"),
        pytest.param("10.0.0.0/24", "is a network", id="a network"),
        pytest.param("fe80::1", "IPv6", id="IPv6"),
        pytest.param("10.0.0.5 for 0s", "0s is no time to capture in", id="0 s"),
        pytest.param("10.0.0.5 for -5s", "-5s is no time to capture in", id="negative"),
        pytest.param("10.0.0.5 for 10h", "10 minutes at most", id="10 h"),
        pytest.param("10.0.0.5 for 10 hours", "10 minutes at most", id="10 hours"),
        pytest.param("10.0.0.5 for 0.2s", "too short", id="a fifth of a second"),
        pytest.param("10.0.0.5 for 60", "`for 60s` or `for 60m`", id="no unit"),
        pytest.param("10.0.0.5 for 60 parsecs", "`60 parsecs` is no time", id="another unit apart"),
        pytest.param("10.0.0.5 for 60parsecs", "is no time", id="another unit"),
        pytest.param("10.0.0.5 for soon", "is no time", id="no number"),
        pytest.param("10.0.0.5 for", "`for` needs a time", id="nothing behind it"),
        pytest.param("10.0.0.5 for arp", "`for` needs a time", id="a word behind it"),
        pytest.param("10.0.0.5 for 1m for 2m", "`for` can stand there once", id="two times"),
        pytest.param("10.0.0.5 ftp", "I do not know what `ftp` means", id="unknown word"),
        pytest.param("10.0.0.5 -w /tmp/x", "no", id="a flag"),
        pytest.param("10.0.0.5 tcp port 80", "none is called with your words", id="a raw filter"),
        pytest.param("10.0.0.5 arp and icmp", "none is called with your words", id="a filter's and"),
        pytest.param("10.0.0.5 all ether[0]&1!=0", "none is called with your words", id="a filter's expression"),
        pytest.param("app05 -i eth0", "none is called with your words", id="a flag behind a name"),
        pytest.param("-i eth0", "none is called with your words", id="only a flag"),
        pytest.param("app05; reboot", "none is called with your words|neither an address", id="a shell's semicolon"),
        pytest.param("10.0.0.5 10.0.0.6", "`host 10.0.0.6`", id="two targets"),
        pytest.param("10.0.0.5 for 10s 10.0.0.6", "`host 10.0.0.6`", id="two targets, apart"),
        pytest.param("10.0.0.5 arp port 443", "ARP and ICMP have no port", id="a port of ARP"),
        pytest.param("10.0.0.5 port 0", "from 1 to 65535", id="port 0"),
        pytest.param("10.0.0.5 port https", "from 1 to 65535", id="a named port"),
        pytest.param("10.0.0.5 vlan 5000", "from 1 to 4094", id="VLAN 5000"),
        pytest.param("10.0.0.5 peer 10.0.0.5", "is the target itself", id="peer is the target"),
        pytest.param("10.0.0.5 peer app07", "no IPv4 address", id="peer by name"),
        pytest.param("10.0.0.5 peer 224.0.0.1", "multicast group", id="peer is a group"),
        pytest.param("10.0.0.5 peer 10.0.0.7 host 10.0.0.7", "name it once", id="peer is a host"),
        pytest.param("10.0.0.5 host " + ",".join(f"10.0.1.{n}" for n in range(1, 40)), "39 further hosts", id="hosts"),
        pytest.param("10.0.0.5 at " + ",".join(f"a{n}" for n in range(9)), "9 vantages", id="too many vantages"),
        pytest.param("10.0.0.5 at ,", "`at` needs the name", id="no vantage"),
        pytest.param("x" * 5000, "5,000 characters", id="5,000 characters"),
    ],
)
def test_every_mistake_gets_a_sentence_that_says_what_would_be_right(text: str, says: str) -> None:
    """Nothing is guessed and nothing is passed on: a wrong word would capture other people's packets."""
    with pytest.raises(RequestError, match=says) as refusal:
        parse(text)
    assert len(str(refusal.value)) < 500
    assert str(refusal.value)[-1] in ".)"


@given(st.text(max_size=200))
def test_whatever_is_typed_gets_a_wish_or_a_sentence(text: str) -> None:
    """No input is a bug."""
    with suppress(RequestError):
        wanted = parse(text)
        assert 1 <= wanted.wish.duration_s <= wishing.MOST_S


WISHES = st.builds(
    CaptureWish,
    st.integers(1, 600).map(float),
    st.sampled_from([(Traffic.ARP, Traffic.ICMP), (Traffic.ARP,), (Traffic.ICMP,), (Traffic.ALL,)]),
    st.sampled_from([(), ("prod-1",), ("prod", "office-1")]),
    st.sampled_from([(), (OTHER,)]),
    st.sampled_from([None, PEER]),
    st.none(),
    st.sampled_from([None, 1, 4094]),
)


@given(WISHES)
def test_a_wish_said_again_in_its_own_words_is_the_same(wish: CaptureWish) -> None:
    """What the audit keeps as understood can be typed to get it once more."""
    wanted = Wanted(TARGET, wish)
    assert parse(str(wanted)) == wanted
    ported = Wanted(TARGET, replace(wish, traffic=(Traffic.ALL,), port=443))
    assert parse(str(ported)) == ported


def test_a_filled_form_is_the_same_wish() -> None:
    """Two doors, one meaning."""
    fields = {
        "target": " 10.0.0.5 ", "for": "60", "traffic": "all", "at": "prod-1, office-1", "peer": "10.0.0.7",
        "host": "10.0.0.8 10.0.0.9", "port": "443", "vlan": "",
    }  # fmt: skip
    text = "10.0.0.5 for 60s at prod-1,office-1 peer 10.0.0.7 host 10.0.0.8,10.0.0.9 port 443"
    assert read(fields) == parse(text)
    assert read({"target": "app05", "for": "2 min"}) == parse("app05 for 2m")


def test_each_mistake_in_a_form_stands_beside_its_own_field() -> None:
    """Whoever corrects one must not find the next only then."""
    with pytest.raises(FormError) as refusal:
        read({"target": "10.0.0.300", "for": "36000", "port": "99999", "vlan": "0", "peer": "x"})
    assert set(refusal.value.errors) == {"target", "for", "port", "vlan", "peer"}
    assert "10 minutes at most" in refusal.value.errors["for"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        pytest.param({"target": "10.0.0.5", "peer": "10.0.0.5"}, "peer", id="peer is the target"),
        pytest.param({"target": "10.0.0.5", "traffic": "arp", "port": "80"}, "port", id="a port of ARP"),
        pytest.param({"target": ""}, "target", id="empty"),
    ],
)
def test_two_fields_that_do_not_go_together_are_told_beside_one(fields: dict[str, str], field: str) -> None:
    """Slack shows an error only beside an input."""
    with pytest.raises(FormError) as refusal:
        read(fields)
    assert list(refusal.value.errors) == [field]
