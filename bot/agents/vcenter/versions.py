"""Which API version the worker and its vCenter both speak."""

import ssl
from http.client import HTTPException, HTTPSConnection
from xml.etree import ElementTree

from pyVmomi import VmomiSupport

from bot.agents.deadline import Deadline
from bot.agents.vcenter.settings import VcenterSettings


def newest_common_version(settings: VcenterSettings, tls: ssl.SSLContext, deadline: Deadline) -> str:
    """The newest API version that both pyVmomi and the vCenter speak, as pyVmomi names it.

    pyVmomi's own negotiation (SmartConnect) has no timeout: a server that accepts and stays silent hangs it for ever.

    Raises:
        OSError, HTTPException, ElementTree.ParseError: the vCenter cannot be reached, or is none.
    """
    timeout_s = min(settings.call_timeout_s, deadline.left_s())
    connection = HTTPSConnection(settings.host, settings.port, timeout=timeout_s, context=tls)
    try:
        connection.request("GET", "/sdk/vimServiceVersions.xml")
        response = connection.getresponse()
        if response.status != 200:
            raise HTTPException(f"HTTP {response.status} for its list of API versions")
        document = ElementTree.fromstring(response.read(1 << 20))  # noqa: S314  verified sender; expat limits expansion
    finally:
        connection.close()
    offered = {element.text for element in document.iter("version")}
    for version in VmomiSupport.GetServiceVersions("vim25"):
        if VmomiSupport.versionIdMap[version] in offered:
            return str(version)
    raise HTTPException(f"no API version in common (it offers {', '.join(sorted(map(str, offered)))})")
