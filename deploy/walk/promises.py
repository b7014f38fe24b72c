"""What deploy/README.md says one sees, and how it is recognised."""

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Promise:
    """After block ``block``, ``words`` of the page hold: ``wants`` are all found in what is seen, ``never`` is not.

    Seen is what the block printed; with ``asks`` what comes of typing that into Slack: a card, or what the asker alone
    is shown. Patterns are regular expressions, by lines.
    """

    block: str
    words: str
    wants: tuple[str, ...]
    never: str | None = None
    asks: str | None = None

    def missing(self, seen: str) -> str | None:
        """What of it was not seen; None: it held."""
        if self.never and (found := re.search(self.never, seen, re.MULTILINE)):
            return f"{found[0].strip()!r} was seen"
        lacking = [want for want in self.wants if not re.search(want, seen, re.MULTILINE)]
        return f"not seen: {', '.join(lacking)}" if lacking else None


_NOT_OK, _WRONG = r"^(wrong|unknown) +.*", r"^wrong +.*"

PROMISES: Sequence[Promise] = (
    Promise("1.1", "You see `ruleout 0.1.0`.", (r"^ruleout 0\.1\.0$",)),
    Promise("2.1", "You see `users.acl`", (r"\busers\.acl\b", r"\bbot\.url\b", r"\bvcenter\.dc1\.keys\b")),
    Promise("3.1", "You see `PONG`", (r"^PONG$",)),
    Promise("5.1", "You see `bot_ready`, with the id of your team", (r"bot_ready .*team=\S*T\w+",)),
    Promise("5.1", "`ok` in front of every line of the doctor's", (r"^ok  ", r"^\d+ ok, 0 wrong, 0 unknown"), _NOT_OK),
    Promise("5.1", "and the agent `active (running)`", (r"Active: active \(running\)",)),
    Promise(
        "5.1",
        "shows it with its segment, heard less than a second ago",
        (r"prod-1 on segment prod.* heard 0\.\d s ago",),
        asks="/agents",
    ),
    Promise(
        "5.2", "as the audit before the first", (r"^unknown there is no audit", r"^\d+ ok, 0 wrong, 1 unknown"), _WRONG
    ),
    Promise("6.1", "In a channel, `/invite @ruleout`", (r"was added",), asks="/invite @ruleout"),
    Promise(
        "6.1",
        "what answered, by which MAC, and the verdict",
        (r"{app05}", r"Not looked at", r"vCenter"),
        asks="/arpcheck 10.0.0.5",
    ),
    Promise("6.1", "The same from a terminal on this machine", (r"{app05}", r"Not looked at", r"vCenter")),
    Promise("7.2", "`/vcenter 10.0.0.5` says whose it is", (r"app05", r"{app05}"), asks="/vcenter 10.0.0.5"),
    Promise(
        "8.1",
        "shows every table on the way",
        (r"^right +router", r"^right +switch", r"{app05}"),
        asks="/arptable 10.0.0.5",
    ),
    Promise("Monitoring.1", "You see `ready`.", (r"^ready$",)),
    Promise(
        "Upgrades and rotation.1",
        "What runs is finished first",
        (r"HEALTHY", r"{app05}"),
        asks="/arpcheck 10.0.0.5",
    ),
    Promise("Rotation.2", "now the new key signs, and everybody knows it", (r"^\d+ ok, 0 wrong, 0 unknown",), _NOT_OK),
    Promise("Rotation.3", "who was forgotten: it holds other keys", (r"^\d+ ok, 0 wrong, 0 unknown",), _NOT_OK),
    Promise("Rotation.3", "No request is lost on the way", (r"HEALTHY", r"{app05}"), asks="/arpcheck 10.0.0.5"),
    Promise("Backup and retention.1", "and keep the head that it prints elsewhere", (r"^Head: \w{64}$",)),
)
