"""Where a reader can check what is said, and which of it to read first."""

from collections.abc import Sequence

from bot.model.finding import Standing, Witness
from bot.model.verdict import EvidenceItem, Verdict, Weighs

_SHOWN_WITNESSES = 3


def where(witnesses: Sequence[Witness]) -> str:
    """The places where a reader can check a statement: "frames 14, 15 at dc1-a"; empty without witnesses."""
    by_vantage: dict[str, dict[str, None]] = {}
    for witness in witnesses:
        by_vantage.setdefault(witness.vantage, {})[witness.locator] = None
    return "; ".join(f"{_places(tuple(places))} at {vantage}" for vantage, places in by_vantage.items())


def _places(locators: Sequence[str]) -> str:
    shown, more = locators[:_SHOWN_WITNESSES], len(locators) - _SHOWN_WITNESSES
    if len(shown) > 1 and all(locator.startswith("frame ") for locator in shown):
        shown = [
            f"frames {shown[0].removeprefix('frame ')}",
            *(locator.removeprefix("frame ") for locator in shown[1:]),
        ]
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def grounds(verdict: Verdict) -> tuple[EvidenceItem, ...]:
    """What speaks for the verdict; where nothing is decided, whatever was established."""
    pro = tuple(item for item in verdict.evidence if item.weighs is Weighs.FOR)
    seen = tuple(item for item in verdict.evidence if item.standing is Standing.PRESENT)
    return pro or seen or tuple(item for item in verdict.evidence if item.standing is Standing.ABSENT)


def highlights(verdict: Verdict) -> tuple[EvidenceItem, ...]:
    """The grounds for a reader in a hurry: of each family the strongest first, without what the claim says already."""
    items = [item for item in grounds(verdict) if item.says not in (verdict.claim or "")]
    first = {item.finding.partition(".")[0]: item for item in reversed(items)}
    return tuple(sorted(items, key=lambda item: item not in first.values()))
