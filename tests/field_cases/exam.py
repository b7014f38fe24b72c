"""Real incidents as the exam: what the catalogue makes of each, beside a baseline that was left without that case.

    python -m tests.field_cases.exam

Every case is a public incident with its source; only kind, value, domain and stage of its evidence are shown to the
examinee. A wrong decision costs 3, none costs 1 on a solved case and nothing on an unsolved one.
"""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.incidents import field_cases
from bot.model.verdict import Answer, Verdict
from tests.field_cases import baseline

CASES = Path(__file__).parent / "cases.json"
SHOWN = ("kind", "value", "domain", "stage")
UNDECIDED = ("inconclusive", "unknown")
COST_WRONG = 3

Row = dict[str, Any]
Examinee = Callable[[Row], str]


@dataclass(frozen=True)
class Setting:
    """One way to sit the exam: which cases, and what of their evidence. ``without_strongest``: each examinee's own."""

    name: str
    cases: Sequence[Row]
    without_strongest: bool = False


def settings(cases: Sequence[Row]) -> tuple[Setting, ...]:
    """The five ways to sit it."""
    symptoms = [{**case, "evidence": [e for e in case["evidence"] if e["stage"] == "symptom"]} for case in cases]
    return (
        Setting("all evidence", cases),
        Setting("symptoms only", symptoms),
        Setting("strongest item removed", cases, without_strongest=True),
        Setting("without cases that restate the cause", [case for case in cases if not case.get("restates_cause")]),
        Setting("without vendor composites", [case for case in cases if case["basis"] != "vendor_composite"]),
    )


def shown(case: Row) -> list[dict[str, str]]:
    """The evidence as the examinee may see it."""
    return [{name: item[name] for name in SHOWN if name in item} for item in case["evidence"]]


def catalogue(case: Row) -> str:
    """Our own answer."""
    return _verdict(case).verdict.value


def catalogue_without_strongest(case: Row) -> str:
    """Our own answer without the report that carried most."""
    first = next((item for item in _verdict(case).evidence if item.witnesses), None)
    if first is None:
        return catalogue(case)
    dropped = {int(witness.locator.rpartition(" ")[2]) - 1 for witness in first.witnesses}
    return catalogue({**case, "evidence": [e for n, e in enumerate(case["evidence"]) if n not in dropped]})


def bayes(cases: Sequence[Row], *, sure: float, without_strongest: bool = False) -> Examinee:
    """The baseline, taught with every other case; it decides only when it is so sure."""

    def answer(case: Row) -> str:
        others = [other for other in cases if other["id"] != case["id"] and other["truth"] in baseline.SIDES]
        learnt = [(baseline.features(shown(other)), other["truth"]) for other in others]
        evidence = shown(case)
        if without_strongest and evidence:
            evidence.remove(baseline.strongest(evidence, learnt))
        likely = baseline.posterior(baseline.features(evidence), learnt)
        side = max(likely, key=lambda one: likely[one])
        return side if likely[side] >= sure else Answer.INCONCLUSIVE.value

    return answer


def marks(cases: Sequence[Row], examinee: Examinee) -> Counter[str]:
    """How often the answer was right, undecided or wrong, and what that costs."""
    marked: Counter[str] = Counter()
    for case in cases:
        answer, solved = examinee(case), case["truth"] != "unknown"
        if answer in case["acceptable"] or (not solved and answer in UNDECIDED):
            marked["right"] += 1
        elif answer in UNDECIDED:
            marked["undecided"] += 1
            marked["cost"] += 1
        else:
            marked["wrong"] += 1
            marked["cost"] += COST_WRONG
            marked["wrong on unknown"] += not solved
    return marked


def examined(setting: Setting) -> dict[str, Counter[str]]:
    """The marks of all examinees in one setting, by name."""
    removed = setting.without_strongest
    return {
        "catalogue": marks(setting.cases, catalogue_without_strongest if removed else catalogue),
        "bayes, always": marks(setting.cases, bayes(setting.cases, sure=0.0, without_strongest=removed)),
        "bayes, when sure": marks(setting.cases, bayes(setting.cases, sure=baseline.SURE, without_strongest=removed)),
    }


def load() -> list[Row]:
    """The cases."""
    cases: list[Row] = json.loads(CASES.read_text(encoding="utf-8"))
    return cases


def main() -> None:
    """Print the table."""
    columns = ("right", "undecided", "wrong", "wrong on unknown", "cost")
    for setting in settings(load()):
        print(f"\n{setting.name} ({len(setting.cases)} cases)")
        print(f"  {'':18}" + "".join(f"{column:>18}" for column in columns))
        for name, marked in examined(setting).items():
            print(f"  {name:18}" + "".join(f"{marked[column]:>18}" for column in columns))


def _verdict(case: Row) -> Verdict:
    (read,) = field_cases.read(json.dumps([{"id": case["id"], "evidence": shown(case)}]).encode())
    return field_cases.verdict(read)


if __name__ == "__main__":
    main()
