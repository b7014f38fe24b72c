"""What the whole segment looks like, whoever is asked about: floods, scans, and our own frames coming back."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from ipaddress import IPv4Address
from itertools import pairwise

from bot.findings.listening import windows
from bot.findings.reading import own_macs
from bot.findings.timing import densest
from bot.findings.wording import finding
from bot.model.addresses import BROADCAST, Mac
from bot.model.finding import Evidence, Finding, Standing
from bot.model.observation import ArpAnnounced, ArpAsked

FLOOD = "segment.arp_flood"
SCAN = "segment.scanned"
OWN_FRAMES_RETURN = "segment.own_frames_return"

# Wireshark calls 30 requests in 0.1 s a storm (packet-arp.c). A whole second of it is no burst; a cable network's
# routers ask 21 times a second and are well.
FLOOD_FRAMES, FLOOD_WITHIN = 300, timedelta(seconds=1)
SCAN_ADDRESSES, SCAN_WITHIN, SCAN_IN_ORDER = 64, timedelta(seconds=10), 0.8
RETURNS = 2


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """Whether the segment is flooded with ARP, whether somebody scans it, and whether what we send comes back to us."""
    asked = [one for one in evidence.of(ArpAsked) if one.sent_to in (BROADCAST, None)]
    heard = any(window.listened for window in windows(evidence))
    return (_flood(evidence, asked, heard=heard), _scan(asked, heard=heard), _own_frames(evidence, asked))


def _flood(evidence: Evidence, asked: Sequence[ArpAsked], *, heard: bool) -> Finding:
    # Many checks at once are many questions, too; but those are ours, and end by themselves.
    ours = own_macs(evidence)
    everybody = [*(one for one in asked if one.asker_mac not in ours), *evidence.of(ArpAnnounced)]
    dense = densest(everybody, FLOOD_WITHIN)
    if len(dense) >= FLOOD_FRAMES:
        says = f"The segment is flooded: {len(dense)} ARP frames to everybody within {FLOOD_WITHIN.seconds} s."
        return finding(FLOOD, Standing.PRESENT, says, dense)
    if heard:
        return finding(FLOOD, Standing.ABSENT, f"At most {len(dense)} ARP frames to everybody came within a second.")
    return finding(FLOOD, Standing.UNKNOWN, "Nobody listened to the segment.")


def _scan(asked: Sequence[ArpAsked], *, heard: bool) -> Finding:
    by_asker: defaultdict[tuple[str, Mac, IPv4Address | None], list[ArpAsked]] = defaultdict(list)
    for one in asked:
        if not one.ours:
            by_asker[one.artifact, one.asker_mac, one.asker].append(one)
    for (_, mac, address), mine in sorted(by_asker.items(), key=str):
        dense = densest(mine, SCAN_WITHIN)
        wanted = list(dict.fromkeys(one.wanted for one in dense))
        in_order = sum(int(after) - int(before) == 1 for before, after in pairwise(wanted))
        if len(wanted) >= SCAN_ADDRESSES and in_order >= SCAN_IN_ORDER * (len(wanted) - 1):
            who = f"{address} (`{mac}`)" if address else f"`{mac}`"
            says = f"{who} scans the segment: it asked for {len(wanted)} addresses one after the other."
            return finding(SCAN, Standing.PRESENT, says, dense)
    if heard:
        return finding(SCAN, Standing.ABSENT, "Nobody scans the segment.")
    return finding(SCAN, Standing.UNKNOWN, "Nobody listened to the segment.")


def _own_frames(evidence: Evidence, asked: Sequence[ArpAsked]) -> Finding:
    # Several checks at once ask the same, so that equal frames say nothing: only what comes in has come back.
    told = [one for one in asked if one.returned is not None]
    returned = [one for one in told if one.returned]
    if len(returned) >= RETURNS:
        where = sorted({one.vantage.agent for one in returned})
        says = f"What {', '.join(where)} sent to everybody came back to it {len(returned)} times: there is a loop."
        return finding(OWN_FRAMES_RETURN, Standing.PRESENT, says, returned)
    if told and any(window.complete for window in windows(evidence)):
        return finding(OWN_FRAMES_RETURN, Standing.ABSENT, "Nothing that an agent sent to everybody came back to it.")
    says = "No agent sent anything to everybody and told it from what came in."
    return finding(OWN_FRAMES_RETURN, Standing.UNKNOWN, says)
