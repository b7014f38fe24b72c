"""The roles that a process can take: each module turns settings into parts and runs them.

A role is imported only where it is run: an agent needs neither Slack nor pyVmomi, and starts in a third of the time.
"""

ROLES = {
    "bot": "answer in Slack",
    "agent": "look at one network segment: ARP, echo requests, captures (needs CAP_NET_RAW)",
    "vcenter": "look up owners in one vCenter, read-only; with a target: ask every vCenter who has it",
    "network": "read the tables of routers and switches over SNMP, read-only",
    "check": "ask the agents about one address, VM name or MAC, and print the verdict",
    "watch": "look at one address, VM name or MAC without a pause, and tell what changes",
    "arptable": "compare what every table on the way holds for one address, VM name or MAC",
    "judge": "judge a case directory, an exported incident, or a capture with --target, without any network",
    "incident": "write all there is of a channel's incident into one file",
    "split": "rank what separates the affected machines of a table from the others",
    "audit": "prove that the record of deeds is whole, or show a channel's part of it",
    "doctor": "say what is wrong with the settings, the rights and the ways of this machine, and what cures it",
    "keys": "make a master key, invite an agent, print the keys of its queues, or the queue server's ACL file",
    "enroll": "use an invitation on a new agent's machine: fetch its keys, its password and its settings",
}
"""Name and purpose; the module of the same name in this room has ``arguments(parser)`` and ``run(settings, given)``."""
