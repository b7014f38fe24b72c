"""Another machine answers than the VM that should: moved on purpose (a failover), or taken."""

from bot.model.cause import Cause, Settle, Side

CAUSE = Cause(
    id="guest.address_moved_away",
    side=Side.GUEST,
    claim=(
        "Another machine answers for this address. If that was no planned failover, the address was taken from "
        "its owner."
    ),
    expects={
        "owner.other_machine_answers": 1.5,
        "owner.address_listed_on_two_vms": 1.0,
    },
    excluded_by={
        "owner.macs_on_one_vm": "One VM has both MACs.",
        "owner.macs_on_several_vms": "Both VMs claim the address now, so it did not move.",
        "arp.virtual_mac_claims": "A shared address may move by design.",
        "arp.target_silent": "Nobody answers at all, so nobody answers in its place.",
    },
    settle=Settle(
        do="Ask the owner of the VM whether the address was moved on purpose, as a cluster does.",
        who="the owner of the VM",
    ),
    source="RFC 5227 section 2.4",
)
