"""The physical network loses what goes to or comes from the VM's host."""

from bot.model.cause import Cause, Settle, Side

CAUSE = Cause(
    id="network.path_to_port_broken",
    side=Side.NETWORK,
    claim=(
        "The physical network between this segment and the VM's host loses packets: a wrong VLAN, a blocked "
        "or broken link, a wrong MAC table entry, an access list."
    ),
    expects={
        "tables.trunk.errors_grow": 2.5,
        "tables.port.shut": 3.0,
        "tables.port.errors_grow": 2.0,
        "tables.fdb.missing": 1.0,
        "vcenter.uplink.receive_errors": 1.5,
        "vcenter.uplink.flaps": 1.0,
        "vcenter.moves.loss_on_one_host": 1.0,
        "vcenter.host_not_responding": 1.0,
        "reported.capture.unanswered_outside": 2.0,
        "reported.scope.physical_machines_too": 3.0,
        "reported.scope.many_hosts": 1.5,
        "reported.scope.follows_uplink": 1.0,
        "reported.onset.network_change": 1.5,
        "reported.uplink.flaps": 1.0,
        "arp.target_silent": 1.0,
        "icmp.target_loss": 1.0,
        "arp.silent_to_one_vantage": 1.5,
        "icmp.loss_depends_on_mac": 1.5,
        "arp.answers_only_broadcasts": 2.0,
        "icmp.only_echoes_lost": 0.5,
    },
    excluded_by={
        "arp.two_answers_per_request": "A path can lose answers, but it cannot add one.",
        "vcenter.vnic_disconnected": "The network cannot reach past an unplugged vNIC.",
        "vcenter.vm_powered_off": "The network cannot reach a VM that is off.",
    },
    settle=Settle(
        do=(
            "On the switch port of the VM's host look whether the VLAN is allowed, the VM's MAC is learned there, "
            "and the error counters stand still."
        ),
        who="the network team",
    ),
    source="IEEE 802.1Q-2022 section 8.8 (learning and filtering)",
)
