"""What a person typed, as a target; every mistake gets one sentence that says what would be right."""

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Address

from bot.errors import RequestError
from bot.model.addresses import parse_mac
from bot.model.request import Target

COMMAND = "arpcheck"
EXAMPLE = "for example `/arpcheck 10.0.0.5`"
USAGE = (
    f"Say what to check: an IPv4 address, a VM name or a MAC address, {EXAMPLE}. "
    "Add `deep` to listen longer: `/arpcheck 10.0.0.5 deep`."
)
_LONGEST = 80  # vCenter allows 80 characters in a VM name; nothing that can be asked for is longer
_LINKED = re.compile(r"<(?:https?://)?[^|>]*\|([^>]+)>|<https?://([^>]+)>")  # how Slack writes a recognised address
_DOTTED = re.compile(r"[0-9.]+")


@dataclass(frozen=True, slots=True)
class Question:
    """A target and how hard to look."""

    target: Target
    deep: bool


def parse(text: str) -> Question:
    """The question in what follows the command.

    Raises:
        RequestError: the text names nothing that can be checked; its message is the reply.
    """
    if len(text) > 4 * _LONGEST:
        raise RequestError(f"That is {len(text):,} characters; one address or VM name is enough, {EXAMPLE}.")
    words = _LINKED.sub(lambda link: link[1] or link[2], text).replace("`", " ").split()
    deep = any(word.lower() == "deep" for word in words)
    said = " ".join(word for word in words if word.lower() != "deep")
    if not said:
        raise RequestError(USAGE)
    if len(said) > _LONGEST:
        raise RequestError(f"That is {len(said)} characters, and no VM name is longer than {_LONGEST}; {USAGE}")
    return Question(_target(said), deep)


def _target(said: str) -> Target:
    try:
        return Target(mac=parse_mac(said))
    except ValueError:
        pass
    if "/" in said:
        raise RequestError(_why_no_network(said))
    if ":" in said:
        raise RequestError(_why_no_ipv6(said))
    if _DOTTED.fullmatch(said):
        return Target(address=_host(said))
    if not said.isprintable() or set(said) & set("<>&|\\\"'$;"):
        raise RequestError(f"That is neither an address nor a VM name. {USAGE}")
    return Target(name=said)


def _host(said: str) -> IPv4Address:
    try:
        address = IPv4Address(said)
    except AddressValueError:
        raise RequestError(
            f"{said} is not an IPv4 address: it takes four numbers from 0 to 255 without leading zeros, {EXAMPLE}."
        ) from None
    for wrong, what in (
        (address.is_loopback, "a loopback address, which never leaves its own machine"),
        (address.is_multicast, "a multicast group, which no single machine owns"),
        (address.is_unspecified, "no machine's address"),
        (address.is_reserved, "a reserved or broadcast address"),
    ):
        if wrong:
            raise RequestError(f"{address} is {what}; ask for one machine's address, {EXAMPLE}.")
    return address


def _why_no_network(said: str) -> str:
    try:
        network = IPv4Network(said, strict=False)
    except ValueError:
        return f"{said} is neither an address nor a network. {USAGE}"
    return f"{network} is a network; ask for one address in it, {EXAMPLE}."


def _why_no_ipv6(said: str) -> str:
    try:
        IPv6Address(said)
    except AddressValueError:
        return f"{said} is neither an IPv4 address nor a MAC such as 00:50:56:12:34:56. {USAGE}"
    return f"{said} is an IPv6 address, and ARP speaks only for IPv4; ask for the machine's IPv4 address, {EXAMPLE}."
