"""What people type, and the one sentence that a mistake gets."""

from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import RequestError
from bot.incidents.asking import Question, parse
from bot.model.addresses import Mac
from bot.model.request import IN_WORDS, LOOK_UP, TRACE, Target


@pytest.mark.parametrize(
    ("text", "target", "deep"),
    [
        pytest.param("10.0.0.5", Target(address=IPv4Address("10.0.0.5")), False, id="address"),
        pytest.param("  `10.0.0.5`  deep", Target(address=IPv4Address("10.0.0.5")), True, id="code span and deep"),
        pytest.param(
            "<http://10.0.0.5|10.0.0.5>", Target(address=IPv4Address("10.0.0.5")), False, id="linked by Slack"
        ),
        pytest.param("00:50:56:AA:00:01", Target(mac=Mac("00:50:56:aa:00:01")), False, id="MAC, Linux form"),
        pytest.param("0050.56aa.0001", Target(mac=Mac("00:50:56:aa:00:01")), False, id="MAC, Cisco form"),
        pytest.param("app05", Target(name="app05"), False, id="VM name"),
        pytest.param("SQL Server (prod)", Target(name="SQL Server (prod)"), False, id="VM name with blanks"),
        pytest.param("<http://db.example.net|db.example.net>", Target(name="db.example.net"), False, id="linked name"),
    ],
)
def test_a_target_is_understood_however_it_is_written(text: str, target: Target, deep: bool) -> None:
    """People paste from consoles, switches and Slack itself."""
    question = parse(text)
    assert (question.target, question.deep) == (target, deep)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("", "Say what to check", id="nothing"),
        pytest.param("deep", "Say what to check", id="only an option"),
        pytest.param("10.0.0.300", "10.0.0.300 is not an IPv4 address", id="number over 255"),
        pytest.param("10.0.0", "10.0.0 is not an IPv4 address", id="three numbers"),
        pytest.param("010.0.0.5", "without leading zeros", id="leading zero"),
        pytest.param("10.0.0.0/24", "10.0.0.0/24 is a network", id="network"),
        pytest.param("10.0.0.5/24", "10.0.0.0/24 is a network", id="address with prefix"),
        pytest.param("a/b", "neither an address nor a network", id="slash"),
        pytest.param("fe80::1", "fe80::1 is an IPv6 address", id="IPv6"),
        pytest.param("00:50:56:aa:00", "neither an IPv4 address nor a MAC", id="short MAC"),
        pytest.param("01:00:5e:00:00:fb", "a group's MAC", id="multicast MAC"),
        pytest.param("127.0.0.1", "loopback", id="loopback"),
        pytest.param("224.0.0.251", "multicast", id="multicast"),
        pytest.param("255.255.255.255", "reserved or broadcast", id="broadcast"),
        pytest.param("0.0.0.0", "no machine's address", id="unspecified"),
        pytest.param("x" * 5000, "5,000 characters", id="5,000 characters"),
        pytest.param("x" * 81, "81 characters", id="longer than a VM name"),
        pytest.param("<!channel>", "neither an address nor a VM name", id="a broadcast mention"),
        pytest.param("$(reboot)", "neither an address nor a VM name", id="shell"),
    ],
)
def test_a_mistake_gets_one_sentence_that_shows_what_is_right(text: str, says: str) -> None:
    """At three in the morning nobody reads a manual."""
    with pytest.raises(RequestError) as refused:
        parse(text)
    assert says in str(refused.value)
    assert "10.0.0.5" in str(refused.value), "every refusal shows a right example"


@pytest.mark.parametrize(
    ("text", "target"),
    [
        pytest.param("10.0.0.5", Target(address=IPv4Address("10.0.0.5")), id="address"),
        pytest.param("0050.56AA.0001", Target(mac=Mac("00:50:56:aa:00:01")), id="MAC"),
        pytest.param("app05", Target(name="app05"), id="VM name"),
        pytest.param("deep freeze", Target(name="deep freeze"), id="VM name with a word that is an option elsewhere"),
    ],
)
def test_a_look_up_is_understood_in_the_same_words(text: str, target: Target) -> None:
    """Whoever can type one command can type the other."""
    assert parse(text, LOOK_UP) == Question(target, deep=False)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("", "Say whom to look up", id="nothing"),
        pytest.param("10.0.0.300", "10.0.0.300 is not an IPv4 address", id="number over 255"),
        pytest.param("10.0.0.5/24", "10.0.0.0/24 is a network", id="network"),
        pytest.param("fe80::1", "vCenter is asked for IPv4 addresses", id="IPv6"),
        pytest.param("10.0.0.5 deep", "takes one address and nothing such as deep", id="another command's option"),
        pytest.param("10.0.0.5 10.0.0.6", "takes one address and nothing such as 10.0.0.6", id="two addresses"),
        pytest.param("ff:ff:ff:ff:ff:ff", "a group's MAC", id="broadcast MAC"),
        pytest.param("00:00:00:00:00:00", "a group's MAC or none", id="zero MAC"),
        pytest.param("<!channel>", "neither an address nor a VM name", id="a broadcast mention"),
        pytest.param("x" * 5000, "5,000 characters", id="5,000 characters"),
        pytest.param("x" * 81, "81 characters", id="longer than a VM name"),
    ],
)
def test_a_mistake_in_a_look_up_is_answered_with_a_right_look_up(text: str, says: str) -> None:
    """The example can be copied: it is of the command that was typed."""
    with pytest.raises(RequestError) as refused:
        parse(text, LOOK_UP)
    assert says in str(refused.value)
    assert "`/vcenter 10.0.0.5`" in str(refused.value)
    assert "/arpcheck" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("", "Say whose entries to compare", id="nothing"),
        pytest.param("10.0.0.300", "10.0.0.300 is not an IPv4 address", id="number over 255"),
        pytest.param("fe80::1", "ARP tables hold only IPv4", id="IPv6"),
        pytest.param("10.0.0.5 deep", "takes one address and nothing such as deep", id="another command's option"),
        pytest.param("10.0.0.0/24", "10.0.0.0/24 is a network", id="network"),
        pytest.param("<!channel>", "neither an address nor a VM name", id="a broadcast mention"),
    ],
)
def test_a_mistake_about_tables_is_answered_with_a_right_question(text: str, says: str) -> None:
    """The example can be copied: it is of the command that was typed."""
    with pytest.raises(RequestError) as refused:
        parse(text, TRACE)
    assert says in str(refused.value)
    assert "`/arptable 10.0.0.5`" in str(refused.value)
    assert "/arpcheck" not in str(refused.value)


def test_tables_are_asked_about_by_name_and_mac_too() -> None:
    """Whoever can type one command can type the other."""
    assert parse("app05", TRACE) == Question(Target(name="app05"), deep=False)
    assert parse("0050.56AA.0001", TRACE) == Question(Target(mac=Mac("00:50:56:aa:00:01")), deep=False)


@given(st.text(max_size=400), st.sampled_from(IN_WORDS))
def test_no_text_breaks_the_parser(text: str, command: str) -> None:
    """Whatever is typed is either a question or a refusal."""
    try:
        question = parse(text, command)
    except RequestError:
        return
    target = question.target
    assert [target.address, target.name, target.mac].count(None) == 2
