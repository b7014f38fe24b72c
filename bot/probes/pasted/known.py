"""The outputs that can be read: which platform's which command, and where the template for it lies.

A template of ours (``templates/``) stands where ntc-templates has none or reads only one release's form; of the
others the form is ntc-templates' own.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources

from bot.model.network import Table

PLATFORMS = {
    "cisco_ios": "Cisco IOS and IOS-XE",
    "cisco_nxos": "Cisco NX-OS",
    "cisco_asa": "Cisco ASA",
    "arista_eos": "Arista EOS",
    "juniper_junos": "Juniper Junos",
    "hp_comware": "HPE Comware",
    "hp_procurve": "HP ProCurve and ArubaOS-Switch",
    "aruba_aoscx": "Aruba AOS-CX",
    "huawei_vrp": "Huawei VRP",
    "paloalto_panos": "Palo Alto PAN-OS",
    "fortinet": "Fortinet FortiOS",
    "dell_os10": "Dell OS10",
    "dell_force10": "Dell OS9 (Force10)",
    "extreme_exos": "Extreme EXOS",
    "brocade_fastiron": "Brocade FastIron",
    "mikrotik_routeros": "MikroTik RouterOS",
    "vyatta_vyos": "VyOS",
    "linux": "Linux, BSD and macOS",
    "windows": "Windows",
    "vmware_esxi": "VMware ESXi",
}
"""What can be chosen as a platform, and how it is called; the keys are ntc-templates' own where it has them."""

MINUTE_S, SECOND_S = 60.0, 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One output. ``commands`` as they are typed in full, the usual one first.

    ``age_s`` is what a bare number in its age column counts (None: the column tells no age but what is left, or there
    is none). ``dash`` is what an age of ``-`` means ("own", "static" or ""). ``head`` is a pattern without which it is
    not this output, ``heading`` a line to begin with where somebody pasted the rows alone.
    """

    platform: str
    table: Table
    commands: tuple[str, ...]
    template: str
    age_s: float | None = None
    dash: str = ""
    head: str | None = None
    heading: str | None = None

    @property
    def command(self) -> str:
        """The usual command."""
        return self.commands[0]


_IOS_MAC = "Vlan    Mac Address       Type        Ports"
_STATUS = r"Port\s+Name\s+Status\s+Vlan\s+Duplex\s+Speed\s+Type"
_LLDP = r"Hold-?time\s+Capability\s+Port ID"
_CDP = r"Platform\s+Port ID"


def _arp(platform: str, *commands: str, template: str, **more: object) -> Form:
    return Form(platform=platform, table=Table.ARP, commands=commands, template=template, **more)  # type: ignore[arg-type]


def _fdb(platform: str, *commands: str, template: str, **more: object) -> Form:
    return Form(platform=platform, table=Table.FDB, commands=commands, template=template, **more)  # type: ignore[arg-type]


def _near(platform: str, *commands: str, template: str, head: str) -> Form:
    return Form(platform=platform, table=Table.NEIGHBOURS, commands=commands, template=template, head=head)


def _ports(platform: str, *commands: str, template: str) -> Form:
    return Form(platform=platform, table=Table.PORTS, commands=commands, template=template, head=_STATUS)


_SPEAKS = (
    (r"\b(?:lldp|cdp)\b", Table.NEIGHBOURS),
    (r"arp|\bneigh", Table.ARP),
    (r"\bmac|\bfdb\b|ethernet-switching|\bbridge\b", Table.FDB),
    (r"\bstatus\b", Table.PORTS),
)
"""What a command is about by its words, the surest word first."""

FORMS = (
    _arp("cisco_ios", "show ip arp", "show arp", template="cisco_ios_show_ip_arp", age_s=MINUTE_S, dash="own"),
    _fdb("cisco_ios", "show mac address-table", "show mac-address-table", template="cisco_ios_show_mac-address-table",
         heading=_IOS_MAC),
    _near("cisco_ios", "show lldp neighbors", template="cisco_ios_show_lldp_neighbors", head=_LLDP),
    _near("cisco_ios", "show cdp neighbors", template="cisco_ios_show_cdp_neighbors", head=_CDP),
    _ports("cisco_ios", "show interfaces status", template="cisco_ios_show_interfaces_status"),
    _arp("cisco_nxos", "show ip arp", template="cisco_nxos_show_ip_arp", age_s=SECOND_S, dash="own",
         heading="Address         Age       MAC Address     Interface"),
    _fdb("cisco_nxos", "show mac address-table", template="cisco_nxos_show_mac_address-table", age_s=SECOND_S),
    _near("cisco_nxos", "show lldp neighbors", template="cisco_nxos_show_lldp_neighbors", head=_LLDP),
    _near("cisco_nxos", "show cdp neighbors", template="cisco_nxos_show_cdp_neighbors", head=_CDP),
    _ports("cisco_nxos", "show interface status", template="cisco_nxos_show_interface_status"),
    _arp("cisco_asa", "show arp", template="cisco_asa_show_arp", age_s=SECOND_S, dash="static"),
    _arp("arista_eos", "show ip arp", "show arp", template="arista_eos_show_ip_arp", age_s=MINUTE_S, dash="static"),
    _fdb("arista_eos", "show mac address-table", template="arista_eos_show_mac_address-table",
         heading="Vlan    Mac Address       Type        Ports      Moves   Last Move"),
    _near("arista_eos", "show lldp neighbors", template="arista_eos_show_lldp_neighbors", head=r"Port\s.*TTL"),
    _ports("arista_eos", "show interfaces status", template="arista_eos_show_interfaces_status"),
    _arp("juniper_junos", "show arp", template="juniper_junos_show_arp"),
    _fdb("juniper_junos", "show ethernet-switching table", template="juniper_junos_show_ethernet-switching_table",
         age_s=SECOND_S),
    _near("juniper_junos", "show lldp neighbors", template="juniper_junos_show_lldp_neighbors",
          head=r"Local Interface\s+Parent Interface"),
    _arp("hp_comware", "display arp", template="hp_comware_display_arp"),
    _fdb("hp_comware", "display mac-address", template="hp_comware_display_mac-address"),
    _near("hp_comware", "display lldp neighbor-information list",
          template="hp_comware_display_lldp_neighbor-information_list", head=r"System Name|Local Interface"),
    _arp("hp_procurve", "show arp", template="hp_procurve_show_arp",
         heading="  IP Address      MAC Address       Type    Port"),
    _fdb("hp_procurve", "show mac-address", template="hp_procurve_show_mac-address",
         heading="  ----------------- ------------------------------- ----"),
    _near("hp_procurve", "show lldp info remote-device", template="hp_procurve_show_lldp_info_remote-device",
          head=r"LocalPort\s"),
    _arp("aruba_aoscx", "show arp", template="aruba_aoscx_show_arp"),
    _fdb("aruba_aoscx", "show mac-address-table", template="aruba_aoscx_show_mac-address-table"),
    _near("aruba_aoscx", "show lldp neighbor-info", template="aruba_aoscx_show_lldp_neighbor-info",
          head=r"LOCAL-PORT\s"),
    _arp("huawei_vrp", "display arp", template="huawei_vrp_display_arp"),
    _fdb("huawei_vrp", "display mac-address", template="huawei_vrp_display_mac-address"),
    _near("huawei_vrp", "display lldp neighbor brief", template="huawei_vrp_display_lldp_neighbor_brief",
          head=r"Local\s+Intf?\s"),
    _arp("paloalto_panos", "show arp", template="paloalto_panos_show_arp_all",
         heading="interface         ip address      hw address        port              status   ttl"),
    _fdb("paloalto_panos", "show mac", template="paloalto_panos_show_mac_all", heading="-----"),
    _arp("fortinet", "get system arp", template="fortinet_get_system_arp", age_s=MINUTE_S, dash="static"),
    _arp("fortinet", "diagnose ip arp list", template="fortinet_diagnose_ip_arp_list", age_s=0.01),  # in jiffies
    _arp("dell_os10", "show ip arp", template="dell_os10_show_ip_arp"),
    _fdb("dell_os10", "show mac address-table", template="dell_os10_show_mac_address-table"),
    _near("dell_os10", "show lldp neighbors", template="dell_os10_show_lldp_neighbors", head=r"Loc\s+PortID"),
    _arp("dell_force10", "show arp", template="dell_force10_show_arp", age_s=MINUTE_S, dash="own",
         heading="Protocol    Address         Age(min)  Hardware Address    Interface  VLAN             CPU"),
    _arp("extreme_exos", "show iparp", template="extreme_exos_show_iparp", age_s=MINUTE_S,
         heading="VR            Destination      Mac                Age  Static  VLAN          VID   Port"),
    _fdb("extreme_exos", "show fdb", template="extreme_exos_show_fdb", age_s=SECOND_S,
         heading="MAC         VLAN Name( Tag)  Age  Flags          Port / Virtual Port List"),
    _arp("brocade_fastiron", "show arp", template="brocade_fastiron_show_arp", age_s=MINUTE_S),
    _fdb("brocade_fastiron", "show mac-address", template="brocade_fastiron_show_mac-address", age_s=SECOND_S),
    _arp("mikrotik_routeros", "ip arp print", template="mikrotik_routeros_ip_arp_print"),
    _fdb("mikrotik_routeros", "interface bridge host print", template="mikrotik_routeros_interface_bridge_host_print"),
    _arp("vyatta_vyos", "show arp", template="vyatta_vyos_show_arp"),
    _arp("linux", "ip neigh", "ip neighbour", "ip neighbor", template="linux_ip_neigh", age_s=SECOND_S),
    _arp("linux", "arp", "cat /proc/net/arp", template="linux_arp"),
    _fdb("linux", "bridge fdb", template="linux_bridge_fdb_show", age_s=SECOND_S),
    _arp("windows", "arp", template="windows_arp_-a"),
    _arp("vmware_esxi", "esxcli network ip neighbor list", template="vmware_esxi_neighbor_list"),
)  # fmt: skip
"""Every output, the more usual first: of two that read the same rows the first is taken."""


@cache
def template(name: str) -> str:
    """The text of the template: ours, or that of ntc-templates."""
    ours = resources.files(__package__) / "templates" / f"{name}.textfsm"
    found = ours if ours.is_file() else resources.files("ntc_templates") / "templates" / f"{name}.textfsm"
    return found.read_text(encoding="utf-8")


def expand(typed: str) -> tuple[tuple[Form, ...], tuple[str, ...]]:
    """The outputs that this command may have, abbreviated as one types it, and its further words.

    Those with the longest command win: ``show mac address-table`` is not ``show mac`` with an argument.
    """
    words = re.sub(r"^(?:do|run|sudo)\s+", "", typed.strip().lstrip("/")).split()[:40]
    if words[:2] == ["ip", "-s"] or words[:1] in (["ip"], ["bridge"]):
        words = [word for word in words if not word.startswith("-") or word == "|"]
    best: list[Form] = []
    longest = 0
    for form in FORMS:
        length = max((_covers(command, words) for command in form.commands), default=0)
        if length and length >= longest:
            best = [*best, form] if length == longest else [form]
            longest = length
    return tuple(best), tuple(words[longest:])


def akin(typed: str) -> tuple[Form, ...]:
    """The outputs that a command may have which is none of those above: those of the table that its words speak of.

    Another output than a table of that kind, such as that of the LLDP neighbours in detail, holds addresses too.
    """
    tables = [table for pattern, table in _SPEAKS if re.search(pattern, typed, re.IGNORECASE)]
    return tuple(form for form in FORMS if form.table in tables[:1])


def _covers(command: str, words: list[str]) -> int:
    """How many of the words are this command; 0: it is another."""
    wanted = command.split()
    if len(words) < len(wanted):
        return 0
    fits = all(_short(typed, full, first=not at) for at, (typed, full) in enumerate(zip(words, wanted, strict=False)))
    return len(wanted) if fits else 0


def _short(typed: str, full: str, *, first: bool) -> bool:
    lowered = typed.lower()
    return full.startswith(lowered) and len(lowered) >= min(2, len(full)) and (not first or len(lowered) > 1)


def readable(platforms: Iterable[str] = PLATFORMS) -> str:
    """The platforms by name, for a sentence."""
    return ", ".join(PLATFORMS[one] for one in platforms)
