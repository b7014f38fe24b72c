"""A cable leads back to its own switch, so that what everybody is told comes back."""

from random import Random

from bot.model.cause import Side
from bot.model.verdict import Grade
from deploy.lab.fabric import Fabric
from deploy.lab.faults.fault import Fault
from deploy.lab.guests import Loop
from deploy.lab.topology import BROTHER, Macs, Vm


def _apply(fabric: Fabric, vm: Vm, rng: Random) -> None:
    address = fabric.topology.segment(vm.segment).network[78]
    hub = fabric.add_device(f"hub-{vm.name}", vm.segment, address, Macs(rng).physical(BROTHER))
    fabric.run(hub.name, Loop("eth0", transit_ms=rng.uniform(5.0, 15.0), rounds=3))


FAULT = Fault(
    id="switch_loop",
    side=Side.NETWORK,
    acceptable=(Side.NETWORK,),
    cause="network.storm",
    grade=Grade.LIKELY,
    origin="a small switch in an office, plugged in twice",
    residual="MAC tables hold whoever asks on the port of the loop, until they age or it speaks again",
    symptom="answers go astray, for everybody on the segment",
    apply=_apply,
)
