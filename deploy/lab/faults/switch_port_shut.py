"""The switch has shut the port of the host, whose uplink has lost its link."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.topology import Vm


def _apply(fabric: Fabric, vm: Vm, _rng: Random) -> None:
    fabric.shut_port(vm.host)


FAULT = Fault(
    id="switch_port_shut",
    side=Side.NETWORK,
    acceptable=(
        Side.NETWORK,
        Side.HYPERVISOR,
        Side.GUEST,
    ),
    cause="network.switch_faulty",
    grade=Grade.UNDECIDED,
    origin="the switch, which blocks the port by mistake",
    residual=None,
    symptom="nothing on that host answers",
    apply=_apply,
    settled_by=("switch_log_fault", "no_forwarding"),
    tabled=(Grade.LIKELY, "network.path_to_port_broken"),
)
