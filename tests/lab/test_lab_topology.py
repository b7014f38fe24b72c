"""What the lab is made of, before anything is built."""

from bot.model.cause import Side
from deploy.lab.faults import DEMO, FAULTS
from deploy.lab.topology import topology


def test_the_same_seed_gives_the_same_lab_and_another_seed_other_macs() -> None:
    """A case that was recorded can be recorded again."""
    assert topology(7) == topology(7)
    assert topology(7).vms[0].nics[0].mac != topology(8).vms[0].nics[0].mac


def test_odd_vms_alone_have_a_clustering_agent_and_alone_stand_on_cluster_a() -> None:
    """Cluster and guest software split the VMs alike: the trap that the incident was."""
    built = topology()
    for vm in built.vms:
        odd = int(vm.name[-2:]) % 2 == 1
        assert vm.clustered is odd
        assert (built.host(vm.host).cluster == "cluster-a") is odd


def test_every_vm_has_a_neighbour_on_its_host() -> None:
    """Without one, a fault of the host cannot be told from a fault of the VM."""
    hosts = [vm.host for vm in topology().vms]
    assert all(hosts.count(host.name) >= 2 for host in topology().hosts)


def test_no_mac_and_no_address_is_given_twice() -> None:
    """Every duplicate in the lab is a staged one."""
    built = topology()
    addresses = [
        *(vm.address for vm in built.vms),
        *(host.vmk for host in built.hosts),
        *(agent.address for agent in built.agents),
        *(segment.gateway for segment in built.segments),
    ]
    macs = [
        *(nic.mac for vm in built.vms for nic in vm.nics),
        *(mac for host in built.hosts for mac in (host.vmk_mac, host.uplink_mac)),
        *(agent.mac for agent in built.agents),
        *(segment.gateway_mac for segment in built.segments),
    ]
    assert len(set(addresses)) == len(addresses)
    assert len(set(macs)) == len(macs)


def test_the_demonstration_shows_each_of_its_faults_on_a_vm_that_can_have_it() -> None:
    """Every side and a healthy address are shown, each on a VM of its own."""
    assert set(DEMO.values()) <= set(FAULTS)
    assert len(set(DEMO.values())) == len(DEMO)
    assert {FAULTS[fault].side for fault in DEMO.values()} == {*Side, None}
    clustered = {vm.name: vm.clustered for vm in topology().vms}
    assert clustered[next(vm for vm, fault in DEMO.items() if fault == "crashed_agent")]
