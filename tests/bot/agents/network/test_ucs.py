"""A worker reads a real HTTPS server that speaks UCS Manager's XML API: all of it, in part, or not at all."""

import subprocess
import sys
import tracemalloc
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from ucsmsdk import ucsmethod, ucsmethodfactory

from bot.agents.deadline import Deadline
from bot.agents.network.ucs import UcsAbility
from bot.agents.network.ucs_channel import ALLOWED, MOST_BYTES, Channel, ForbiddenMethodError
from bot.agents.network.ucs_session import Manager
from bot.agents.network.ucs_settings import UcsSettings
from bot.model.job import Artifact, Media, Probe, Vantage
from bot.model.observation import FabricRead, FabricSeen
from bot.model.ucs import HostInterface, InterconnectPort, Profile, Vnic
from bot.ports import Work
from bot.probes import read
from bot.probes.ucs import PROPERTIES, Answers, parse
from bot.system import SystemClock
from deploy.lab.ucsm import Authority, Blade, Trouble, UcsManager, domain
from tests.contracts.bench import job, until
from tests.fixtures.ucsm import ESX, StartUcs


def settings(ucsm: UcsManager, ca_file: Path, **more: object) -> UcsSettings:
    told = {"user": ucsm.sessions.user, "password": ucsm.sessions.password, "timeout_s": 0.4, **more}
    return UcsSettings(name="ucs1", host=ucsm.host, port=ucsm.port, ca_file=ca_file, **told)  # type: ignore[arg-type]


def work(lives_s: float = 30.0) -> Work:
    return Work(replace(job("network.dc1", probe=Probe.UCS, lives_s=lives_s)), lambda: False, lambda _: None)


def look(*managers: UcsSettings, lives_s: float = 30.0) -> list[tuple[Artifact, bytes]]:
    return list(UcsAbility("dc1", managers, SystemClock())(work(lives_s)))


def told(managers: UcsSettings, lives_s: float = 30.0) -> Answers:
    ((artifact, data),) = look(managers, lives_s=lives_s)
    assert (artifact.media, artifact.vantage) == (Media.UCS, Vantage("network.dc1", "ucs1", ""))
    return parse(data)


def gaps(answers: Answers) -> Mapping[str, str]:
    return {gap.kind: gap.says for gap in answers.gaps}


def test_a_domain_is_read_class_by_class_and_nothing_is_written(ucsm: UcsManager, ucs_authority: Authority) -> None:
    """One login, one question for each class, one logout."""
    ((artifact, data),) = look(settings(ucsm, ucs_authority.ca))
    observations = read(artifact, data)
    (head,) = [one for one in observations if isinstance(one, FabricRead)]
    assert (head.domain, head.read, head.gaps) == ("ucs1", tuple(PROPERTIES), ())
    things = [one.thing for one in observations if isinstance(one, FabricSeen)]
    assert [(one.name, one.mac, one.fabrics) for one in things if isinstance(one, Vnic)][:2] == [
        ("eth0", "00:25:b5:0a:00:01", ("A",)),
        ("eth1", "00:25:b5:0b:00:01", ("B",)),
    ]
    assert next(one.vnic for one in things if isinstance(one, HostInterface)) == "org-root/ls-esx1/ether-eth0"
    assert next(one.server for one in things if isinstance(one, Profile)) == "sys/chassis-1/blade-1"
    assert {(one.fabric, one.label, one.errors.frames_in) for one in things if isinstance(one, InterconnectPort)} == {
        (fabric, f"1/{port}", 40000) for fabric in "AB" for port in (1, 2, 31, 32)
    }
    until_logged_out(ucsm)
    assert dict(ucsm.asked) == {"aaaLogin": 1, "aaaLogout": 1, "configResolveClass": len(PROPERTIES)}
    assert (ucsm.sessions.open_, ucsm.refused) == (set(), [])


def test_every_class_and_property_that_is_asked_for_exists() -> None:
    """By Cisco's own metadata, so that a wrong name is not found at a customer."""
    from ucsmsdk import ucscoreutils, ucsgenutils

    for kind, names in PROPERTIES.items():
        assert set(names) <= set(ucscoreutils.load_class(ucsgenutils.word_u(kind)).prop_map), kind


def test_no_method_that_changes_anything_can_leave(ucsm: UcsManager, ucs_authority: Authority) -> None:
    """Every other method of Cisco's SDK is refused here, before a connection is made."""
    from ucsmsdk.ucsmeta import METHOD_CLASS_ID

    manager = Manager(settings(ucsm, ucs_authority.ca))
    channel = Channel(manager.settings, manager.tls, Deadline.after(5), lambda: False)
    methods = [ucsmethod.ExternalMethod(name) for name in METHOD_CLASS_ID]
    tags = {one._ExternalMethod__method_meta.xml_attribute for one in methods}
    assert len(tags) > 100
    assert tags > ALLOWED
    request = ucsmethodfactory.aaa_login("ruleout", "x")
    for tag in sorted(tags - ALLOWED):
        request.tag = tag
        with pytest.raises(ForbiddenMethodError, match=tag):
            channel.post(request)
    assert not ucsm.asked


@pytest.mark.parametrize(
    ("trouble", "says"),
    [
        pytest.param(Trouble.HANGS, "could not be read (faultInst): it did not answer in time.", id="hangs"),
        pytest.param(Trouble.DRIPS, "could not be read (faultInst): it did not answer in time.", id="drips"),
        pytest.param(Trouble.UNAVAILABLE, "it does not answer as UCS Manager does (HTTP 503).", id="503"),
        pytest.param(Trouble.DROPPED, "could not be read (faultInst): the connection was cut.", id="dropped"),
        pytest.param(Trouble.HALF, "its answer breaks off or is no XML.", id="half"),
        pytest.param(Trouble.REDIRECTED, "it does not answer as UCS Manager does (HTTP 302).", id="redirected"),
        pytest.param(Trouble.SWELLS, "its answer breaks off or is no XML.", id="swells"),
        pytest.param(Trouble.STRANGE, "answers something else than was asked.", id="strange"),
        pytest.param(Trouble.DENIED, "answers faultInst with error 103: Access denied.", id="denied"),
    ],
)
def test_a_class_that_cannot_be_read_costs_itself_only(
    ucsm: UcsManager, ucs_authority: Authority, trouble: Trouble, says: str
) -> None:
    """Half an answer is an answer, and it says what is missing."""
    ucsm.troubles["faultInst"] = trouble
    answers = told(settings(ucsm, ucs_authority.ca))
    assert [one.kind for one in answers.told] == [kind for kind in PROPERTIES if kind != "faultInst"]
    (missing,) = answers.gaps
    assert missing.kind == "faultInst"
    assert says.rstrip(".") in missing.says
    assert missing.says.startswith("UCS Manager ucs1 (127.0.0.1, port ")
    assert missing.says.endswith(".")
    until_logged_out(ucsm)


def test_an_answer_without_end_is_cut_off(ucsm: UcsManager, ucs_authority: Authority) -> None:
    """Whatever a manager sends, a worker's memory is bounded."""
    ucsm.troubles["faultInst"] = Trouble.ENDLESS
    (missing,) = told(settings(ucsm, ucs_authority.ca, timeout_s=10.0)).gaps
    assert missing.says.endswith(f"it does not answer as UCS Manager does (more than {MOST_BYTES} bytes).")


def until_logged_out(ucsm: UcsManager) -> None:
    assert until(lambda: ucsm.sessions.logouts and not ucsm.sessions.open_)


def test_a_session_that_the_manager_ends_is_opened_once_more(ucsm: UcsManager, ucs_authority: Authority) -> None:
    """Error 552, as after a failover of the interconnects."""
    ucsm.troubles["lsServer"] = Trouble.EXPIRED
    assert told(settings(ucsm, ucs_authority.ca)).gaps == ()
    assert ucsm.sessions.logins == 2


def test_a_wrong_password_is_tried_twice_and_never_again(ucsm: UcsManager, ucs_authority: Authority) -> None:
    """The account would be locked, for everybody who uses it."""
    ability = UcsAbility("dc1", [settings(ucsm, ucs_authority.ca, password="old")], SystemClock())
    says = [parse(ability(work())[0][1]).gaps for _ in range(3)]
    assert {len(one) for one in says} == {len(PROPERTIES)}
    assert [one[0].says.partition("port ")[2].partition(") ")[2] for one in says] == [
        "refuses the user ruleout. Check the password.",
        "refuses the user ruleout. Check the password.",
        "refused the user ruleout 2 times, and no further login is tried, so as not to lock the account: correct the "
        "password and restart the worker.",
    ]
    assert ucsm.sessions.refused == 2


def test_a_certificate_of_a_stranger_is_not_trusted(ucsm: UcsManager, stranger_ca: Path) -> None:
    """Cisco's SDK would have told it our password."""
    (says,) = set(gaps(told(settings(ucsm, stranger_ca))).values())
    assert "its certificate is not trusted (" in says
    assert not ucsm.asked


def test_a_certificate_for_another_name_is_not_trusted(ucsm: UcsManager, ucs_authority: Authority) -> None:
    """It is signed by the right CA, and belongs to somebody else."""
    elsewhere = replace(settings(ucsm, ucs_authority.ca), host="localhost")
    (says,) = set(gaps(told(elsewhere)).values())
    assert "its certificate is not trusted (" in says
    assert not ucsm.asked


@pytest.mark.parametrize(
    ("host", "says"),
    [
        pytest.param("ucs.invalid", "its name cannot be resolved", id="no-name"),
        pytest.param("127.0.0.1", "it refuses connections", id="nobody"),
    ],
)
def test_a_manager_that_is_not_there_is_one_sentence(
    ucs_authority: Authority, ucsm: UcsManager, host: str, says: str
) -> None:
    """With what to check."""
    (said,) = set(gaps(told(replace(settings(ucsm, ucs_authority.ca), host=host, port=1))).values())
    assert says in said


def test_a_manager_that_hangs_in_all_it_does_costs_its_time_only_and_the_others_nothing(
    ucsm: UcsManager, start_ucs: StartUcs, ucs_authority: Authority
) -> None:
    """The job ends by its deadline, and the other domain is whole."""
    silent = start_ucs(domain(ESX))
    silent.troubles["configResolveClass"] = Trouble.HANGS
    slow = replace(settings(silent, ucs_authority.ca), name="slow", timeout_s=10.0)
    (first, _), (second, data) = look(slow, settings(ucsm, ucs_authority.ca), lives_s=3.0)
    assert (first.vantage.segment, second.vantage.segment) == ("slow", "ucs1")
    assert parse(data).gaps == ()
    assert first.stopped_at - first.started_at < timedelta(seconds=3)


def test_a_job_that_nobody_waits_for_ends_though_the_manager_hangs(ucsm: UcsManager, ucs_authority: Authority) -> None:
    """Told to stop, a worker stops, and what it has read by then is handed over."""
    ucsm.troubles["vnicEther"] = Trouble.HANGS
    asked = replace(work(), stopped=lambda: ucsm.read["vnicEther"] > 0)
    able = UcsAbility("dc1", [settings(ucsm, ucs_authority.ca, timeout_s=10.0)], SystemClock())
    ((artifact, data),) = able(asked)
    assert artifact.stopped_at - artifact.started_at < timedelta(seconds=5)
    assert [one.kind for one in parse(data).told] == ["networkElement", "adaptorHostEthIf"]
    assert gaps(parse(data))["lsServer"].endswith("was not read to the end in the time there was.")


def test_jobs_at_once_take_turns_and_refused_together_count_together(
    ucsm: UcsManager, ucs_authority: Authority
) -> None:
    """Four incidents at once must not try a wrong password four times."""
    able = UcsAbility("dc1", [settings(ucsm, ucs_authority.ca, password="old")], SystemClock())
    with ThreadPoolExecutor(4) as pool:
        says = [parse(found[0][1]).gaps[0].says for found in pool.map(able, [work() for _ in range(4)])]
    assert ucsm.sessions.refused == 2
    assert sum("no further login is tried" in one for one in says) == 2


def test_the_sdk_is_imported_only_where_a_manager_is_configured() -> None:
    """It is 76 MB on disk; a worker that reads switches need not have it."""
    code = (
        "import sys, bot.__main__, bot.roles.network, bot.agents.network, bot.probes.ucs\n"
        "assert not [name for name in sys.modules if name.startswith('ucsmsdk')]\n"
        "import bot.agents.network.ucs\n"
        "assert 'ucsmsdk' in sys.modules\n"
        "assert 'ucsmsdk.ucshandle' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_reading_a_large_domain_stays_small(
    start_ucs: StartUcs, ucs_authority: Authority, capsys: pytest.CaptureFixture[str]
) -> None:
    """160 blades with eight vNICs each; what is kept is a small part of what a full answer would hold."""
    blades = [
        Blade(f"esx{n}", {f"eth{i}": (f"00:25:b5:0{i}:{n // 256:02x}:{n % 256:02x}", "AB"[i % 2]) for i in range(8)})
        for n in range(160)
    ]
    ucsm = start_ucs(domain(blades))
    tracemalloc.start()
    ((artifact, data),) = look(settings(ucsm, ucs_authority.ca, timeout_s=10.0))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    with capsys.disabled():
        took = (artifact.stopped_at - artifact.started_at).total_seconds()
        sys.stdout.write(
            f"\n160 blades, 1280 vNICs: {took:.2f} s traced, {len(data)} bytes, peak {peak >> 20} MiB (both ends)\n"
        )
    assert len([one for one in read(artifact, data) if isinstance(one, FabricSeen)]) > 2 * 1280 + 2 * 160
    assert parse(data).gaps == ()
