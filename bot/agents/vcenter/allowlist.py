"""The only methods that may leave this process for a vCenter.

A read-only account is not harmless: Reload, RectifyDvsHost_Task, RefreshDVPortState, CancelRecommendation and others
need no more than System.View or System.Read and still act. So the list is kept here, by the name on the wire, and is
as short as the worker's needs.
"""

REPEATABLE = frozenset(
    {
        "RetrieveServiceContent",
        "CreatePropertyCollector",
        "CreateContainerView",
        "DestroyView",
        "RetrievePropertiesEx",
        "FindAllByIp",
        "FetchDVPorts",
        "CurrentTime",
        "QueryEvents",
        "QueryPerf",
        "QueryNetworkHint",
    }
)
"""Reads, and objects of our own session: asked again once when the connection was cut.

CurrentTime dates the events, QueryEvents brings them, QueryPerf the counters (System.View each), QueryNetworkHint what
the uplinks hear (System.Read).
"""

ALLOWED = REPEATABLE | {"ContinueRetrievePropertiesEx", "Login", "Logout"}
"""A page token may be used up and a Login counted by the time a cut is noticed: these are never repeated."""


class ForbiddenError(AssertionError):
    """Our own code tried to call a method that is not on the list: a bug, stopped before the first byte."""


def check(method: str) -> None:
    """Let an allowed method pass.

    Raises:
        ForbiddenError: the method is not on the list.
    """
    if method not in ALLOWED:
        raise ForbiddenError(f"{method} is not on the list of vCenter methods that only read.")
