"""The guest is on and plugged in but does not answer, or not always: hung, overloaded, or its firewall drops."""

from bot.model.cause import Cause, Settle, Side

CAUSE = Cause(
    id="guest.stack_silent",
    side=Side.GUEST,
    claim=(
        "The guest itself does not answer: it hangs, is overloaded, has lost the address, or its firewall "
        "drops the packets."
    ),
    expects={
        "vcenter.guest.crashed": 2.0,
        "vcenter.guest.drops_what_it_gets": 1.5,
        "vcenter.guest.heartbeat_lost": 1.0,
        "vcenter.moves.loss_on_every_host": 1.0,
        "reported.guest.receive_errors": 2.5,
        "reported.scope.follows_vm": 1.0,
        "arp.target_silent": 1.0,
        "icmp.target_loss": 1.0,
        "icmp.only_echoes_lost": 1.0,
        "arp.silent_to_one_vantage": 1.0,
        "icmp.loss_depends_on_mac": 1.0,
    },
    excluded_by={
        "arp.answers_only_broadcasts": "A guest that answers everybody's questions does not ignore what is sent to it.",
        "arp.two_answers_per_request": "A guest that drops packets gives fewer answers, not more.",
        "vcenter.vnic_disconnected": "A guest behind an unplugged vNIC cannot be heard, whatever it does.",
        "vcenter.vm_powered_off": "A guest that is off has no part in it.",
    },
    settle=Settle(
        do=(
            "Open the VM's console and look whether it is alive, has the address (ip addr), and whether its "
            "firewall drops ARP or ping."
        ),
        who="whoever runs the guest",
    ),
    source="Broadcom KB 312565 (receive drops inside the guest); RFC 1122 section 3.2.2.6",
)
