"""The only methods that may leave this process for a vCenter.

A read-only account is not harmless: Reload, RectifyDvsHost_Task, RefreshDVPortState, CancelRecommendation and others
need no more than System.View or System.Read and still act. So the list is kept here, by the name on the wire, and is
as short as the worker's needs.
"""

REPEATABLE = frozenset(
    {
        "RetrieveServiceContent",
        "CurrentTime",  # keeps the session: SessionIsActive needs a privilege that Read-only lacks
        "CreatePropertyCollector",  # one for look-ups and one for updates: the default one is everybody's
        "CreateContainerView",
        "DestroyView",
        "CreateFilter",  # what is to be told of changes
        "CancelWaitForUpdates",  # ends our own wait, for a worker that stops
        "RetrievePropertiesEx",
        "FindAllByIp",
        "FetchDVPorts",
        "QueryEvents",
        "QueryPerf",
        "QueryNetworkHint",
        "HasPrivilegeOnEntities",  # what our own session may: `ruleout doctor` says what is missing and what too much
    }
)
"""Reads, and objects of our own session: asked again once when the connection was cut.

CurrentTime dates the events, QueryEvents brings them, QueryPerf the counters (System.View each), QueryNetworkHint what
the uplinks hear (System.Read). HasPrivilegeOnEntities answers yes or no for each privilege (System.View).
"""

ALLOWED = REPEATABLE | {
    "ContinueRetrievePropertiesEx",
    "WaitForUpdatesEx",  # tells what there is, then what changed
    "DestroyPropertyFilter",  # ours; a second time it would be an error that it is gone, and the session ends both
    "DestroyPropertyCollector",
    "Login",
    "Logout",
    "CreateCollectorForTasks",  # our own session's, which bears only some of them (TaskManager.maxCollector)
    "ReadNextTasks",  # moves on in it
    "DestroyCollector",
    "ListProcessesInGuest",  # of all that can be done in a guest there is this, and nothing else
}
"""A page token, a version or a place in a history may be used up, a collector made, and a login, also one into a guest,
counted by the time a cut is noticed: these are never repeated.
"""


class ForbiddenError(AssertionError):
    """Our own code tried to call a method that is not on the list: a bug, stopped before the first byte."""


def check(method: str) -> None:
    """Let an allowed method pass.

    Raises:
        ForbiddenError: the method is not on the list.
    """
    if method not in ALLOWED:
        raise ForbiddenError(f"{method} is not on the list of vCenter methods that only read.")
