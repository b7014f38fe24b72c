"""Findings weighed against causes: who has to act, how sure that is, and what would make it surer.

The rules, in this order:

* Trees before weights: a cause is considered only when everything it requires was found.
* A cause that a finding excludes is out, whatever speaks for it.
* Findings of one family (``arp.``, ``icmp.``, ``reported.scope.`` ...) are correlated: they count once, at their
  strongest.
* Only PRESENT findings weigh. UNKNOWN and ABSENT move nothing, so a broken instrument never accuses.
* Proven: one finding decides by itself, and every cause on both other sides is excluded by something that was found.
  So taking findings away can never prove another side.
* What people report can make a cause likely, never proven, and not by symptoms alone: something must have been
  measured.
* What vCenter shows around a VM (``vcenter.<family>.<name>``) is a lead. It weighs only beside a symptom that was
  seen: an uplink that is down somewhere accuses nobody while nothing is lost. Where it was not read, nothing that it
  might have shown is considered.
* A repair that was really made on one side and changed nothing speaks against every cause of that side.
* Likely: one side leads clearly, but another is not excluded. Otherwise nobody is accused.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address
from math import exp, log2

from bot.model.cause import Cause, Separates, Side
from bot.model.finding import Finding, Standing
from bot.model.verdict import Answer, EvidenceItem, Grade, NextTest, RuledOut, Verdict, Weighs

CAP = 4.0
DECISIVE = 3.5  # a finding that is a fault by itself
STRONG = 3.0  # odds of about 20 to 1: less than that accuses nobody
LEAD = 2.0  # odds of about 7 to 1 between the sides: less than that is comparable
COUNTERED = 1.5  # what a repair without effect takes from every cause of its side

REPORTED, OVERHEARD = "reported.", "overheard."
BY_CHANCE = (REPORTED, OVERHEARD)
"""What nobody sets out to measure: where it is PRESENT it counts, and where it is not, nothing was left undone."""
LEAD_FAMILY = "vcenter."
SYMPTOMS = (
    "arp.target_silent",
    "arp.silent_to_one_vantage",
    "arp.answers_only_broadcasts",
    "arp.answers_only_probes",
    "arp.answers_doubled",
    "arp.two_answers_per_request",
    "icmp.target_loss",
    "icmp.routed_loss",
    "icmp.only_echoes_lost",
    "icmp.loss_depends_on_mac",
    "overheard.echoes_lost",
    "reported.loss.seen",
)
"""What makes anybody ask; a lead without one of these may be as old as the hosts."""

HEALTHY_IF_PRESENT = ("arp.target_answers", "icmp.target_answers")
HEALTHY_IF_ABSENT = ("arp.two_answers_per_request", "icmp.target_loss")
AGENT_ENDED = "guest.agent_ended"
NEVER_HEALTHY = (
    "vcenter.vm_powered_off",
    "vcenter.vnic_disconnected",
    "vcenter.port_blocked",
    "vcenter.port_link_down",
    "icmp.routed_loss",
    "arp.silent_to_one_vantage",
    "arp.answers_doubled",
    "arp.claims_unasked_again_and_again",
    "arp.virtual_address_taken",
    "segment.own_frames_return",
    "segment.arp_flood",
    "overheard.echoes_lost",
    "path.sent_by_no_claimant",
    AGENT_ENDED,
)
SEVERAL_MACS = "arp.several_macs_claim"
ONE_SEEMS_TWO = "path.macs_rewritten_in_passing"
SEVERAL_MACS_BY_DESIGN = ("arp.virtual_mac_claims", "owner.macs_on_one_vm", "arp.mac_changed_once", ONE_SEEMS_TWO)
SHARED_ADDRESS_TAKEN = "arp.virtual_address_taken"
INSTRUMENTS = (
    "instrument.listened_fully",
    "instrument.control_heard",
    "instrument.surroundings_read",
    "instrument.clocks_agree",
)
OWNER_UNRESOLVED = "owner.unresolved"
TARGET_VM_KNOWN = "owner.target_vm_known"
TARGET_SILENT = "arp.target_silent"
REPORTED_BY_DESIGN = "reported.arp.two_macs_by_design"
REPORTED_UNRESOLVED = "reported.arp.owner_unknown"
REPORTED_COUNTERED = {side: f"reported.countered.{side}" for side in Side}
TRIGGERS = (
    "trigger.vm_moved",
    "trigger.port_moved",
    "arp.mac_changed_once",
    "trigger.next_hop_changed",
    "reported.trigger.moved_or_paused",
    "reported.trigger.failed_over",
    "reported.trigger.restarted",
    "trigger.reconfigured",
)

NAMED = (
    *HEALTHY_IF_PRESENT,
    *HEALTHY_IF_ABSENT,
    *NEVER_HEALTHY,
    SEVERAL_MACS,
    *SEVERAL_MACS_BY_DESIGN,
    SHARED_ADDRESS_TAKEN,
    *INSTRUMENTS,
    OWNER_UNRESOLVED,
    TARGET_VM_KNOWN,
    TARGET_SILENT,
    REPORTED_BY_DESIGN,
    REPORTED_UNRESOLVED,
    *REPORTED_COUNTERED.values(),
    *TRIGGERS,
    *SYMPTOMS,
)
"""Every finding that this module knows by name."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A cause that is still possible. ``open_`` means that something it requires could not be told."""

    cause: Cause
    score: float
    open_: bool


@dataclass(frozen=True, slots=True)
class Bench:
    """What was found, by id, and how the causes stand before it."""

    found: Mapping[str, Finding]
    excluded: Mapping[str, str]
    possible: tuple[Weighed, ...]

    def present(self, id_: str) -> bool:
        """Whether the finding is PRESENT."""
        return self.standing(id_) is Standing.PRESENT

    def standing(self, id_: str) -> Standing:
        """The finding's standing; one that was never established is UNKNOWN."""
        return self.found[id_].standing if id_ in self.found else Standing.UNKNOWN

    def says(self, id_: str) -> str:
        """The finding's statement, or nothing."""
        return self.found[id_].statement if id_ in self.found else ""


def judge(
    target: IPv4Address | None,
    findings: Sequence[Finding],
    gaps: Sequence[str],
    causes: Sequence[Cause],
    catalogue: str,
) -> Verdict:
    """The verdict on one target, whatever the order of findings and causes; None: an incident without an address."""
    bench = _bench(findings, causes)
    ruled_out = _ruled_out(bench, causes)
    leader = _leader(bench)
    others = [one for one in bench.possible if leader is None or one.cause.side is not leader.cause.side]
    proven = leader is not None and _proven(bench, leader.cause, ruled_out)
    rivals = () if proven else tuple(one.cause for one in others if one.score > 0)
    next_test = None if proven else _next_test(target, bench, leader, rivals)
    if leader is not None:
        answer, grade = Answer(leader.cause.side.value), Grade.PROVEN if proven else Grade.LIKELY
        # What a cause requires first names the machines.
        met = [id_ for anyof in leader.cause.required()[:2] for id_ in anyof if bench.present(id_)]
        claim = " ".join([*dict.fromkeys(bench.says(id_) for id_ in met), leader.cause.claim])
    elif healthy_by := _healthy_by(bench):
        answer, grade, next_test = Answer.HEALTHY, Grade.NO_FAULT, None
        claim = " ".join(["No fault seen.", *(bench.says(id_) for id_ in healthy_by)])
    else:
        answer, claim = Answer.INCONCLUSIVE, None
        grade = Grade.UNDECIDED if rivals else Grade.NOT_ENOUGH_EVIDENCE
    healthy = answer is Answer.HEALTHY
    named = (leader.cause, *rivals) if leader else rivals
    return Verdict(
        target=target,
        verdict=answer,
        grade=grade,
        cause=leader.cause.id if leader else None,
        claim=claim,
        evidence=_evidence(bench, leader.cause if leader else None, rivals, causes, healthy=healthy),
        # Three sides out means that the evidence contradicts itself: then none of it clears anybody.
        ruled_out=() if healthy or len(ruled_out) == len(Side) else ruled_out,
        rivals=tuple(rival.id for rival in rivals),
        missing=_missing(bench, gaps, named, proven=proven, healthy=healthy),
        trigger=None if healthy else next((bench.says(id_) for id_ in TRIGGERS if bench.present(id_)), None),
        next_test=next_test,
        catalogue=catalogue,
    )


def _bench(findings: Sequence[Finding], causes: Sequence[Cause]) -> Bench:
    found = {finding.id: finding for finding in findings}
    bench = Bench(found, {}, ())
    excluded: dict[str, str] = {}
    possible = []
    for cause in causes:
        against = [id_ for id_ in sorted(cause.excluded_by) if bench.present(id_)]
        standings = {_best(bench, anyof) for anyof in cause.required()}
        if against:
            excluded[cause.id] = min(against, key=_names_names)
        elif Standing.ABSENT not in standings and not _unreported(bench, cause):
            possible.append(Weighed(cause, _score(bench, cause), Standing.UNKNOWN in standings))
    possible.sort(key=lambda one: (-one.score, one.cause.id))
    return Bench(found, excluded, tuple(possible))


def _unreported(bench: Bench, cause: Cause) -> bool:
    """Whether the cause rests on reports, leads or what is overheard, and there is none."""
    return any(all(_by_chance(id_) and not bench.present(id_) for id_ in anyof) for anyof in cause.required())


def _is_lead(id_: str) -> bool:
    return id_.startswith(LEAD_FAMILY) and id_.count(".") > 1


def _by_chance(id_: str) -> bool:
    return id_.startswith(BY_CHANCE) or _is_lead(id_)


def _best(bench: Bench, anyof: Sequence[str]) -> Standing:
    """Of findings of which one is enough: PRESENT if one is; else what was looked at counts, and no missing report."""
    if any(bench.present(id_) for id_ in anyof):
        return Standing.PRESENT
    looked_at = {bench.standing(id_) for id_ in anyof if not _by_chance(id_)}
    return Standing.ABSENT if looked_at == {Standing.ABSENT} else Standing.UNKNOWN


def _score(bench: Bench, cause: Cause) -> float:
    families: dict[str, float] = defaultdict(float)
    ailing = any(bench.present(id_) for id_ in SYMPTOMS)
    for id_, weight in cause.expects.items():
        if bench.present(id_) and (ailing or not _is_lead(id_)):
            family = id_.rpartition(".")[0]
            families[family] = max(families[family], min(weight, CAP))
    score = sum(families.values())
    return max(score - COUNTERED, 0.0) if score and bench.present(REPORTED_COUNTERED[cause.side]) else score


def _ruled_out(bench: Bench, causes: Sequence[Cause]) -> tuple[RuledOut, ...]:
    sides = []
    for side in Side:
        of_side = sorted((cause for cause in causes if cause.side is side), key=lambda cause: cause.id)
        if of_side and all(cause.id in bench.excluded for cause in of_side):
            deciding = sorted({bench.excluded[cause.id] for cause in of_side}, key=_names_names)
            because = (
                cause.excluded_by[id_] for id_ in deciding for cause in of_side if bench.excluded[cause.id] == id_
            )
            sides.append(RuledOut(side, tuple(dict.fromkeys(because)), tuple(deciding)))
    return tuple(sides)


def _names_names(id_: str) -> tuple[bool, str]:
    """Sorts what vCenter says first: an owner or a state says more to a reader than a silence."""
    return not id_.startswith(("owner.", "vcenter.")), id_


def _leader(bench: Bench) -> Weighed | None:
    """The cause that may be named: strong, complete, and clear of everything that is possible on other sides."""
    complete = [one for one in bench.possible if not one.open_ and _measured(bench, one.cause)]
    if not complete or complete[0].score < STRONG or bench.present(REPORTED_UNRESOLVED):
        return None
    leader = complete[0]
    rivals = [one for one in bench.possible if one.cause.side is not leader.cause.side]
    return leader if all(leader.score - rival.score >= LEAD for rival in rivals) else None


def _measured(bench: Bench, cause: Cause) -> bool:
    """Whether more than symptoms speak for the cause."""
    return any(bench.present(id_) and bench.found[id_].measured for id_ in cause.expects)


def _proven(bench: Bench, cause: Cause, ruled_out: Iterable[RuledOut]) -> bool:
    decisive = any(
        bench.present(id_) and weight >= DECISIVE and not id_.startswith(REPORTED)
        for id_, weight in cause.expects.items()
    )
    return decisive and {one.side for one in ruled_out} >= set(Side) - {cause.side}


def _healthy_by(bench: Bench) -> tuple[str, ...]:
    """The findings that say that nothing is wrong; none where something may be."""
    if any(one.score > 0 for one in bench.possible) or any(bench.present(id_) for id_ in NEVER_HEALTHY):
        return ()
    explained = not bench.present(SEVERAL_MACS) or any(bench.present(id_) for id_ in SEVERAL_MACS_BY_DESIGN)
    two_answers, loss = HEALTHY_IF_ABSENT
    if (
        explained
        and all(bench.present(id_) for id_ in HEALTHY_IF_PRESENT)
        and (bench.standing(two_answers) is Standing.ABSENT or bench.present(ONE_SEEMS_TWO))
        and bench.standing(loss) is Standing.ABSENT
    ):
        return (HEALTHY_IF_PRESENT[0], loss)
    return (REPORTED_BY_DESIGN,) if bench.present(REPORTED_BY_DESIGN) else ()


def _next_test(
    target: IPv4Address | None, bench: Bench, leader: Weighed | None, rivals: tuple[Cause, ...]
) -> NextTest | None:
    separates = tuple(cause.id for cause in ((leader.cause, *rivals) if leader else rivals))
    if bench.present(OWNER_UNRESOLVED) or bench.present(REPORTED_UNRESOLVED):
        macs = "" if bench.standing(SEVERAL_MACS) is Standing.UNKNOWN else bench.says(SEVERAL_MACS)
        do = f"Ask every vCenter whose MACs these are. {macs}".strip()
        return NextTest(do, "the virtualization team", separates)
    if leader is None and bench.present(SHARED_ADDRESS_TAKEN):
        do = f"Find the switch port of the MAC that is no shared one. {bench.says(SHARED_ADDRESS_TAKEN)}"
        return NextTest(do, "the network team", separates)
    if bench.present(TARGET_SILENT) and not bench.present(TARGET_VM_KNOWN):
        if bench.standing(TARGET_VM_KNOWN) is Standing.ABSENT:
            do = f"Find out which machine should have {target}: no vCenter lists it. Then check that one by its name."
            return NextTest(do, "whoever keeps the address plan", separates)
        do = f"Ask every vCenter which VM has {target}, whether it is on, and whether its vNIC is connected."
        return NextTest(do, "the virtualization team", separates)
    if leader is not None:
        return NextTest(leader.cause.settle.do, leader.cause.settle.who, separates)
    if rivals:
        chosen = _most_telling(bench, rivals)
        return NextTest(chosen.settle.do, chosen.settle.who, separates)
    if bench.present(AGENT_ENDED):
        do = (
            f"Find out inside the guest why its agent is not whole, and whether it should be. {bench.says(AGENT_ENDED)}"
        )
        return NextTest(do, "whoever runs the guest", separates)
    if target is None:
        do = "Check one affected address, and beside it one that works: both from a vantage on their own segment."
        return NextTest(do, "whoever runs the agents", ())
    if bench.standing(TARGET_SILENT) is Standing.ABSENT:
        do = f"Count the answers and send echo requests to {target} from a second vantage on its own segment."
    else:
        do = f"Ask for {target} again from a vantage on its own segment, whose gateway answers it."
    return NextTest(do, "whoever runs the agents", ())


def _most_telling(bench: Bench, rivals: tuple[Cause, ...]) -> Cause:
    """The rival whose settling measurement is expected to tell most: the entropy of its possible outcomes, in bits."""
    scores = {one.cause.id: one.score for one in bench.possible}

    def information_bits(cause: Cause) -> float:
        outcomes: dict[object, float] = defaultdict(float)
        for rival in rivals:
            outcomes[rival.side if cause.settle.separates is Separates.SIDES else rival is cause] += exp(
                scores[rival.id]
            )
        total = sum(outcomes.values())
        return -sum(odd / total * log2(odd / total) for odd in outcomes.values())

    return min(rivals, key=lambda cause: (-round(information_bits(cause), 9), -scores[cause.id], cause.id))


def _evidence(
    bench: Bench, leader: Cause | None, rivals: Sequence[Cause], causes: Sequence[Cause], *, healthy: bool
) -> tuple[EvidenceItem, ...]:
    supports: set[str] = set()
    contradicts: set[str] = set()
    if leader is not None:
        supports = {*(id_ for anyof in leader.required() for id_ in anyof), *leader.expects}
        supports |= {id_ for cause in causes if cause.side is not leader.side for id_ in cause.excluded_by}
        contradicts = {id_ for cause in rivals for id_ in cause.expects}

    def weighs(finding: Finding) -> Weighs:
        if healthy:
            looked_for = (*HEALTHY_IF_PRESENT, *HEALTHY_IF_ABSENT, REPORTED_BY_DESIGN)
            return Weighs.FOR if finding.id in looked_for else Weighs.NEITHER
        if finding.standing is Standing.ABSENT:
            return Weighs.NEITHER
        return Weighs.FOR if finding.id in supports else Weighs.AGAINST if finding.id in contradicts else Weighs.NEITHER

    items = [
        EvidenceItem(finding.id, finding.standing, finding.statement, weighs(finding), finding.witnesses)
        for finding in bench.found.values()
        if finding.standing is not Standing.UNKNOWN
    ]
    order = (Weighs.FOR, Weighs.AGAINST, Weighs.NEITHER)

    def strength(item: EvidenceItem) -> float:
        if leader is None:
            return 0.0
        return (
            CAP + 1
            if any(item.finding in anyof for anyof in leader.required())
            else leader.expects.get(item.finding, 0.0)
        )

    return tuple(
        sorted(
            items,
            key=lambda item: (
                order.index(item.weighs),
                item.standing is Standing.ABSENT,
                -strength(item),
                item.finding,
            ),
        )
    )


def _missing(
    bench: Bench, gaps: Sequence[str], named: Sequence[Cause], *, proven: bool, healthy: bool
) -> tuple[str, ...]:
    """What was not looked at: the gaps, and where the verdict is not proven what could not be told."""
    told = list(gaps)
    if not proven:
        told += [bench.says(id_) for id_ in INSTRUMENTS if bench.standing(id_) is Standing.ABSENT]
        mattered = [anyof[0] for cause in named for anyof in cause.required() if not _by_chance(anyof[0])]
        mattered += [TARGET_VM_KNOWN] if healthy else [TARGET_SILENT, *HEALTHY_IF_ABSENT, TARGET_VM_KNOWN]
        told += [bench.says(id_) for id_ in mattered if bench.standing(id_) is Standing.UNKNOWN]
    once: dict[str, str] = {}
    for sentence in filter(None, told):
        once.setdefault(sentence.rstrip("."), sentence)
    return tuple(once.values())
