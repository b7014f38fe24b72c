"""The VM's port on the virtual switch is blocked."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.topology import Vm


def _apply(fabric: Fabric, vm: Vm, _rng: Random) -> None:
    fabric.tamper_at_port(vm, lost=1.0)
    fabric.blocked.add(vm.nics[0].mac)


FAULT = Fault(
    id="port_blocked",
    side=Side.HYPERVISOR,
    acceptable=(
        Side.HYPERVISOR,
        Side.NETWORK,
        Side.GUEST,
    ),
    cause="hypervisor.policy_rejects_mac",
    grade=Grade.LIKELY,
    origin="the distributed port's blocked flag",
    residual=None,
    symptom="nothing answers at the address",
    apply=_apply,
)
