"""What the affected guests run is broken: driver, image, version, configuration."""

from bot.model.cause import Cause, Settle, Side
from bot.model.exclusion import ONLY_LOSES

CAUSE = Cause(
    id="guest.software_faulty",
    side=Side.GUEST,
    claim=(
        "What the affected guests have in common is broken: a driver, an image, a version or a configuration. "
        "Compare with an unaffected guest and go back to what it runs."
    ),
    requires=(
        (
            "reported.scope.guest_attribute",
            "reported.scope.follows_vm",
            "reported.onset.guest_change",
            "reported.guest.receive_errors",
            "reported.scope.some_protocols",
        ),
    ),
    expects={
        "reported.scope.guest_attribute": 3.0,
        "reported.scope.follows_vm": 1.5,
        "reported.scope.one_vm": 1.0,
        "reported.scope.within_a_host_too": 1.0,
        "reported.scope.some_protocols": 1.5,
        "reported.onset.guest_change": 1.5,
        "reported.guest.receive_errors": 1.5,
        "reported.guest.local_symptom": 0.5,
        "reported.guest.agent_faulty": 2.0,
    },
    excluded_by=dict(ONLY_LOSES),
    settle=Settle(
        do=(
            "Run the affected guest's software on an unaffected host, and an unaffected guest on the affected "
            "host: what does the loss follow?"
        ),
        who="the virtualization team with the guests' owner",
    ),
    source="Controlled comparison (method of difference); Broadcom KB 312565",
)
