"""The virtual switch port drops frames: blocked, wrong VLAN, security policy, distributed firewall."""

from bot.model.cause import Cause, Separates, Settle, Side

CAUSE = Cause(
    id="hypervisor.port_drops_frames",
    side=Side.HYPERVISOR,
    claim=(
        "The host's virtual switch drops frames of this VM: a blocked port, a wrong VLAN, the security policy "
        "or a distributed firewall."
    ),
    expects={
        "vcenter.port.conflicts": 1.0,
        "reported.capture.lost_in_host": 3.0,
        "arp.target_silent": 1.0,
        "icmp.target_loss": 1.0,
        "arp.silent_to_one_vantage": 1.0,
        "icmp.loss_depends_on_mac": 1.5,
        "icmp.routed_loss": 0.5,
        "icmp.only_echoes_lost": 1.0,
    },
    excluded_by={
        "arp.answers_only_broadcasts": "A port that is blocked, filtered or in the wrong VLAN spares no broadcasts.",
        "arp.two_answers_per_request": "A virtual switch can drop answers, but it makes none of its own.",
        "reported.capture.unanswered_outside": "What the VM sends leaves the host, and nothing comes back to it.",
        "vcenter.vnic_disconnected": "A port without a plugged vNIC drops nothing.",
        "vcenter.vm_powered_off": "The port of a VM that is off drops nothing.",
        "vcenter.port.bypassed": "The vNIC goes past the virtual switch, which so drops nothing of it.",
    },
    settle=Settle(
        do=(
            "On the VM's host capture at its uplink and at the VM's switch port at once (pktcap-uw --uplink and "
            "--switchport) while somebody asks for the VM by ARP and pings it; read the uplink's link state and drop "
            "counters too. The uplink is down or drops: the logs of both ends of the cable say whose fault it is. "
            "Requests do not come in by the uplink, or answers leave by it: network. Something gets lost between "
            "uplink and port: hypervisor. Requests reach the port and no answer comes from it: guest."
        ),
        who="the virtualization team",
        separates=Separates.SIDES,
    ),
    source="Broadcom KB 343401; vSphere API DVPortStatus.blocked; Broadcom documentation of pktcap-uw",
)
