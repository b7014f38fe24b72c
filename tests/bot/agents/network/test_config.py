"""The file of devices: what is right is taken as it stands, every mistake is one sentence, no secret is in any."""

from pathlib import Path

import pytest

from bot.agents.network import device, entries
from bot.errors import RequestError
from bot.model.network import Role

EXAMPLE = Path(__file__).parents[4] / "deploy" / "network.example.toml"
PLAIN = '[[device]]\nname = "sw1"\nhost = "10.0.0.2"\nrole = "access"\nversion = "2c"\n'
SECRET = "swordfish"
V2 = f'{PLAIN}community = "{SECRET}"\n'
V3 = (
    '[[device]]\nname = "sw1"\nhost = "10.0.0.2"\nrole = "access"\nversion = "3"\nuser = "u"\nauth = "sha256"\n'
    f'auth_password = "{SECRET}"\n'
)


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "network.toml"
    path.write_text(text)
    return path


def read(path: Path) -> list[object]:
    return [device(one) for one in entries(path)["device"]]


def test_the_example_is_a_file_that_is_taken(tmp_path: Path) -> None:
    """Whoever copies it begins with something that works."""
    text = EXAMPLE.read_text()
    for name in ("core1-auth", "core1-priv", "access7-community"):
        (tmp_path / name).write_text(f"{SECRET}\n")
        text = text.replace(f"/run/secrets/{name}", str(tmp_path / name))
    core, access = (device(one) for one in entries(write(tmp_path, text))["device"])
    assert core.device.role is Role.CORE
    assert core.user is not None
    assert core.user.auth_password == core.user.priv_password == access.community == SECRET
    assert access.community_per_vlan == (10, 20)
    assert SECRET not in f"{core!r}{access!r}"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("device = 3", "device must be written [[device]]", id="no table"),
        pytest.param("[[switch]]\nname = 'a'", "switch is not known here", id="unknown kind"),
        pytest.param("[[device]]\nhost = 'a'", "device number 1 has no name", id="no name"),
        pytest.param(f"{V2}{V2}", "the name 'sw1' is given twice", id="twice"),
        pytest.param("[[device", "is no TOML file", id="no TOML"),
        pytest.param(f"{PLAIN}", "community or community_file is missing", id="no community"),
        pytest.param(f"{V2}community_file = 'x'", "give community or community_file, not both", id="both"),
        pytest.param(f"{PLAIN}community_file = '/nowhere/x'", "/nowhere/x, which cannot be read", id="no file"),
        pytest.param(f"{V2}colour = 'red'", "colour is not a key", id="unknown key"),
        pytest.param(f"{V2}port = 70000", "port must be a whole number from 1 to 65535", id="port"),
        pytest.param(f"{V2}port = true", "port must be a whole number", id="port is a flag"),
        pytest.param(f"{V2}timeout_s = 'long'", "timeout_s must be a number from 0.1 to 10", id="timeout"),
        pytest.param(f"{V2}networks = ['10.0.0.5/24']", "networks must be a list of networks", id="host bits"),
        pytest.param(f"{V2}networks = '10.0.0.0/24'", "networks must be a list of networks", id="no list"),
        pytest.param(f"{V2}community_per_vlan = [5000]", "whole numbers from 1 to 4094", id="VLAN"),
        pytest.param(f"{V2}user = 'u'", 'user belongs to version = "3"', id="user with 2c"),
        pytest.param(f"{V2.replace('2c', '1')}", "version must be one of 2c, 3", id="version 1"),
        pytest.param(f"{V2.replace('access', 'edge')}", "role must be one of core", id="role"),
        pytest.param(f"{V2.replace('10.0.0.2', ' ')}", "host must be a text", id="empty host"),
        pytest.param(f"{V3.replace('sha256', 'md5')}", "auth must be one of sha1", id="MD5"),
        pytest.param(f"{V3.replace(SECRET, 'short')}", "auth_password has fewer than 8", id="short password"),
        pytest.param(f"{V3}priv = 'des'\npriv_password = '{SECRET}'", "priv must be one of aes128", id="DES"),
        pytest.param(f"{V3}priv = 'aes128'", "priv_password or priv_password_file is missing", id="no priv"),
        pytest.param(f"{V3}priv_password = '{SECRET}'", "priv_password is given, but not priv", id="priv alone"),
        pytest.param(f"{V3}community = '{SECRET}'", 'community belongs to version = "2c"', id="community with 3"),
        pytest.param(f"{V3}community_per_vlan = [10]", "community_per_vlan belongs to", id="VLANs with 3"),
    ],
)
def test_a_mistake_is_one_sentence_that_names_the_file_and_the_device(tmp_path: Path, text: str, says: str) -> None:
    """Who edits forty devices finds the line; a secret is never shown."""
    path = write(tmp_path, text)
    with pytest.raises(RequestError) as refused:
        read(path)
    assert says in str(refused.value)
    assert str(path) in str(refused.value)
    assert SECRET not in str(refused.value)


def test_a_mistake_in_a_device_names_it(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match=r"network\.toml, device sw1: role"):
        read(write(tmp_path, f"{V2.replace('access', 'edge')}"))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match=r"nowhere\.toml cannot be read: No such file"):
        entries(tmp_path / "nowhere.toml")
