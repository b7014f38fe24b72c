"""The findings that the judge knows by name, and what each of them means to it."""

from bot.model.cause import Side

REPORTED, OVERHEARD = "reported.", "overheard."
BY_CHANCE = (REPORTED, OVERHEARD)
"""What nobody sets out to measure: where it is PRESENT it counts, and where it is not, nothing was left undone."""
LEADS = ("vcenter.", "tables.", "fabric.")
SYMPTOMS = (
    "arp.target_silent",
    "arp.silent_to_one_vantage",
    "arp.answers_only_broadcasts",
    "arp.answers_only_probes",
    "arp.answers_doubled",
    "arp.two_answers_per_request",
    "icmp.target_loss",
    "icmp.routed_loss",
    "icmp.only_echoes_lost",
    "icmp.loss_depends_on_mac",
    "overheard.echoes_lost",
    "path.lost_towards_target",
    "path.lost_from_target",
    "tables.fdb.flaps_elsewhere",
    "reported.loss.seen",
)
"""What makes anybody ask; a lead without one of these may be as old as the hosts.

A MAC that is heard where its VM is not is lost half the time, whether or not a packet of ours was.
"""

HEALTHY_IF_PRESENT = ("arp.target_answers", "icmp.target_answers")
HEALTHY_IF_ABSENT = ("arp.two_answers_per_request", "icmp.target_loss")
AGENT_ENDED = "guest.agent_ended"
NEVER_HEALTHY = (
    "vcenter.vm_powered_off",
    "vcenter.vnic_disconnected",
    "vcenter.port_blocked",
    "vcenter.port_link_down",
    "icmp.routed_loss",
    "arp.silent_to_one_vantage",
    "arp.answers_doubled",
    "arp.claims_unasked_again_and_again",
    "arp.virtual_address_taken",
    "segment.own_frames_return",
    "segment.arp_flood",
    "overheard.echoes_lost",
    "path.sent_by_no_claimant",
    "path.lost_towards_target",
    "path.lost_from_target",
    "tables.arp.stale",
    "tables.arp.static_wrong",
    "tables.fdb.kept_wrong_port",
    "tables.fdb.static_wrong",
    "tables.fdb.flaps_on_one_host",
    "tables.fdb.flaps_between_hosts",
    "tables.fdb.flaps_elsewhere",
    AGENT_ENDED,
)
SEVERAL_MACS = "arp.several_macs_claim"
ONE_SEEMS_TWO = "path.macs_rewritten_in_passing"
SEVERAL_MACS_BY_DESIGN = ("arp.virtual_mac_claims", "owner.macs_on_one_vm", "arp.mac_changed_once", ONE_SEEMS_TWO)
SHARED_ADDRESS_TAKEN = "arp.virtual_address_taken"
INSTRUMENTS = (
    "instrument.listened_fully",
    "instrument.control_heard",
    "instrument.surroundings_read",
    "instrument.fabric_read",
    "instrument.clocks_agree",
)
OWNER_UNRESOLVED = "owner.unresolved"
TARGET_VM_KNOWN = "owner.target_vm_known"
TARGET_SILENT = "arp.target_silent"
REPORTED_BY_DESIGN = "reported.arp.two_macs_by_design"
REPORTED_UNRESOLVED = "reported.arp.owner_unknown"
REPORTED_COUNTERED = {side: f"reported.countered.{side}" for side in Side}
TRIGGERS = (
    "trigger.vm_moved",
    "trigger.port_moved",
    "arp.mac_changed_once",
    "trigger.next_hop_changed",
    "reported.trigger.moved_or_paused",
    "reported.trigger.failed_over",
    "reported.trigger.restarted",
    "trigger.reconfigured",
    "trigger.task_ran",
)

NAMED = (
    *HEALTHY_IF_PRESENT,
    *HEALTHY_IF_ABSENT,
    *NEVER_HEALTHY,
    SEVERAL_MACS,
    *SEVERAL_MACS_BY_DESIGN,
    SHARED_ADDRESS_TAKEN,
    *INSTRUMENTS,
    OWNER_UNRESOLVED,
    TARGET_VM_KNOWN,
    TARGET_SILENT,
    REPORTED_BY_DESIGN,
    REPORTED_UNRESOLVED,
    *REPORTED_COUNTERED.values(),
    *TRIGGERS,
    *SYMPTOMS,
)
"""Every finding that this module knows by name."""
