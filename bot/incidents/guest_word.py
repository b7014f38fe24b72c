"""The guest's own word, which nobody outside can give: commands that only read, for a person to run inside it."""

from collections.abc import Iterator

from bot.incidents.wording import listing
from bot.model.owners import Owners
from bot.model.verdict import Verdict

LINUX = """\
ip -br link
ip -br addr
ip route
ip neigh
cat /proc/net/bonding/* 2>/dev/null
sysctl net.ipv4.conf.all.arp_ignore net.ipv4.conf.all.arp_announce net.ipv4.conf.all.arp_filter
grep -H . /proc/sys/net/ipv4/conf/*/arp_ignore /proc/sys/net/ipv4/conf/*/arp_announce
ps -eo pid,stat,lstart,args | grep -Ei '[b]ond|[t]eam|[k]eepalived|[p]acemaker|[c]orosync|[v]cs|[c]luster'
journalctl -k --since -1h --no-pager | grep -Ei 'bond|link|duplicate'"""

WINDOWS = """\
ipconfig /all
arp -a
route print -4
Get-NetAdapter | Format-Table Name, Status, MacAddress, LinkSpeed
Get-NetIPAddress -AddressFamily IPv4 | Format-Table InterfaceAlias, IPAddress, AddressState
Get-NetLbfoTeam
Get-Service ClusSvc, NlbSvc -ErrorAction SilentlyContinue"""

SCRIPTS = (("Linux", LINUX), ("Windows (PowerShell)", WINDOWS))
"""For which guest, and the commands, one a line: each is only read by, so that nothing is made worse by asking."""


def asks_after(verdict: Verdict) -> bool:
    """Whether what is still possible lies inside the guest."""
    settles = verdict.next_test.separates if verdict.next_test else ()
    return any(cause.startswith("guest.") for cause in (*verdict.rivals, *settles))


def title(verdict: Verdict | None, owners: Owners | None) -> str | None:
    """Whose word is wanted, as a sentence; None where the guest has nothing to add."""
    if verdict is not None and asks_after(verdict):
        return "Only the guest itself can say more. These commands, run inside it, change nothing:"
    running = [owner.name for owner in owners.owners if owner.guest_runs] if owners else []
    if running:
        return f"What only the guest knows: these commands, run inside {listing(running, 'or')}, change nothing:"
    return None


def lines(verdict: Verdict | None, owners: Owners | None) -> Iterator[str]:
    """The commands for a terminal, under their title; nothing where the guest has nothing to add."""
    if heading := title(verdict, owners):
        yield from ("", heading)
        for system, script in SCRIPTS:
            yield from (f"  {system}", *(f"    {line}" for line in script.splitlines()))
