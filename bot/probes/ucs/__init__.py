"""Reads what a UCS Manager told: which classes of objects, and every object as a noun of ours."""

from collections import defaultdict

from bot.model.job import Artifact
from bot.model.observation import FabricRead, FabricSeen, Observation
from bot.model.ucs import UcsGap
from bot.probes.ucs.form import LONGEST, MOST_BYTES, MOST_OBJECTS, PROPERTIES, Answers, Told, dump, parse
from bot.probes.ucs.things import things

__all__ = ["LONGEST", "MOST_BYTES", "MOST_OBJECTS", "PROPERTIES", "Answers", "Told", "dump", "parse", "read"]

_MOST_NAMED = 3
"""So many objects that could not be understood are named; the others are counted."""


def read(artifact: Artifact, data: bytes) -> tuple[Observation, ...]:
    """What was read of the domain, then every object; its locator is class and name: "vnicEther org-root/ls-a/ether-b".

    An object that is not what the manager's model says is left out, and its class has a gap.

    Raises:
        BundleError: the bytes hold no such answers; the text names the first thing that is wrong.
    """
    answers = parse(data)
    wrong: dict[str, list[str]] = defaultdict(list)
    seen: list[Observation] = []
    for told, kind, dn, thing in things(answers):
        if isinstance(thing, str):
            wrong[kind].append(f"{dn[:120]} {thing}")
            continue
        seen.append(
            FabricSeen(
                seen_at=told.at, vantage=artifact.vantage, artifact=artifact.digest, locator=f"{kind} {dn}",
                domain=answers.domain, thing=thing,
            )
        )  # fmt: skip
    gaps = (*answers.gaps, *(_gap(kind, reasons) for kind, reasons in wrong.items()))
    head = FabricRead(
        seen_at=max((told.at for told in answers.told), default=artifact.stopped_at),
        vantage=artifact.vantage,
        artifact=artifact.digest,
        locator="domain",
        domain=answers.domain,
        read=tuple(told.kind for told in answers.told),
        gaps=gaps,
    )
    return (head, *seen)


def _gap(kind: str, reasons: list[str]) -> UcsGap:
    more = [f"so are {len(reasons) - _MOST_NAMED} more"] if len(reasons) > _MOST_NAMED else []
    named = "; ".join((*reasons[:_MOST_NAMED], *more))
    return UcsGap(kind, f"Of {kind} what is not as UCS Manager's model has it was left out: {named}.")
