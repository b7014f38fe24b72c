"""What a UCS Manager would tell of the lab: its hosts as blades, and its pair of switches as the two interconnects.

The lab's uplinks keep their MACs, so that they are joined with what its vCenter tells as in a real domain.
"""

from deploy.lab.state import LabState
from deploy.lab.ucsm.domain import UPLINKS, Blade, domain
from deploy.lab.ucsm.objects import Objects, checked

_DAMAGES = "fabric_uplink_bad"
_LOST = {"fcs": "9000", "rcv": "9000", "fcsDelta": "250", "rcvDelta": "250"}


def of_lab(state: LabState) -> Objects:
    """The managed objects, with what is wrong in the lab as far as such a manager sees it.

    Raises:
        ValueError: the lab has one uplink for each host, and so no pair of fabrics.
    """
    fabric_of = {one["name"]: one["fabric"] for one in state["network"] if one["fabric"]}
    blades, down = [], set[str]()
    for host in state["hosts"]:
        vnics: dict[str, tuple[str, str]] = {}
        for nic in host["nics"]:
            if nic["switch"] in fabric_of:
                vnics[f"eth{len(vnics)}"] = nic["mac"], str(fabric_of[nic["switch"]])
                down |= set() if nic["link_up"] else {nic["mac"].upper()}
        blades.append(Blade(host["name"], vnics))
    if not fabric_of:
        raise ValueError("this lab has no pair of fabrics; start it with two uplinks for each host")
    damaging = {f"sys/switch-B/slot-1/switch-ether/port-{UPLINKS[0]}/err-stats"} if _staged(state, _DAMAGES) else set()
    objects = {kind: [dict(one) for one in members] for kind, members in domain(blades).items()}
    for interface in objects["adaptorHostEthIf"]:
        interface["linkState"] = "down" if interface["mac"] in down else "up"
    for counted in objects["etherErrStats"]:
        counted.update(_LOST if counted["dn"] in damaging else {})
    return checked(objects)


def _staged(state: LabState, fault: str) -> bool:
    return any(one["fault"] == fault for one in state["faults"])
