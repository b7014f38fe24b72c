"""What a person typed, as a target; every mistake gets one sentence that says what would be right."""

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Address

from bot.errors import RequestError
from bot.model.addresses import can_own, parse_mac
from bot.model.request import CAPTURE, CHECK, LOOK_UP, REACH, TRACE, WATCH, Target

_LONGEST = 80  # vCenter allows 80 characters in a VM name; nothing that can be asked for is longer
_LINKED = re.compile(r"<(?:https?://)?[^|>]*\|([^>]+)>|<https?://([^>]+)>")  # how Slack writes a recognised address
_DOTTED = re.compile(r"[0-9.]+")
_IPV6 = {
    CAPTURE: "and captures are asked for by IPv4 address; give the machine's IPv4 address",
    CHECK: "and ARP speaks only for IPv4; ask for the machine's IPv4 address",
    LOOK_UP: "and vCenter is asked for IPv4 addresses; ask for the machine's IPv4 address, its name or its MAC",
    TRACE: "and ARP tables hold only IPv4; ask for the machine's IPv4 address",
    WATCH: "and ARP speaks only for IPv4; ask for the machine's IPv4 address",
}
_ALONE = {LOOK_UP: "A look-up takes one address", TRACE: "This takes one address", WATCH: "A watch takes one address"}
"""Commands that know no options."""


@dataclass(frozen=True, slots=True)
class Question:
    """A target and how hard to look."""

    target: Target
    deep: bool


def usage(command: str = CHECK) -> str:
    """What can follow the command, in a sentence or two."""
    if command == LOOK_UP:
        return f"Say whom to look up: an IPv4 address, a VM name or a MAC address, {_example(command)}."
    if command == CAPTURE:
        return (
            f"Say whose packets to capture: an IPv4 address, a VM name or a MAC address, {_example(command)}. "
            f"More can follow: `/{CAPTURE} 10.0.0.5 for 60s arp at VANTAGE peer 10.0.0.7 vlan 20`."
        )
    if command == WATCH:
        return (
            f"Say what to watch: an IPv4 address, a VM name or a MAC address, {_example(command)}, and for how long: "
            f"`/{WATCH} 10.0.0.5 for 10m`."
        )
    if command == REACH:
        return f"Say which machines to compare, for example `/{REACH} app01 app02 10.0.0.5`."
    if command == TRACE:
        return f"Say whose entries to compare: an IPv4 address, a VM name or a MAC address, {_example(command)}."
    return (
        f"Say what to check: an IPv4 address, a VM name or a MAC address, {_example(command)}. "
        f"Add `deep` to listen longer: `/{CHECK} 10.0.0.5 deep`."
    )


def parse(text: str, command: str = CHECK) -> Question:
    """The question in what follows the command.

    Raises:
        RequestError: the text names nothing that can be asked for; its message is the reply.
    """
    if len(text) > 4 * _LONGEST:
        raise RequestError(f"That is {len(text):,} characters; one address or VM name is enough, {_example(command)}.")
    words = words_of(text)
    deep = command == CHECK and any(word.lower() == "deep" for word in words)
    said = " ".join(word for word in words if not deep or word.lower() != "deep")
    if not said:
        raise RequestError(usage(command))
    if len(said) > _LONGEST:
        raise RequestError(
            f"That is {len(said)} characters, and no VM name is longer than {_LONGEST}; {usage(command)}"
        )
    return Question(_target(said, command), deep)


def words_of(text: str) -> list[str]:
    """The words as they were typed, without what Slack makes of an address that it recognises."""
    return _LINKED.sub(lambda link: link[1] or link[2], text).replace("`", " ").split()


def _example(command: str) -> str:
    return f"for example `/{command} 10.0.0.5`"


def _target(said: str, command: str) -> Target:
    try:
        mac = parse_mac(said)
    except ValueError:
        pass
    else:
        if can_own(mac):
            return Target(mac=mac)
        raise RequestError(
            f"{mac} is a group's MAC or none, which no machine owns; ask for one's, {_example(command)}."
        )
    if "/" in said:
        raise RequestError(_why_no_network(said, command))
    if ":" in said:
        raise RequestError(_why_no_ipv6(said, command))
    if _DOTTED.fullmatch(said):
        return Target(address=host(said, command))
    if not said.isprintable() or set(said) & set("<>&|\\\"'$;"):
        raise RequestError(f"That is neither an address nor a VM name. {usage(command)}")
    first, *options = said.split()
    options = [word for word in options if _DOTTED.fullmatch(word) or word.lower() == "deep"]
    if command in _ALONE and options and _DOTTED.fullmatch(first):  # else such a name would be looked for in earnest
        raise RequestError(f"{_ALONE[command]} and nothing such as {options[0]}, {_example(command)}.")
    return Target(name=said)


def host(said: str, command: str) -> IPv4Address:
    """One machine's address.

    Raises:
        RequestError: it is none.
    """
    try:
        address = IPv4Address(said)
    except AddressValueError:
        raise RequestError(
            f"{said} is not an IPv4 address: it takes four numbers from 0 to 255 without leading zeros, "
            f"{_example(command)}."
        ) from None
    for wrong, what in (
        (address.is_loopback, "a loopback address, which never leaves its own machine"),
        (address.is_multicast, "a multicast group, which no single machine owns"),
        (address.is_unspecified, "no machine's address"),
        (address.is_reserved, "a reserved or broadcast address"),
    ):
        if wrong:
            raise RequestError(f"{address} is {what}; ask for one machine's address, {_example(command)}.")
    return address


def _why_no_network(said: str, command: str) -> str:
    try:
        network = IPv4Network(said, strict=False)
    except ValueError:
        return f"{said} is neither an address nor a network. {usage(command)}"
    return f"{network} is a network; ask for one address in it, {_example(command)}."


def _why_no_ipv6(said: str, command: str) -> str:
    try:
        IPv6Address(said)
    except AddressValueError:
        return f"{said} is neither an IPv4 address nor a MAC such as 00:50:56:12:34:56. {usage(command)}"
    return f"{said} is an IPv6 address, {_IPV6[command]}, {_example(command)}."
