"""The stories that the product is judged by, each from observations to verdict, with the look-alikes beside them."""

from collections.abc import Callable
from ipaddress import IPv4Address

from bot.model.addresses import Mac
from bot.model.job import Vantage
from tests.bot.story import (
    APP,
    APP_2ND,
    GATEWAY,
    OTHER,
    ROUTER,
    STRANGER,
    TARGET,
    Story,
    story,
    vantage,
)

VRRP = Mac("00:00:5e:00:01:0a")
CONTAINER = Mac("02:42:0a:00:00:05")
FAR_AWAY = IPv4Address("10.9.0.7")
PEERS = {IPv4Address(f"10.0.0.{last}"): Mac(f"00:16:3e:00:01:{last:02x}") for last in (21, 22)}


def healthy() -> Story:
    """One VM, one MAC, every echo back."""
    return (
        story().control().asks(answers=[APP]).asks(probe=True, answers=[APP]).echoes()
        .vm("app05", [APP], addresses=[TARGET]).vcenter()
    )  # fmt: skip


def physical_machine() -> Story:
    """A machine outside vCenter that works: no fault by itself."""
    return story().control().asks(answers=[STRANGER]).asks(probe=True, answers=[STRANGER]).echoes(STRANGER).vcenter()


def crashed_agent() -> Story:
    """Both vNICs of one VM answer every request, and one of them carries nothing."""
    return (
        story().control().echoes(APP).echoes(APP_2ND, lost=range(1, 6))
        .asks(answers=[APP, APP_2ND]).asks(probe=True, answers=[APP, APP_2ND])
        .vm("app05", [APP, APP_2ND], addresses=[TARGET], bond=True).vcenter()
    )  # fmt: skip


def slow_second_answer() -> Story:
    """As the crashed agent, but the second answer comes 0.8 s late, beside the next requests."""
    return (
        story().control().asks(4, answers={APP: 0.0002, APP_2ND: 0.8}).echoes()
        .vm("app05", [APP, APP_2ND], addresses=[TARGET]).vcenter()
    )  # fmt: skip


def one_double_answer() -> Story:
    """Two MACs of one VM answer, but only one request was ever sent."""
    return story().control().asks(1, answers=[APP, APP_2ND]).echoes().vm("app05", [APP, APP_2ND]).vcenter()


def two_vms() -> Story:
    """Two VMs with one address."""
    return (
        story().control().asks(answers=[APP, OTHER]).asks(probe=True, answers=[APP, OTHER]).echoes()
        .vm("app05", [APP], addresses=[TARGET]).vm("app06", [OTHER], addresses=[TARGET]).vcenter()
    )  # fmt: skip


def foreign_device() -> Story:
    """A device that no vCenter knows answers beside the VM."""
    return (
        story().control().asks(answers=[APP, STRANGER]).asks(probe=True, answers=[APP, STRANGER]).echoes()
        .vm("app05", [APP], addresses=[TARGET]).vcenter()
    )  # fmt: skip


def unplugged() -> Story:
    """Nobody answers, the gateway does, and vCenter says the vNIC is disconnected."""
    return (
        story().control().echoes(lost=range(1, 6)).asks(answers=[])
        .vm("app05", [APP], addresses=[TARGET], connected=False).vcenter()
    )  # fmt: skip


def switched_off() -> Story:
    """Nobody answers, and the VM that was asked for is off."""
    return story().control().asks(answers=[]).vm("app05", [APP], on=False).vcenter(names=["App05"])


def unplugged_and_unheard() -> Story:
    """The vNIC is disconnected, says vCenter, but no agent could ask on the segment."""
    return story().vm("app05", [APP], addresses=[TARGET], connected=False).vcenter()


def off_but_answering() -> Story:
    """The VM is off, and a stranger answers for its address."""
    return (
        story().control().asks(answers=[STRANGER]).echoes(STRANGER)
        .vm("app05", [APP], addresses=[TARGET], on=False).vcenter()
    )  # fmt: skip


def vcenter_down_but_well() -> Story:
    """One MAC answers everything, and no vCenter could be asked."""
    return story().control().asks(answers=[APP]).echoes().vcenter_down()


def teaming_with_a_dead_slave() -> Story:
    """Teaming tells each asker one MAC, and what is sent to one of the two is lost: the slave, its port or its path."""
    return balance_alb().echoes(APP_2ND, lost=range(1, 6))


def agent_with_borrowed_mac() -> Story:
    """A guest claims a second MAC in frames sent from the first, and nothing sent to the second comes back."""
    return (
        story().control().asks(answers=[APP]).asks(answers=[APP_2ND], sent_by=APP)
        .echoes(APP).echoes(APP_2ND, lost=range(1, 6))
        .vm("app05", [APP, APP_2ND], addresses=[TARGET]).vcenter()
    )  # fmt: skip


def silent() -> Story:
    """Nobody answers, the gateway does, and vCenter sees nothing wrong."""
    return story().control().asks(answers=[]).vm("app05", [APP], addresses=[TARGET]).vcenter()


def silent_and_unknown() -> Story:
    """Nobody answers, and no vCenter knows whose address it is."""
    return story().control().asks(answers=[]).vcenter()


def deaf_instrument() -> Story:
    """Nobody answers, the gateway neither."""
    return story().silent_control().asks(answers=[]).vm("app05", [APP], addresses=[TARGET]).vcenter()


def losing() -> Story:
    """The target answers ARP, but two of five echoes are lost."""
    return healthy().echoes(lost=(2, 4))


def vcenter_down() -> Story:
    """Two MACs answer, and nobody can say whose they are."""
    return story().control().asks(answers=[APP, APP_2ND]).echoes().vcenter_down()


def vcenter_half_read() -> Story:
    """As the foreign device, but the vCenter could not read everything: the stranger may be a VM."""
    return (
        story().control().asks(answers=[APP, STRANGER]).asks(probe=True, answers=[APP, STRANGER]).echoes()
        .vm("app05", [APP], addresses=[TARGET]).vcenter(complete=False)
    )  # fmt: skip


def container() -> Story:
    """The second MAC is made by software, so it may live inside the VM itself."""
    return (
        story().control().asks(answers=[APP, CONTAINER]).asks(probe=True, answers=[APP, CONTAINER]).echoes()
        .vm("app05", [APP], addresses=[TARGET]).vcenter(macs=[APP, CONTAINER])
    )  # fmt: skip


def balance_alb() -> Story:
    """Healthy NIC teaming: each asker is told one MAC for good."""
    told = story().control().asks(answers=[APP]).echoes()
    for (address, mac), slave in zip(PEERS.items(), (APP, APP_2ND), strict=True):
        told.asks(asker=address, asker_mac=mac, answers=[slave])
    return told.vm("app05", [APP, APP_2ND], addresses=[TARGET]).vcenter()


def balance_alb_with_late_answer() -> Story:
    """Teaming that answers once per request, each time from the other slave and late."""
    told = story().control().echoes()
    for slave in (APP, APP_2ND):
        told.asks(1, answers={slave: 0.75}, gap_s=0.4)
    return told.vm("app05", [APP, APP_2ND], addresses=[TARGET]).vcenter()


def balance_alb_updating() -> Story:
    """The same teaming, heard for long: after its own broadcasts it tells its peers again, in pairs of equal frames."""
    told = story().control().asks(answers=[APP]).echoes().waits(2)
    for _ in range(5):
        told.asks(1, asker=TARGET, asker_mac=APP, wanted=GATEWAY).tells(APP_2ND, copies=2, gap_s=4)
    return told.loops(APP).loops(APP_2ND).vm("app05", [APP, APP_2ND], addresses=[TARGET]).vcenter()


def balance_tlb() -> Story:
    """Teaming that answers with one MAC and balances what it sends."""
    told = story().control().asks(answers=[APP]).echoes().packets([APP]).packets([APP_2ND])
    return told.vm("app05", [APP, APP_2ND], addresses=[TARGET]).vcenter()


def mac_nat() -> Story:
    """A bridge over Wi-Fi repeats each frame, answers to ARP among them, with its own MAC and the TTL unchanged."""
    told = story().control().asks(answers={APP: 0.0002, STRANGER: 0.00021}).echoes().packets([APP, STRANGER])
    return told.vm("app05", [APP], addresses=[TARGET]).vcenter()


def relayed() -> Story:
    """A stranger claims the target again and again and passes on what it gets by it."""
    told = story().control().asks(answers=[APP]).waits(2)
    for _ in range(5):
        told.tells(STRANGER).asks(1, answers=[APP])
    told.packets([APP, STRANGER], lowered=True)
    return told.vm("app05", [APP], addresses=[TARGET]).vcenter()


def damaged_frame() -> Story:
    """One frame with one bit flipped beside a healthy VM."""
    return healthy().asks(answers=[APP]).announces(Mac("00:50:56:aa:00:03"))


def load_balancing_cluster() -> Story:
    """Network Load Balancing: every host answers with the cluster's MAC, in frames of its own."""
    cluster = Mac("02:bf:0a:00:00:05")
    told = story().control()
    for host in ("02:01:0a:00:00:05", "02:02:0a:00:00:05"):
        told.asks(1, answers=[cluster], sent_by=Mac(host))
    return told.echoes(cluster).vm("web1", [APP]).vm("web2", [OTHER]).vcenter(macs=[APP, OTHER, cluster])


def shared_gateway() -> Story:
    """GLBP: one address, a MAC for each asker, in frames from the routers' own MACs, and a hello of the group."""
    one, other = Mac("00:07:b4:00:0a:01"), Mac("00:07:b4:00:0a:02")
    told = story().control().asks(answers=[one], sent_by=ROUTER).hello("GLBP", 10, ROUTER)
    address, mac = next(iter(PEERS.items()))
    told.asks(asker=address, asker_mac=mac, answers=[other], sent_by=STRANGER)
    return told.echoes(one).vcenter(macs=[one, other])


def sleep_proxy() -> Story:
    """A machine went to sleep, and a neighbour answers for it and others meanwhile, as Bonjour sleep proxies do."""
    asleep, proxy = Mac("a4:83:e7:00:00:05"), Mac("a4:83:e7:00:00:09")
    told = story().control().asks(2, answers=[asleep]).announces(proxy).asks(answers=[proxy])
    return told.says_of(IPv4Address("10.0.0.31"), proxy).echoes(proxy).vcenter(macs=[asleep, proxy])


def rebuilt() -> Story:
    """The VM was built anew with another vNIC: the old MAC answered before, and never since."""
    told = story().control().asks(2, answers=[APP]).announces(APP_2ND).asks(answers=[APP_2ND])
    return told.echoes(APP_2ND).vm("app05", [APP_2ND], addresses=[TARGET]).vcenter()


def taken_from_routers() -> Story:
    """A virtual router's address, and a plain MAC that answers for it as well."""
    told = story().control().asks(answers=[VRRP, STRANGER]).echoes(VRRP).hello("VRRP", 10, ROUTER)
    return told.vcenter(macs=[VRRP, STRANGER])


def stale_entry() -> Story:
    """Somebody fell back to an outdated ARP entry, and loses everything by it."""
    return healthy().pinged(APP, sent=2).pinged(OTHER, sent=6, lost=range(1, 7))


def looped() -> Story:
    """What the agent sends to everybody comes back to it, over and over."""
    return healthy().asks(4, answers=[APP], returns=3)


def flooded() -> Story:
    """Hundreds of requests a second, whoever is asked for."""
    told = healthy()
    for number in range(400):
        told.asks(1, asker=GATEWAY, asker_mac=ROUTER, wanted=IPv4Address(int(GATEWAY) + 10 + number % 200), gap_s=0.001)
    return told


def announced_without_end() -> Story:
    """The host announces the VM's MAC hundreds of times within a moment."""
    told = healthy()
    for _ in range(150):
        told.rarp(APP).waits(0.0002)
    return told


def another_router() -> Story:
    """What comes from elsewhere comes by another router since a moment ago."""
    told = healthy().packets([ROUTER], ttl=60, source=FAR_AWAY, destination=TARGET)
    return told.packets([STRANGER], ttl=59, source=FAR_AWAY, destination=TARGET)


def strange_sender() -> Story:
    """Packets of the target come from a MAC that never claims it."""
    return healthy().packets([STRANGER])


def virtual_router() -> Story:
    """A VRRP address: the virtual MAC answers, the routers' own MACs ask in its name."""
    told = story().control().asks(answers=[VRRP]).echoes(VRRP)
    for real in (APP, OTHER):
        told.asks(1, asker=TARGET, asker_mac=real, wanted=GATEWAY)
    return told.vm("fw1", [APP]).vm("fw2", [OTHER]).vcenter(macs=[APP, OTHER, VRRP])


def proxy_without_victim() -> Story:
    """A router answers who-has for the VM too, but no packet is lost."""
    return (
        story().control().asks(answers={APP: 0.0002, STRANGER: 0.2}).asks(probe=True, answers=[APP]).echoes()
        .vm("app05", [APP], addresses=[TARGET]).vcenter()
    )  # fmt: skip


def proxy_with_victim() -> Story:
    """A router answers who-has for the VM too, and what is sent to the router is lost."""
    return proxy_without_victim().echoes(ROUTER).echoes(STRANGER, lost=range(1, 6))


def router_answers_for_nobody() -> Story:
    """A router answers for an address that no VM has."""
    return story().control().asks(answers=[ROUTER]).asks(probe=True).vcenter()


def probes_of_others() -> Story:
    """Somebody else probes for the address before taking it (RFC 5227): that is no claim."""
    return healthy().asks(probe=True, asker_mac=STRANGER, answers=[APP])


def two_vlans() -> Story:
    """Two networks use the same address; a trunk port shows both."""
    told = story().control().on_vlan(10).asks(answers=[APP]).echoes()
    told.on_vlan(20).asks(2, asker=GATEWAY, asker_mac=ROUTER, answers=[OTHER])
    return (
        told.vm("app05", [APP], addresses=[TARGET], network="v10")
        .vm("lab05", [OTHER], addresses=[TARGET], network="v20")
        .vcenter()
    )


def dropped_frames() -> Story:
    """Two more answers than requests, but just as many frames were lost."""
    return story().loses(9).control().asks(answers=[APP, APP_2ND]).vm("app05", [APP, APP_2ND]).vcenter()


def vmotion() -> Story:
    """The VM moved to another host and works."""
    return healthy().rarp(APP).rarp(APP)


def planned_move() -> Story:
    """The address moved once from one VM to another, with an announcement."""
    return (
        story().control().asks(answers=[APP]).announces(OTHER).asks(answers=[OTHER]).echoes(OTHER)
        .vm("app05", [APP]).vm("app06", [OTHER], addresses=[TARGET]).vcenter()
    )  # fmt: skip


def failed_over() -> Story:
    """The VM asked for is off, and another one answers."""
    return (
        story().control().asks(answers=[OTHER]).echoes(OTHER)
        .vm("app05", [APP], on=False).vm("app06", [OTHER], addresses=[]).vcenter(names=["app05"])
    )  # fmt: skip


def host_interface() -> Story:
    """An ESXi host uses the VM's address."""
    return (
        story().control().asks(answers=[APP, STRANGER]).echoes()
        .vm("app05", [APP], addresses=[TARGET]).host_nic(STRANGER).vcenter()
    )  # fmt: skip


def routed_loss() -> Story:
    """On its own segment all is well; from another one nothing comes back."""
    told = healthy().at(vantage("dc2-a", "dc2-front", prefix="10.2.0.0/24")).control()
    return told.echoes(ROUTER, lost=range(1, 6))


def half_deaf() -> Story:
    """One vantage on the segment hears the target, the other does not."""
    return healthy().at(vantage("dc1-b", last=251)).control().asks(answers=[])


def mirror_port() -> Story:
    """A mirror port shows every frame twice; teaming answers each request from another slave."""
    told = story().control().asks(1, answers=[APP], copies=2).asks(1, answers=[APP_2ND], copies=2).echoes()
    return told.vm("app05", [APP, APP_2ND], addresses=[TARGET]).vcenter()


def one_mutated_frame() -> Story:
    """A MAC was seen in a single frame, next to a healthy VM."""
    return healthy().announces(STRANGER)


def thief() -> Story:
    """A program in another VM announces the address again and again, and the owner goes on answering."""
    told = story().control()
    for _ in range(5):
        told.announces(OTHER).asks(1, answers=[APP])
    return told.echoes(APP).vm("app05", [APP], addresses=[TARGET]).vm("app06", [OTHER]).vcenter()


def doubled() -> Story:
    """Every answer of the VM comes twice, the gateway's once."""
    return story().control().asks(4, answers=[APP], copies=2).echoes().vm("app05", [APP], addresses=[TARGET]).vcenter()


def narrow_netmask() -> Story:
    """The guest answers only probes: everybody else is a stranger to it."""
    told = story().control().asks(3, answers=[]).asks(3, probe=True, answers=[APP]).echoes(APP, lost=range(1, 6))
    return told.vm("app05", [APP], addresses=[TARGET]).vcenter()


def address_gone() -> Story:
    """The agent's table still knows whose the address was; inside the guest it is gone."""
    return story().held(APP).control().asks(answers=[]).vm("app05", [APP], inside=APP).vcenter()


def other_mac_inside() -> Story:
    """The guest uses a MAC that is not its vNIC's, and nobody hears it."""
    return story().control().asks(answers=[]).vm("app05", [APP], addresses=[TARGET], inside=STRANGER).vcenter()


def other_mac_rejected() -> Story:
    """The guest uses a MAC that is not its vNIC's, the port group rejects such MACs, and nobody hears it."""
    return (
        story().control().asks(answers=[])
        .vm("app05", [APP], addresses=[TARGET], inside=STRANGER, foreign_macs=False).vcenter()
    )  # fmt: skip


def port_blocked() -> Story:
    """All is well with the VM, but its port on the virtual switch is blocked."""
    return story().control().asks(answers=[]).vm("app05", [APP], addresses=[TARGET], blocked=True).vcenter()


def blocked_but_answering() -> Story:
    """The port is blocked, says vCenter, and the VM answers all the same."""
    return (
        story().control().asks(answers=[APP]).asks(probe=True, answers=[APP]).echoes()
        .vm("app05", [APP], addresses=[TARGET], blocked=True).vcenter()
    )  # fmt: skip


def only_broadcasts() -> Story:
    """Each question to everybody is answered, and nothing that goes to the VM's MAC alone arrives."""
    return (
        story().control().asks(answers=[APP]).asks(probe=True, answers=[APP]).control_alone()
        .echoes(lost=range(1, 6)).asks(2, to=APP, answers=[])
        .vm("app05", [APP], addresses=[TARGET]).vcenter()
    )  # fmt: skip


def only_echoes_lost() -> Story:
    """Every ARP request is answered, also those to the VM's MAC alone, and not one echo request."""
    return (
        story().control().asks(answers=[APP]).asks(probe=True, answers=[APP]).control_alone()
        .echoes(lost=range(1, 6)).asks(2, to=APP, answers=[APP])
        .vm("app05", [APP], addresses=[TARGET]).vcenter()
    )  # fmt: skip


def host_lost() -> Story:
    """The host answers neither vCenter nor for its VM."""
    told = story().control().asks(answers=[])
    return told.vm("app05", [APP], addresses=[TARGET], connection="disconnected").vcenter()


def crashed_agent_inside() -> Story:
    """The crashed agent once more, and the list of the guest's processes shows what is left of it."""
    return crashed_agent().listed("app05", "had", "keepalived")


def agent_ended_alone() -> Story:
    """One VM, one MAC, every echo back; inside, the clustering agent ended and nothing else is wrong."""
    return healthy().listed("app05", ended={"keepalived": 139})


def agent_runs() -> Story:
    """A healthy VM with a healthy clustering agent."""
    return healthy().listed("app05", "corosync", "pacemakerd")


TAP = Vantage("tap", "dc1-front", "eth2")


def lost_on_the_way() -> Story:
    """Of what left the agent some did not arrive at a mirror port before the VM, which heard all the rest."""
    return _asked_and_pinged().seen_also(TAP, lost=range(5, 9)).vm("app05", [APP], addresses=[TARGET]).vcenter()


def lost_on_the_way_back() -> Story:
    """The VM answered everything, says a mirror port before it, and some of that never reached the agent."""
    return _asked_and_pinged().seen_also(TAP, unsent=range(5, 9)).vm("app05", [APP], addresses=[TARGET]).vcenter()


def _asked_and_pinged() -> Story:
    return story().control().asks(answers=[APP]).asks(probe=True, answers=[APP]).echoes(sent=6)


ALL: tuple[Callable[[], Story], ...] = (
    healthy, physical_machine, crashed_agent, slow_second_answer, one_double_answer, two_vms, foreign_device,
    unplugged, unplugged_and_unheard, switched_off, off_but_answering, vcenter_down_but_well,
    teaming_with_a_dead_slave, agent_with_borrowed_mac, silent, silent_and_unknown, deaf_instrument, losing,
    vcenter_down, vcenter_half_read, container, balance_alb, balance_alb_with_late_answer, virtual_router,
    proxy_without_victim, proxy_with_victim, router_answers_for_nobody, probes_of_others, two_vlans,
    dropped_frames, vmotion, planned_move, failed_over, host_interface, routed_loss, half_deaf, mirror_port,
    balance_alb_updating, balance_tlb, mac_nat, relayed, damaged_frame, load_balancing_cluster, shared_gateway,
    sleep_proxy, rebuilt,
    taken_from_routers, stale_entry, looped, flooded, announced_without_end, another_router, strange_sender,
    one_mutated_frame, thief, doubled, narrow_netmask, address_gone, other_mac_inside, host_lost,
    other_mac_rejected, port_blocked, blocked_but_answering, only_broadcasts, only_echoes_lost,
    crashed_agent_inside, agent_ended_alone, agent_runs,
    lost_on_the_way,
    lost_on_the_way_back,
)  # fmt: skip
