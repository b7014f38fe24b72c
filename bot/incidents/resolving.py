"""From a name or MAC to the address that a check, a capture or a watch is about: the vCenters say it."""

from ipaddress import IPv4Address

from bot.errors import RequestError
from bot.incidents import planning
from bot.incidents.folds import gaps
from bot.incidents.planning import Known
from bot.model.incident import Incident
from bot.model.job import Job
from bot.model.observation import GuestRowFound, NicFound, Observation, VcenterAnswered, VmFound


def jobs(incident: Incident, known: Known) -> tuple[Job, ...]:
    """The look-ups.

    Raises:
        RequestError: there is no vCenter.
    """
    target = incident.request.target
    if not known.vcenters:
        raise RequestError(
            f"{target} is not an IPv4 address, and no vCenter is configured that could know it; "
            "ask for an address, for example `/arpcheck 10.0.0.5`."
        )
    return planning.plan_look_up(incident.id, target, known=known)


def resolved(incident: Incident, seen: tuple[Observation, ...]) -> IPv4Address:
    """The one address that they gave.

    Raises:
        RequestError: they gave none, or several, or know no such machine, or several.
    """
    target = incident.request.target
    vms = {o.vm: o.name for o in seen if isinstance(o, VmFound)}
    rows = [o for o in seen if isinstance(o, NicFound | GuestRowFound) and target.mac in (None, o.mac)]
    addresses = sorted({address for row in rows for address in row.addresses})
    if not vms:
        whom = f"named {target.name}" if target.name else f"with MAC {target.mac}"
        answered = any(isinstance(observation, VcenterAnswered) for observation in seen)
        said = f"No vCenter knows a VM {whom}" if answered else f"No vCenter could be asked for a VM {whom}"
        raise RequestError(" ".join((f"{said}; give an IPv4 address, for example 10.0.0.5.", *gaps(incident))))
    if len(vms) > 1:
        raise RequestError(
            f"{len(vms)} VMs match {target}: {', '.join(sorted(vms.values()))}; ask for one of their addresses."
        )
    name = next(iter(vms.values()))
    if not addresses:
        raise RequestError(f"vCenter knows {name} but no address of it (VMware Tools report none); give the address.")
    if len(addresses) > 1:
        raise RequestError(f"{name} has {len(addresses)} addresses: {', '.join(map(str, addresses))}; ask for one.")
    return addresses[0]
