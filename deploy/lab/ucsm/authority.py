"""A throw-away CA and the certificate that it gives a server on this machine, made by ``openssl``."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

_CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2")


@dataclass(frozen=True)
class Authority:
    """The CA that a client trusts, and what the server shows and keeps."""

    ca: Path
    certificate: Path
    key: Path


def certify(folder: Path, *names: str) -> Authority:
    """A CA and a certificate for these names (``IP:127.0.0.1``, ``DNS:localhost``) in the folder.

    Raises:
        FileNotFoundError: openssl is not installed.
    """
    openssl = shutil.which("openssl")
    if openssl is None:
        raise FileNotFoundError("openssl is not installed")
    folder.mkdir(parents=True, exist_ok=True)
    ca, ca_key, certificate, key = (folder / name for name in ("ca.pem", "ca.key", "ucsm.pem", "ucsm.key"))
    signing = ("-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign")
    serving = ("-addext", f"subjectAltName={','.join(names)}", "-addext", "basicConstraints=critical,CA:FALSE")
    for name, paths, more in (
        ("/CN=lab UCS CA", (ca_key, ca), signing),
        ("/CN=lab UCS Manager", (key, certificate), (*serving, "-CA", str(ca), "-CAkey", str(ca_key))),
    ):
        where = ("-keyout", str(paths[0]), "-out", str(paths[1]))
        request = (openssl, "req", "-x509", *_CURVE, "-subj", name, *where, *more)
        subprocess.run(request, check=True, capture_output=True)
    return Authority(ca, certificate, key)
