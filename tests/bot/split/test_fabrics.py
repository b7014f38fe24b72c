"""The fabric of each machine, from what a vCenter and a UCS Manager told: where it is certain, and only there."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.model.addresses import Mac
from bot.model.ucs import UcsGap
from bot.model.vsphere import Host, HostGroup, Surroundings, Teaming
from bot.probes import ucs, vcenter
from bot.probes.vcenter import Nic, Query, Snapshot, Vm
from deploy.lab.ucsm import Blade, Objects
from tests.bot.fabrics import answers, changed, hosted
from tests.bot.story import Story
from tests.bot.surroundings import port

VMS, HOSTS = 12, 4
AT = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
ONLY_A, ONLY_B = Teaming(active=("vmnic0",), standby=("vmnic1",)), Teaming(active=("vmnic1",), standby=("vmnic0",))
BOTH = Teaming(active=("vmnic0", "vmnic1"))


def macs(host: int) -> tuple[Mac, Mac]:
    return Mac(f"00:25:b5:0a:00:0{host}"), Mac(f"00:25:b5:0b:00:0{host}")


def blades(*, failover: bool = False) -> list[Blade]:
    told = ("A-B", "B-A") if failover else ("A", "B")
    return [Blade(f"esx{n}", {f"eth{i}": (mac, told[i]) for i, mac in enumerate(macs(n))}) for n in range(1, HOSTS + 1)]


def esx(number: int, odd: Teaming, even: Teaming, down: tuple[str, ...]) -> Host:
    groups = tuple(HostGroup(name=name, switch="vSwitch0", teaming=one) for name, one in (("odd", odd), ("even", even)))
    return hosted(macs=macs(number), name=f"esx{number}", groups=groups, down=down)


def snapshot(odd: Teaming = ONLY_A, even: Teaming = ONLY_B, *, down: tuple[str, ...] = ()) -> Snapshot:
    """Machines in turn on four hosts; the odd and the even ones are on two port groups."""
    vms = tuple(
        Vm(
            f"vm-{n}", f"app{n:02}", "poweredOn", "connected", host=f"esx{n % HOSTS + 1}", cluster="one",
            nics=(Nic(4000, "Network adapter 1", Mac(f"00:50:56:00:00:{n:02x}"), network="odd" if n % 2 else "even"),),
        )
        for n in range(1, VMS + 1)
    )  # fmt: skip
    around = Surroundings(hosts=tuple(esx(n, odd, even, down) for n in range(1, HOSTS + 1)), groups=(), ports=(port(),))
    return Snapshot(
        format="ruleout.vcenter/1", vcenter="dc1", api_version="8.0", read_at=AT, asked=Query(), complete=True,
        unread=(), vms=vms, host_nics=(), surroundings=around,
    )  # fmt: skip


def outcome(
    folder: Path, capsys: pytest.CaptureFixture[str], told: Snapshot, *domains: Objects, gaps: Sequence[UcsGap] = ()
) -> dict[str, object]:
    """What ``ruleout split`` prints of it; every odd machine is affected."""
    table = [{"machine": f"app{n:02}", "affected": bool(n % 2)} for n in range(1, VMS + 1)]
    (folder / "table.json").write_text(json.dumps(table))
    (folder / "vcenter.json").write_bytes(vcenter.dump(told))
    words = ["split", str(folder / "table.json"), "--vcenter", str(folder / "vcenter.json"), "--json"]
    for number, one in enumerate(domains, 1):
        path = folder / f"ucs{number}.json"
        path.write_bytes(ucs.dump(answers(Story(), one, gaps=gaps, name=f"ucs{number}")))
        words += ["--ucs", str(path)]
    assert main(words) == 0
    printed: dict[str, object] = json.loads(capsys.readouterr().out)
    return printed


def attributes(printed: dict[str, object]) -> set[str]:
    return {f"{one['trait']['attribute']} {one['trait']['values']}" for one in printed["leaders"]}  # type: ignore[attr-defined]


def test_the_fabric_is_compared_and_odd_and_even_stay_its_rivals(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every odd machine goes over fabric A, so its number says no more than its fabric does."""
    printed = outcome(tmp_path, capsys, snapshot(), changed(blades=blades()))
    found = attributes(printed)
    assert "fabric ['A']" in found
    assert any(one.startswith("number at the end of the name") for one in found)
    assert any(one.startswith("number at the end of the MAC") for one in found)
    assert printed["missing"] == []


NOT_UCS = "its host's uplinks are not each one vNIC of the UCS domains that were read"
BOTH_SAYS = "it may use uplinks on both fabrics, and its host chooses"


@pytest.mark.parametrize(
    ("told", "objects", "says"),
    [
        pytest.param(snapshot(BOTH, BOTH), changed(blades=blades()), BOTH_SAYS, id="both"),
        pytest.param(snapshot(Teaming(), Teaming()), changed(blades=blades()), BOTH_SAYS, id="no order is told"),
        pytest.param(
            snapshot(down=("vmnic0", "vmnic1")), changed(blades=blades()), "a standby uplink may carry it", id="standby"
        ),
        pytest.param(
            snapshot(), changed(blades=blades(failover=True)),
            "UCS may move its vNICs from one fabric to the other, or does not tell whether", id="failover",
        ),
        pytest.param(
            snapshot(), changed(blades=[]), NOT_UCS,
            id="not on UCS",
        ),
    ],
)  # fmt: skip
def test_what_is_not_certain_is_never_guessed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], told: Snapshot, objects: Objects, says: str
) -> None:
    """It is named instead, with the machines."""
    printed = outcome(tmp_path, capsys, told, objects)
    assert not any(one.startswith("fabric") for one in attributes(printed))
    assert printed["missing"] == [
        "The fabric of app01, app02, app03, app04, app05, app06, app07, app08 and 4 more is not told: " + says + "."
    ]


def test_one_link_that_is_down_leaves_open_whose_machines_fail_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The even ones go over fabric B as before, so they are compared."""
    printed = outcome(tmp_path, capsys, snapshot(down=("vmnic0",)), changed(blades=blades()))
    assert printed["missing"] == [
        "The fabric of app01, app03, app05, app07, app09 and app11 is not told: a standby uplink may carry it."
    ]


def test_two_domains_with_one_pool_of_macs_are_not_told_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A MAC that two blades have says of neither where a host is."""
    printed = outcome(tmp_path, capsys, snapshot(), changed(blades=blades()), changed(blades=blades()))
    assert not any(one.startswith("fabric") for one in attributes(printed))


def test_two_domains_have_four_fabrics(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Fabric A of one is not that of the other."""
    first, second = blades()[:2], blades()[2:]
    printed = outcome(tmp_path, capsys, snapshot(), changed(blades=first), changed(blades=second))
    traits = [one["trait"] for one in (*printed["leaders"], *printed["others"])]  # type: ignore[misc]
    values = {value for one in traits if one["attribute"] == "fabric" for value in one["values"]}
    assert values
    assert values <= {"ucs1 A", "ucs1 B", "ucs2 A", "ucs2 B"}
    assert printed["missing"] == []


def test_what_a_manager_did_not_tell_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The adapters alone do not say whether a vNIC fails over."""
    gap = UcsGap("vnicEther", "UCS Manager ucs1 answers vnicEther with error 103: Access denied.")
    printed = outcome(tmp_path, capsys, snapshot(), changed(blades=blades()), gaps=[gap])
    assert printed["missing"] == [
        gap.says,
        "The fabric of app01, app02, app03, app04, app05, app06, app07, app08 and 4 more is not told: UCS may move its "
        "vNICs from one fabric to the other, or does not tell whether.",
    ]


def test_the_column_that_somebody_wrote_down_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two ways of writing one fabric would be two."""
    (tmp_path / "table.csv").write_text("machine,affected,fabric\napp01,yes,left\napp02,no,right\n")
    (tmp_path / "vcenter.json").write_bytes(vcenter.dump(snapshot()))
    (tmp_path / "ucs.json").write_bytes(ucs.dump(answers(Story(), changed(blades=blades()))))
    words = ["--vcenter", str(tmp_path / "vcenter.json"), "--ucs", str(tmp_path / "ucs.json"), "--json"]
    assert main(["split", str(tmp_path / "table.csv"), *words]) == 0
    printed = json.loads(capsys.readouterr().out)
    values = {value for one in (*printed["leaders"], *printed["others"]) for value in one["trait"]["values"]}
    assert not values & {"A", "B"}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param(["--ucs", "UCS"], "--ucs needs --vcenter", id="alone"),
        pytest.param(["--vcenter", "VCENTER", "--ucs", "VCENTER"], "This is no UCS Manager's answer", id="other"),
        pytest.param(["--vcenter", "VCENTER", "--ucs", "/nowhere"], "/nowhere cannot be read: No such", id="nowhere"),
    ],
)
def test_what_cannot_be_used_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], says: str
) -> None:
    """And status two."""
    (tmp_path / "table.csv").write_text("machine,affected\napp01,yes\napp02,no\n")
    (tmp_path / "VCENTER").write_bytes(vcenter.dump(snapshot()))
    (tmp_path / "UCS").write_bytes(ucs.dump(answers(Story(), changed())))
    paths = [str(tmp_path / word) if word in ("VCENTER", "UCS") else word for word in words]
    assert main(["split", str(tmp_path / "table.csv"), *paths]) == 2
    assert says in capsys.readouterr().err
