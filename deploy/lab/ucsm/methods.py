"""What the XML API answers to one request: sessions, and reading by class and by name. It knows no way to write."""

import itertools
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable

from deploy.lab.ucsm.objects import Objects

VERSION = "4.2(3g)"
REFRESH_S = 600
_FAILED, _EXPIRED, _PARSE = ("551", "unidentified-fail"), ("552", "service-unavailable"), ("ERR-xml-parse-error", "594")


class Sessions:
    """Who may read. ``refused`` counts wrong passwords, ``open_`` holds the cookies that are good."""

    def __init__(self, user: str, password: str) -> None:
        self.user, self.password = user, password
        self.open_: set[str] = set()
        self.logins = self.refused = self.logouts = 0
        self._numbers = itertools.count(1)

    def enter(self, user: str | None, password: str | None) -> str | None:
        """A new cookie, or None."""
        if (user, password) != (self.user, self.password):
            self.refused += 1
            return None
        self.logins += 1
        cookie = f"1764087000/{next(self._numbers):08x}-7a1c-4b0e-9d55-000000000000"
        self.open_.add(cookie)
        return cookie


def answer(request: ET.Element, sessions: Sessions, objects: Objects) -> ET.Element | None:
    """The answer; None: the method is none that only reads."""
    read = _METHODS.get(request.tag)
    if read is not None:
        return read(request, sessions, objects)
    return None


def no_such_method(tag: str) -> ET.Element:
    """What UCS Manager says to a method that it does not have; the stand-in says it to every write, too."""
    code, result = _PARSE
    told = {"cookie": "", "response": "yes", "errorCode": code, "invocationResult": result}
    return ET.Element(
        "error", told | {"errorDescr": f"XML PARSING ERROR: Element '{tag}': This element is not expected."}
    )


def _reply(request: ET.Element, **told: str) -> ET.Element:
    return ET.Element(request.tag, {"cookie": request.get("cookie", ""), "response": "yes", **told})


def _failure(request: ET.Element, failure: tuple[str, str], says: str) -> ET.Element:
    return _reply(request, errorCode=failure[0], invocationResult=failure[1], errorDescr=says)


def _login(request: ET.Element, sessions: Sessions, _objects: Objects) -> ET.Element:
    cookie = sessions.enter(request.get("inName"), request.get("inPassword"))
    if cookie is None:
        return _failure(request, _FAILED, "Authentication failed")
    return _reply(
        request, outCookie=cookie, outVersion=VERSION, outName="", outSessionId=f"web_{cookie[-4:]}", **_RIGHTS
    )


_RIGHTS = {
    "outRefreshPeriod": str(REFRESH_S),
    "outPriv": "read-only",
    "outDomains": "",
    "outChannel": "noencssl",
    "outEvtChannel": "noencssl",
}


def _refresh(request: ET.Element, sessions: Sessions, _objects: Objects) -> ET.Element:
    old = request.get("inCookie", "")
    if old not in sessions.open_:
        return _expired(request)
    cookie = sessions.enter(request.get("inName"), request.get("inPassword"))
    if cookie is None:
        return _failure(request, _FAILED, "Authentication failed")
    sessions.open_.discard(old)
    return _reply(request, outCookie=cookie, **_RIGHTS)


def _keep_alive(request: ET.Element, sessions: Sessions, _objects: Objects) -> ET.Element:
    return _reply(request) if request.get("cookie") in sessions.open_ else _expired(request)


def _logout(request: ET.Element, sessions: Sessions, _objects: Objects) -> ET.Element:
    cookie = request.get("inCookie", "")
    if cookie not in sessions.open_:
        return _failure(request, ("555", "unidentified-fail"), "Session not found")
    sessions.open_.discard(cookie)
    sessions.logouts += 1
    return _reply(request, outStatus="success")


def _expired(request: ET.Element) -> ET.Element:
    return _failure(request, _EXPIRED, "Authorization required")


def _by_class(request: ET.Element, sessions: Sessions, objects: Objects) -> ET.Element:
    wanted = request.get("classId", "")
    return _told(request, sessions, "outConfigs", _of(objects, [wanted]), classId=wanted)


def _by_classes(request: ET.Element, sessions: Sessions, objects: Objects) -> ET.Element:
    wanted = [one.get("value", "") for one in request.iter() if one.tag in ("Id", "classId")]
    return _told(request, sessions, "outConfigs", _of(objects, wanted))


def _by_name(request: ET.Element, sessions: Sessions, objects: Objects) -> ET.Element:
    wanted = request.get("dn", "")
    found = [(class_id, one) for class_id, one in _of(objects, objects) if one["dn"] == wanted]
    return _told(request, sessions, "outConfig", found, dn=wanted)


def _by_names(request: ET.Element, sessions: Sessions, objects: Objects) -> ET.Element:
    wanted = {one.get("value", "") for one in request.iter() if one.tag.casefold() == "dn"}
    found = [(class_id, one) for class_id, one in _of(objects, objects) if one["dn"] in wanted]
    return _told(request, sessions, "outConfigs", found)


def _of(objects: Objects, wanted: Iterable[str]) -> list[tuple[str, dict[str, str]]]:
    return [(class_id, one) for class_id in wanted for one in objects.get(class_id, ())]


def _told(
    request: ET.Element, sessions: Sessions, inside: str, found: Iterable[tuple[str, dict[str, str]]], **told: str
) -> ET.Element:
    if request.get("cookie") not in sessions.open_:
        return _expired(request)
    reply = _reply(request, **told)
    configs = ET.SubElement(reply, inside)
    for class_id, one in found:
        ET.SubElement(configs, class_id, one)
    return reply


_METHODS: dict[str, Callable[[ET.Element, Sessions, Objects], ET.Element]] = {
    "aaaLogin": _login,
    "aaaRefresh": _refresh,
    "aaaKeepAlive": _keep_alive,
    "aaaLogout": _logout,
    "configResolveClass": _by_class,
    "configResolveClasses": _by_classes,
    "configResolveDn": _by_name,
    "configResolveDns": _by_names,
}
