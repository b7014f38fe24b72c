"""A small data centre of namespaces: two ESXi-like clusters, a switch, a router, VMs and agents, with real packets.

Needs neither root nor any program besides Python: every node is a network namespace that an open file descriptor of
one process keeps alive. When that process ends, however it ends, the kernel removes the whole data centre.
"""
