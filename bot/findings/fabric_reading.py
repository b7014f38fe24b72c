"""Could every UCS Manager be read that was asked? What one did not tell must not look as if it were well."""

from bot.findings.fabrics import reads
from bot.findings.wording import finding
from bot.model.finding import Evidence, Finding, Standing

READ = "instrument.fabric_read"
_SHOWN = 3


def find(evidence: Evidence) -> tuple[Finding, ...]:
    """What of the fabric under the hosts was not read, and why."""
    looked = list(reads(evidence).values())
    gaps = list(dict.fromkeys(gap.says for one in looked for gap in one.gaps))
    if gaps:
        more = f" And {len(gaps) - _SHOWN} more gaps." if len(gaps) > _SHOWN else ""
        says = f"UCS Manager did not tell all: {' '.join(gaps[:_SHOWN])}{more}"
        return (finding(READ, Standing.ABSENT, says, looked),)
    if looked:
        return (finding(READ, Standing.PRESENT, "What UCS Manager knows of the fabric was read, all of it.", looked),)
    return (finding(READ, Standing.UNKNOWN, "No UCS Manager was read."),)
