"""A stand-in for UCS Manager's XML API: reads alone, over TLS, from managed objects that Cisco's metadata admits."""

from deploy.lab.ucsm.authority import Authority, certify
from deploy.lab.ucsm.domain import Blade, domain
from deploy.lab.ucsm.objects import Objects, ObjectWrongError, checked
from deploy.lab.ucsm.of_lab import of_lab
from deploy.lab.ucsm.server import Trouble, UcsManager

__all__ = [
    "Authority",
    "Blade",
    "ObjectWrongError",
    "Objects",
    "Trouble",
    "UcsManager",
    "certify",
    "checked",
    "domain",
    "of_lab",
]
