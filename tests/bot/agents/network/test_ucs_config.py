"""The ``[[ucs]]`` tables of the network file: one clear sentence a mistake, and none shows a password."""

import subprocess
import sys
from pathlib import Path

import pytest

from bot.agents.network import entries
from bot.agents.network.ucs_settings import UcsSettings, manager
from bot.errors import RequestError
from bot.model.job import Probe
from bot.roles.network import abilities

WHOLE = '[[ucs]]\nname = "dc1"\nhost = "ucs.example.net"\nuser = "ruleout"\npassword = "secret-word"\n'


def told(folder: Path, text: str) -> UcsSettings:
    path = folder / "network.toml"
    path.write_text(text)
    (entry,) = entries(path)["ucs"]
    return manager(entry)


def test_a_manager_is_read_with_its_defaults_and_shows_no_password(tmp_path: Path) -> None:
    """A settings object ends up in logs."""
    settings = told(tmp_path, WHOLE)
    assert (settings.port, settings.ca_file, settings.timeout_s, settings.password) == (443, None, 5.0, "secret-word")
    assert "secret-word" not in repr(settings)


def test_the_password_and_the_ca_may_lie_in_files(tmp_path: Path) -> None:
    """As secrets are mounted."""
    (tmp_path / "password").write_text("from a file\n")
    text = WHOLE.replace('password = "secret-word"', f'password_file = "{tmp_path}/password"')
    settings = told(tmp_path, text + f'ca_file = "{tmp_path}/password"\nport = 8443\n')
    assert (settings.password, settings.port, settings.ca_file) == ("from a file", 8443, tmp_path / "password")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param(WHOLE.replace("host", "hots"), "host is missing", id="no-host"),
        pytest.param(WHOLE.replace("password =", "#"), "password or password_file is missing", id="no-password"),
        pytest.param(WHOLE + "insecure = true", "insecure is not a key that is known here", id="unknown"),
        pytest.param(WHOLE + "port = 0", "port must be a whole number from 1 to 65535", id="port"),
        pytest.param(WHOLE + 'ca_file = "/nowhere/ca.pem"', "ca_file names /nowhere/ca.pem, which cannot", id="no-ca"),
    ],
)
def test_a_mistake_is_one_sentence(tmp_path: Path, text: str, says: str) -> None:
    """With the table it stands in, and never with a secret."""
    with pytest.raises(RequestError, match=says) as error:
        told(tmp_path, text)
    assert "ucs dc1: " in str(error.value)
    assert "secret-word" not in str(error.value)


def test_a_worker_that_only_reads_managers_announces_only_that(tmp_path: Path) -> None:
    """It holds nobody's tables back."""
    path = tmp_path / "network.toml"
    path.write_text(WHOLE)
    assert set(abilities("dc1", path)) == {Probe.UCS}


def test_a_file_that_is_no_ca_is_one_sentence(tmp_path: Path) -> None:
    """Found at the start, and not in the first incident."""
    path = tmp_path / "network.toml"
    path.write_text(WHOLE + f'ca_file = "{path}"\n')
    with pytest.raises(RequestError, match="ca_file of dc1 holds no certificate"):
        abilities("dc1", path)


def test_without_the_sdk_one_sentence_says_what_to_install(tmp_path: Path) -> None:
    """And a worker that reads switches only starts all the same."""
    path = tmp_path / "network.toml"
    path.write_text(WHOLE)
    code = (
        "import sys; sys.modules['ucsmsdk'] = None\n"
        "from pathlib import Path\n"
        "from bot.roles.network import abilities\n"
        "from bot.errors import RequestError\n"
        "try: abilities('dc1', Path(sys.argv[1]))\n"
        "except RequestError as error: print(error)"
    )
    ran = subprocess.run([sys.executable, "-c", code, str(path)], check=True, capture_output=True, text=True)
    assert ran.stdout == (
        f"{path} names a UCS Manager, and ucsmsdk, Cisco's library for it, is not installed; install `ruleout[ucs]`.\n"
    )
