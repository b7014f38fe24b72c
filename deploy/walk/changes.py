"""What is typed otherwise than the page says, and why; and what a person would paste. Nothing else is changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

OUTSIDE = "outside"
"""A program of the machine's that runs another one in the network from which the walk itself was started."""

CLONE = "/srv/ruleout.git"
SLACK_PORT = 3901
DEVICES = "/root/devices.toml"


@dataclass(frozen=True, slots=True)
class Change:
    """In block ``block``, ``page`` is typed as ``typed``."""

    block: str
    page: str
    typed: str
    why: str


CHANGES: Sequence[Change] = (
    Change("1.1", "apt install", f"{OUTSIDE} apt install", "Debian's packages come from the Internet"),
    Change("1.1", "https://git.example.net/ruleout", CLONE, "the commit that this command was started from"),
    Change("1.1", "/opt/ruleout/bin/pip download", f"{OUTSIDE} /opt/ruleout/bin/pip download", "PyPI"),
    Change(
        "5.1",
        "> /etc/ruleout/bot.env",
        f"> /etc/ruleout/bot.env && echo RULEOUT_SLACK_API=http://127.0.0.1:{SLACK_PORT}/api/ >> /etc/ruleout/bot.env",
        "the stand-in for Slack",
    ),
    Change("8.1", "editor network.dc1.toml", f"cp {DEVICES} network.dc1.toml", "the lab's devices, written beforehand"),
    Change(
        "Upgrades and rotation.1",
        "/opt/ruleout/bin/pip download",
        f"{OUTSIDE} /opt/ruleout/bin/pip download",
        "PyPI",
    ),
)

PASTED: Mapping[str, str] = {
    "cat > slack.bot": "the bot's token",
    "cat > slack.app": "the app's token",
    "cat > vcenter.dc1.password": "the vCenter account's password",
}
"""How a line begins that waits for somebody to paste something and to press Ctrl-D, and what that is."""

NOT_WALKED: Mapping[str, str] = {
    "7.1": "is the administrator's part in the vCenter; the simulator has no roles",
    "Containers.1": "needs Docker",
    "Containers.2": "needs Docker",
    "Kubernetes.1": "needs a cluster",
}
"""Blocks of the page that are left out, and why."""


def typed(block: str, text: str) -> str:
    """The block's text as it is typed.

    Raises:
        ValueError: the page does not hold what a change replaces; the change is stale.
    """
    for change in CHANGES:
        if change.block == block:
            if change.page not in text:
                raise ValueError(f"block {block} of the page does not hold {change.page!r} any more: mend CHANGES")
            text = text.replace(change.page, change.typed)
    return text


def pasted(line: str) -> str | None:
    """What is pasted after this line, by its name in ``PASTED``; None: the line waits for nobody."""
    return next((what for begins, what in PASTED.items() if line.startswith(begins)), None)
