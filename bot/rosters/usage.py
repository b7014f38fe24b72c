"""What there is to type, for one person in one channel: only what they may do there."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network

from bot.incidents.rights import Capability
from bot.incidents.rights_refused import DOING
from bot.incidents.wording import listing

Reach = Mapping[Capability, tuple[IPv4Network, ...] | None]
"""What somebody may do somewhere, and to which machines; None: to every one."""

GIST = (
    "I look at one machine from several places at once and say GUEST, NETWORK or HYPERVISOR, with what proves it and "
    "what rules the others out. I change nothing."
)
_LINES = (
    (Capability.CHECK, "`/arpcheck 10.0.0.5` checks an address"),
    (Capability.CHECK, "`/arpcheck app01` checks a VM by its name, `/arpcheck 00:50:56:12:34:56` by its MAC"),
    (Capability.CHECK, "`/arpcheck 10.0.0.5 deep` listens longer"),
    (
        Capability.CHECK,
        "`/arptable 10.0.0.5`, or a name or MAC, lays what every router, switch and peer holds for it side by side: "
        "which entries are stale, and what to clear, in which order",
    ),
    (
        Capability.CHECK,
        "`/watch 10.0.0.5 for 10m` asks and pings it without a pause, joined with the moves and alarms of vCenter, and "
        "says at once what changes: move the machine meanwhile, and see whether the trouble goes with it; its card has "
        "*Stop*",
    ),
    (
        Capability.CHECK,
        "`/reach app01 app02 app03` asks and pings many machines from every segment at once, and says what separates "
        "those that lose packets: cluster, host, VLAN, odd or even, and what cannot be told apart; "
        "`/reach from cluster cluster-a` or `from host esx-a1` asks all that runs there",
    ),
    (
        Capability.LOOK_UP,
        "`/vcenter 10.0.0.5`, or a name or MAC, only asks every vCenter who has it: owner, host, port group, conflicts",
    ),
    (
        Capability.CAPTURE,
        "`/capture 10.0.0.5 for 60s` records packets where our agents stand: `arp`, `icmp` or `all`, `at VANTAGE`, "
        "`peer 10.0.0.7`, `host 10.0.0.8`, `port 443`, `vlan 20` say which; alone it opens a form; `/capture stop` "
        "ends one",
    ),
    (Capability.APPROVE, "*Approve* and *Decline* below a capture that waits for a second person"),
    (Capability.DOWNLOAD, "*Download* on the card of a capture gives you links to its files"),
    (
        Capability.CHECK,
        "`@ruleout judge this 10.0.0.5` beside a capture that you share judges it; its shortcut *Judge capture* does "
        "so too",
    ),
    (
        Capability.CHECK,
        "`@ruleout table core-1 core` and below it what `show ip arp`, `show mac address-table` or `ip neigh` showed, "
        "in the thread of a card, adds that table to its question; so do *Add tables* on the card and the shortcut "
        "*Read as tables*",
    ),
    (
        Capability.CHECK,
        '`/incident open "odd VMs lose packets" affected app01 app03` begins what the channel works on together: one '
        "summary that is kept current; `/incident help` says more, `/incident audit` shows who asked for what in this "
        "channel",
    ),
    (
        Capability.CHECK,
        "`/note the core was rebooted at 12:03` writes down what you know; alone it opens a form with what can be "
        "reported as evidence, as does the shortcut *Add as evidence* on a message; `@ruleout note` in a thread; "
        "`/note withdraw ID` takes one back",
    ),
    (Capability.LOOK_UP, "`/agents` lists who looks for us, from where, and who of them is in trouble"),
)
_IN_THREADS = (
    (Capability.CHECK, "`@ruleout arpcheck 10.0.0.5`"),
    (Capability.CHECK, "`@ruleout arptable 10.0.0.5`"),
    (Capability.LOOK_UP, "`@ruleout vcenter app01`"),
    (Capability.CAPTURE, "`@ruleout capture 10.0.0.5`"),
    (Capability.LOOK_UP, "`@ruleout agents`"),
)


def usage(reach: Reach) -> str:
    """Every line that this person can use there, and to which machines a right of theirs is limited."""
    return "\n".join(_usage(reach))


def _usage(reach: Reach) -> Iterator[str]:
    yield GIST
    for step, line in _LINES:
        if step in reach:
            yield line
    if threaded := [words for step, words in _IN_THREADS if step in reach]:
        yield (
            f"{listing(threaded)} {'does' if len(threaded) == 1 else 'do'} the same inside a thread, where Slack has "
            "no slash commands"
        )
    limited: dict[tuple[IPv4Network, ...], list[str]] = {}
    for step, prefixes in reach.items():
        if prefixes:
            limited.setdefault(prefixes, []).append(DOING[step])
    for prefixes, doing in limited.items():
        yield f"In this channel you may {listing(doing)} only in {listing(f'`{one}`' for one in prefixes)}."
