"""The operator's own files and settings: a slip of the keyboard is one sentence, and no part of a secret is in it."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.agents.network import device, entries
from bot.agents.network.ucs_settings import manager
from bot.errors import RequestError
from bot.incidents import rights_file
from bot.roles.rules import rules
from bot.settings import SETTINGS, Settings
from tests.hostile.damage import DEEP, damaged_bytes

DEPLOY = Path(__file__).parents[2] / "deploy"
RULES = (DEPLOY / "rules.example.toml").read_bytes()
SECRET = "c4nary-c4nary"
NETWORK = f"""
[[device]]
name = "r1"
host = "192.0.2.1"
role = "core"
version = "2c"
community = "{SECRET}"
networks = ["10.0.0.0/24"]
timeout_s = 0.5
community_per_vlan = [10, 20]

[[device]]
name = "sw1"
host = "192.0.2.2"
role = "access"
version = "3"
user = "ruleout"
auth = "sha256"
auth_password = "{SECRET}-auth"
priv = "aes128"
priv_password = "{SECRET}-priv"

[[ucs]]
name = "ucs1"
host = "192.0.2.3"
user = "ruleout"
password = "{SECRET}-ucs"
""".encode()
NEVER_TOML = (
    b"\xff\xfe", b"a = " + b"1" * 5_000, b"a = " + b"[" * DEEP, b"a = 2026-99-99", b"a = 0x" + b"f" * 5_000, b"a=nan",
    b"a." * DEEP + b"a=1", b"a = {" * 500, b'a = "\\ud800"', b"\x00", b"a = 1e999", b"[a]\n[a]",
)  # fmt: skip


ODD_VALUES = ("\x00", "\ud800", "1" * 5_000, "²", "/", "a/b/c", "=", "x=", ",", "∞", "1.0", "-0")


def read_rules(data: bytes) -> str | None:
    """What the operator is told; None: the file is a rules file."""
    try:
        rights_file.parse(data.decode("utf-8", "replace"), "rules.toml", ("T0OAKRIDGE",), ("C0INCNET01",))
    except RequestError as refused:
        return str(refused)
    return None


@given(damaged_bytes(RULES) | st.sampled_from(NEVER_TOML))
def test_a_rules_file_is_understood_or_refused(data: bytes) -> None:
    """Rules that are half understood would give a right to somebody whom nobody meant."""
    said = read_rules(data)
    assert said is None or (said.startswith("rules.toml") and len(said) < 2_000)


def read_devices(path: Path) -> str | None:
    try:
        told = entries(path)
        for one in told["device"]:
            device(one)
        for one in told["ucs"]:
            manager(one)
    except RequestError as refused:
        return str(refused)
    return None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=damaged_bytes(NETWORK) | st.sampled_from(NEVER_TOML))
def test_a_file_of_devices_is_understood_or_refused_without_its_secrets(tmp_path: Path, data: bytes) -> None:
    """What an operator mistypes is pasted into a ticket."""
    path = tmp_path / "network.toml"
    path.write_bytes(data)
    said = read_devices(path)
    assert said is None or ("network.toml" in said and len(said) < 2_000)
    assert SECRET not in (said or "")


@pytest.mark.parametrize("name", [setting.name for setting in SETTINGS])
@given(
    value=st.text(max_size=60)
    | st.sampled_from(["\x00", "\ud800", "1" * 5_000, "²", "/", "a/b/c", "=", "x=", ",", "∞"])
)
def test_a_setting_is_understood_or_refused(name: str, value: str) -> None:
    """In every form in which anything reads it."""
    told = Settings({name: value})
    forms = (told.number, told.flag, told.addresses, told.networks, told.people, told.keys, told.queue_keys, told.items)
    for form in forms:
        try:
            form(name)
        except RequestError as refused:
            assert name in str(refused)  # noqa: PT017  the claim is about its words


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", None], ids=["no text", "a directory"])
def test_a_secret_in_a_file_that_is_no_text_is_one_sentence(content: bytes | None, tmp_path: Path) -> None:
    """A key in binary is a usual slip, and its bytes must not stand in a traceback."""
    path = tmp_path / "key"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    with pytest.raises(RequestError, match=r"RULEOUT_MASTER_KEYS_FILE names .* cannot be read"):
        Settings({"RULEOUT_MASTER_KEYS_FILE": str(path)}).keys("RULEOUT_MASTER_KEYS")
    with pytest.raises(RequestError, match="RULEOUT_RULES_FILE names"):
        rules(Settings({"RULEOUT_RULES_FILE": str(path)}), "T1")
