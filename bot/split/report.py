"""A split as evidence: what ``ruleout judge --report`` takes."""

from typing import Any

from bot.split.conclusion import Split


def as_report(outcome: Split) -> list[dict[str, Any]]:
    """The report that a side's attribute separates the affected from the others; none unless that side stands alone.

    ``bot.probes.report`` reads it.
    """
    if outcome.side is None:
        return []
    value = " and ".join(str(one.trait) for one in outcome.leaders if one.sides)
    return [
        {
            "kind": "affected_group",
            "value": value,
            "domain": outcome.side.value,
            "stage": "diagnostic",
            "reporter": "the split",
        }
    ]
