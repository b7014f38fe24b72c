"""Is the blade well that the target's host is, as UCS Manager sees it, and do its vNICs have a link there?

That a vNIC has no link decides nothing by itself: a host that shuts its vmnic looks the same as a fabric that does.
Source: Cisco UCS Manager's model, computeItem.operState and adaptorHostEthIf.linkState.
"""

from collections.abc import Iterator

from bot.findings.fabric_troubles import fault_text, severe
from bot.findings.fabrics import answer, legs, of, servers
from bot.findings.surrounding import Hit
from bot.model.finding import Evidence, Finding
from bot.model.ucs import Fault

UNHEALTHY = "fabric.blade.unhealthy"
NO_LINK = "fabric.vnic.no_link"

_WELL = (None, "ok", "config", "unassociated", "indeterminate", "operable", "unknown")
_OF_THE_BLADE = ("equipment", "environmental", "server")
_NO_LINK = ("down", "error", "offline", "unavailable")


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """The state of the server and its own faults, and the links of its vNICs that the target may use."""
    target = evidence.target
    found = servers(evidence)
    every = legs(evidence)
    return (
        answer(evidence, UNHEALTHY, [*_states(evidence), *_faults(evidence)],
               f"UCS Manager calls the server of {target} healthy.",
               "computeBlade", "computeRackUnit", "faultInst", known=bool(found)),
        answer(evidence, NO_LINK, list(_links(evidence)),
               f"Each vNIC that {target} may use has a link in UCS Manager's eyes.", "adaptorHostEthIf",
               known=bool(every) and all(leg.interface and leg.interface.link for leg in every)),
    )  # fmt: skip


def _states(evidence: Evidence) -> Iterator[Hit]:
    for server, seen, leg in servers(evidence):
        wrong = [state for state in (server.state, server.operability) if state not in _WELL]
        if wrong:
            yield f"The server {server.dn} of {seen.domain}, which is host {leg.host}, is {wrong[0]}.", seen


def _faults(evidence: Evidence) -> Iterator[Hit]:
    for server, of_server, leg in servers(evidence):
        for fault, seen in of(evidence, Fault):
            mine = seen.domain == of_server.domain and f"{fault.on}/".startswith(f"{server.dn}/")
            if mine and severe(fault) and fault.kind in _OF_THE_BLADE:
                yield f"UCS Manager {seen.domain} has {fault_text(fault)}; that server is host {leg.host}.", seen


def _links(evidence: Evidence) -> Iterator[Hit]:
    for leg in legs(evidence):
        if leg.interface and leg.interface.link in _NO_LINK:
            over = f" over fabric {leg.fabric}" if leg.fabric else ""
            says = f"The vNIC of {leg.device} of host {leg.host}{over} has the link state {leg.interface.link}."
            yield says, leg.seen[0]
