"""The switch has the VM's MAC on the wrong port: broadcasts arrive, frames to the VM do not."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.topology import Vm


def _apply(fabric: Fabric, vm: Vm, _rng: Random) -> None:
    fabric.tamper_at_switch(vm.host, vm.segment, lost=1.0, inward=True, unicast=True)


FAULT = Fault(
    id="switch_loses_unicast",
    side=Side.NETWORK,
    acceptable=(
        Side.NETWORK,
        Side.GUEST,
        Side.HYPERVISOR,
    ),
    cause="network.table_kept_old_entry",
    grade=Grade.UNDECIDED,
    origin="a static entry in the switch's MAC table",
    residual="the same",
    symptom="ARP by broadcast is answered, nothing else is",
    apply=_apply,
    settled_by=("switch_fdb", "wrong_port"),
)
