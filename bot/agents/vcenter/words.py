"""An answer as pyVmomi's objects, and what to say of one that has words in it which pyVmomi does not know.

pyVmomi has the words of the newest vSphere API at its own release; a vCenter that is newer may use others.
"""

from http.client import HTTPException
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

from pyVmomi import SoapAdapter, VmomiSupport, vmodl

from bot.agents.vcenter.answers import KIND

_LONGEST = 80


class UnknownWordError(HTTPException):
    """The text names what is not known ("the type Tomorrow")."""


def understood(stub: SoapAdapter.SoapStubAdapter, body: bytes, result: Any) -> Any:
    """The object that these bytes are; a fault is one as well.

    Raises:
        UnknownWordError: there is a word in it that pyVmomi does not know.
        ExpatError: they are no XML.
    """
    try:
        return SoapAdapter.SoapResponseDeserializer(stub).Deserialize(BytesIO(body), result)
    except (KeyError, AttributeError, TypeError, ValueError) as error:  # nothing but pyVmomi runs in here
        raise UnknownWordError(_unknown(error)) from error


def refusal(stub: SoapAdapter.SoapStubAdapter, body: bytes, result: Any) -> Exception:
    """The fault that these bytes are; a known one with an unknown word inside comes without its fields."""
    try:
        fault = understood(stub, body, result)
    except UnknownWordError:
        name = _name(body)
        try:
            fault = VmomiSupport.GetWsdlType(VmomiSupport.XMLNS_VMODL_BASE, name)()
        except KeyError:
            return UnknownWordError(f"the fault {name}")
    return fault if isinstance(fault, vmodl.MethodFault) else UnknownWordError("a refusal without a fault")


def _name(body: bytes) -> str:
    detail = ElementTree.fromstring(body).find(".//detail/*")  # noqa: S314  verified sender; expat limits expansion
    return "" if detail is None else detail.get(KIND, "").rpartition(":")[2][:_LONGEST]


def _unknown(error: Exception) -> str:
    # Seen with pyVmomi 9.1: KeyError(type); AttributeError(property), and with an enumeration as its object and the
    # value as its name; TypeError or ValueError for a text that is no boolean, date or number.
    said = str(error.args[0])[:_LONGEST]
    if isinstance(error, KeyError):
        return f"the type {said}"
    if isinstance(error, AttributeError):
        kind = getattr(error.obj, "__name__", "")
        return f"the value {error.name} of {kind}"[:_LONGEST] if error.name else f"the property {said}"
    return f"the value {said}"
