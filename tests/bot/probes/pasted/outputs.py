"""Outputs of real command lines, in their form, with addresses of our own.

Origin of the forms: the recorded outputs among the tests of ntc-templates (Apache License 2.0) for Cisco, Arista,
Juniper (arp no-resolve, ELS switching table), HP, Aruba, Huawei, Palo Alto, Fortinet, Force10, Extreme, MikroTik (ip
arp print) and old VyOS; Dell's OS10 user guide 10.4.3 for OS10; Broadcom KB 2000130 for ESXi; iproute2 6.1, net-tools
2.10 and Windows as they print. In each the target 10.0.0.5 is-at 00:50:56:80:12:34 unless the test says otherwise.
"""

IOS_ARP = """\
core-1#show ip arp
Protocol  Address          Age (min)  Hardware Addr   Type   Interface
Internet  10.0.0.1                -   0000.0c9f.f00a  ARPA   Vlan10
Internet  10.0.0.5              187   0050.5680.1234  ARPA   Vlan10
Internet  10.0.0.6                0   Incomplete      ARPA
Internet  10.0.0.7                -   0050.5680.0007  ARPA
core-1#
"""

IOS_MAC = """\
acc-1#sh mac add
          Mac Address Table
-------------------------------------------

Vlan    Mac Address       Type        Ports
----    -----------       --------    -----
 All    0100.0ccc.cccc    STATIC      CPU
  10    0050.5680.1234    DYNAMIC     Gi1/0/7
  10    0050.5680.9999    STATIC      Gi1/0/8
  10    0000.0c9f.f00a    STATIC      CPU
Total Mac Addresses for this criterion: 4
acc-1#
"""

IOS_LLDP = """\
acc-1#show lldp neighbors
Capability codes:
    (R) Router, (B) Bridge, (T) Telephone, (C) DOCSIS Cable Device
    (W) WLAN Access Point, (P) Repeater, (S) Station, (O) Other

Device ID           Local Intf     Hold-time  Capability      Port ID
esx01               Gi1/0/7        120        B               0050.5680.0001
dist-1              Te1/1/1        120        B,R             Te2/0/11

Total entries displayed: 2
"""

IOS_STATUS = """\
acc-1#show interfaces status

Port         Name               Status       Vlan       Duplex  Speed Type
Gi1/0/7      esx01 vmnic0       connected    trunk      a-full a-1000 10/100/1000BaseTX
Gi1/0/8                         notconnect   10           auto   auto 10/100/1000BaseTX
Gi1/0/9      old                disabled     20           auto   auto 10/100/1000BaseTX
"""

NXOS_ARP = """\
dist-1# show ip arp vrf all

Flags: * - Adjacencies learnt on non-active FHRP router
       + - Adjacencies synced via CFSoE
       # - Adjacencies Throttled for Glean
       D - Static Adjacencies attached to down interface

IP ARP Table for all contexts
Total number of entries: 3
Address         Age       MAC Address     Interface
10.0.0.5        00:05:12  0050.5680.1234  Vlan10
10.0.0.6        00:00:03  INCOMPLETE      Vlan10
10.0.0.1           -      0000.0c9f.f00a  Vlan10
"""

NXOS_MAC = """\
dist-1# show mac address-table
Legend:
        * - primary entry, G - Gateway MAC, (R) - Routed MAC, O - Overlay MAC
        age - seconds since last seen,+ - primary entry using vPC Peer-Link,
        (T) - True, (F) - False
   VLAN     MAC Address      Type      age     Secure NTFY Ports
---------+-----------------+--------+---------+------+----+------------------
*   10     0050.5680.1234   dynamic  12         F      F    Eth1/7
+   10     0050.5680.0008   dynamic  0          F      F    Po10
G   10     0000.0c9f.f00a   static   -          F      F    sup-eth1(R)
*   10     0050.5680.9999   static   -          F      F    Drop
"""

ASA_ARP = """\
fw-1/pri/act# show arp
        inside 10.0.0.5 0050.5680.1234 711
        inside 10.0.0.9 0050.5680.0009 -
        outside 192.0.2.1 0000.5e00.0101 15
"""

EOS_ARP = """\
leaf-1>show ip arp
Address         Age (sec)  Hardware Addr   Interface
10.0.0.5          0:05:12  0050.5680.1234  Vlan10, Port-Channel7
10.0.0.9              N/A  0050.5680.0009  Vlan10, Ethernet3
"""

EOS_MAC = """\
leaf-1#show mac address-table
          Mac Address Table
------------------------------------------------------------------

Vlan    Mac Address       Type        Ports      Moves   Last Move
----    -----------       ----        -----      -----   ---------
  10    0050.5680.1234    DYNAMIC     Et7        2       0:00:31 ago
  10    0050.5680.9999    STATIC      Et3
Total Mac Addresses for this criterion: 2

          Multicast Mac Address Table
------------------------------------------------------------------

Vlan    Mac Address       Type        Ports
----    -----------       ----        -----
Total Mac Addresses for this criterion: 0
"""

JUNOS_ARP = """\
admin@core-2> show arp no-resolve
MAC Address       Address         Interface     Flags
00:50:56:80:12:34 10.0.0.5        irb.10 [xe-0/0/7.0]  none
00:50:56:80:00:09 10.0.0.9        irb.10        permanent
Total entries: 2

{master:0}
admin@core-2>
"""

JUNOS_TABLE = """\
admin@acc-2> show ethernet-switching table

MAC flags (S - static MAC, D - dynamic MAC, L - locally learned, P - Persistent static, C - Control MAC
           SE - statistics enabled, NM - non configured MAC, R - remote PE MAC, O - ovsdb MAC)


Ethernet switching table : 2 entries, 2 learned
Routing instance : default-switch
    Vlan                MAC                 MAC         Age    Logical                NH        RTR
    name                address             flags              interface              Index     ID
    Vlan10              00:50:56:80:12:34   D             -   xe-0/0/7.0             0         0
    servers             00:50:56:80:99:99   S             -   xe-0/0/8.0             0         0

{master:0}
"""

JUNOS_LLDP = """\
admin@acc-2> show lldp neighbors
Local Interface    Parent Interface    Chassis Id          Port info          System Name
xe-0/0/7           -                   00:50:56:80:00:01   vmnic0             esx01
"""

COMWARE_ARP = """\
<dist-3>display arp
  Type: S-Static   D-Dynamic   O-Openflow   R-Rule   M-Multiport  I-Invalid
IP address      MAC address    VLAN     Interface                Aging Type
10.0.0.5        0050-5680-1234 10       XGE1/0/7                 16    D
10.0.0.9        0050-5680-0009 10       XGE1/0/9                 --    S
"""

COMWARE_MAC = """\
<dist-3>dis mac-address
MAC Address      VLAN ID    State            Port/Nickname            Aging
0050-5680-1234   10         Learned          XGE1/0/7                 Y
0050-5680-9999   10         Config static    XGE1/0/8                 N
"""

PROCURVE_ARP = """\
hp-1# show arp

 IP ARP table

  IP Address      MAC Address       Type    Port
  --------------- ----------------- ------- ----
  10.0.0.5        005056-801234     dynamic 7
  10.0.0.9        005056-800009     static  9

"""

PROCURVE_MAC = """\
hp-1# show mac-address

 Status and Counters - Port Address Table

  MAC Address       Port                            VLAN
  ----------------- ------------------------------- ----
  005056-801234     Trk1                            10
"""

AOSCX_ARP = """\
cx-1# show arp all-vrfs

IPv4 Address     MAC                Port         Physical Port              State      VRF
------------------------------------------------------------------------------------------------------------------
10.0.0.5         00:50:56:80:12:34  vlan10       1/1/7                      reachable  default
10.0.0.6                            vlan10                                  failed     default
10.0.0.9         00:50:56:80:00:09  vlan10       1/1/9                      permanent  default
Total Number Of ARP Entries Listed- 3.
------------------------------------------------------------------------------------------------------------------
"""

AOSCX_MAC = """\
cx-1# show mac-address-table
MAC age-time            : 300 seconds
Number of MAC addresses : 1

MAC Address          VLAN     Type                      Port
--------------------------------------------------------------
00:50:56:80:12:34    10       dynamic                   1/1/7
"""

HUAWEI_ARP = """\
<dist-4>display arp all
IP ADDRESS      MAC ADDRESS     EXPIRE(M) TYPE        INTERFACE   VPN-INSTANCE
                                          VLAN/CEVLAN PVC
------------------------------------------------------------------------------
10.0.0.1        0000-5e00-0101            I -         Vlanif10
10.0.0.5        0050-5680-1234  16        D-0         GE0/0/7
                                          10/-
10.0.0.6        Incomplete      1         D-0         GE0/0/7
                                          10/-
10.0.0.9        0050-5680-0009            S--         GE0/0/9
------------------------------------------------------------------------------
Total:4         Dynamic:2       Static:1     Interface:1
"""

HUAWEI_MAC = """\
<dist-4>display mac-address
-------------------------------------------------------------------------------
MAC Address    VLAN/VSI/BD                       Learned-From        Type
-------------------------------------------------------------------------------
0050-5680-1234 10/-/-                            XGE0/0/7            dynamic
0050-5680-9999 10/-/-                            XGE0/0/8            static

-------------------------------------------------------------------------------
Total items displayed = 2
"""

PANOS_ARP = """\
admin@fw-2(active)> show arp all

maximum of entries supported :      1500
default timeout:                    1800 seconds
total ARP entries in table :        3
total ARP entries shown :           3
status: s - static, c - complete, e - expiring, i - incomplete

interface         ip address      hw address        port              status   ttl
--------------------------------------------------------------------------------
ethernet1/1       10.0.0.5        00:50:56:80:12:34 ethernet1/1         c      627
ethernet1/1       10.0.0.6        (incomplete)      ethernet1/1         i      1
ethernet1/1       10.0.0.9        00:50:56:80:00:09 ethernet1/1         s      0
"""

FORTINET_ARP = """\
fw-3 # get system arp
Address           Age(min)   Hardware Addr      Interface
10.0.0.5          4          00:50:56:80:12:34 port1
10.0.0.9          -          00:50:56:80:00:09 port1
"""

FORTINET_LIST = """\
fw-3 (root) # diagnose ip arp list
index=3 ifname=port1 10.0.0.5 00:50:56:80:12:34 state=00000004 use=1200 confirm=31200 update=1200 ref=3
index=3 ifname=port1 10.0.0.9 00:50:56:80:00:09 state=00000080 use=10 confirm=10 update=10 ref=2
"""

OS10_ARP = """\
OS10# show ip arp
Codes: pv - private vlan where the mac is originally learnt
Address          Hardware address      Interface        Egress Interface
------------------------------------------------------------------------
10.0.0.5         00:50:56:80:12:34     vlan10           ethernet1/1/7
"""

OS10_MAC = """\
OS10# show mac address-table
VlanId  Mac Address            Type            Interface
10      00:50:56:80:12:34      dynamic         ethernet1/1/7
10      00:50:56:80:99:99      static          port-channel3
"""

FORCE10_ARP = """\
dell-9#show arp

Protocol    Address         Age(min)  Hardware Address    Interface  VLAN             CPU
-----------------------------------------------------------------------------------------
Internet    10.0.0.5              34   00:50:56:80:12:34   Te 0/7     Vl 10            CP
Internet    10.0.0.1               -   00:01:e8:00:00:01      -       Vl 10            CP
"""

EXOS_ARP = """\
* X460.12 # show iparp
VR            Destination      Mac                Age  Static  VLAN          VID   Port
VR-Default    10.0.0.5         00:50:56:80:12:34    7      NO  servers       10    1:7
VR-Default    10.0.0.9         00:50:56:80:00:09    0     YES  servers       10

Dynamic Entries  :           1             Static Entries            :          1
Pending Entries  :           0
"""

EXOS_FDB = """\
* X460.13 # show fdb
MAC                                      VLAN Name( Tag)  Age  Flags          Port / Virtual Port List
------------------------------------------------------------------------------------------------------
00:50:56:80:12:34                          servers(0010) 0041  d m            1:7
00:50:56:80:99:99                          servers(0010) 0000  spm            1:8

Flags : d - Dynamic, s - Static, p - Permanent, n - NetLogin, m - MAC, i - IP,
        x - IPX, l - lockdown MAC, L - lockdown-timeout MAC, M- Mirror, B - Egress Blackhole,
        b - Ingress Blackhole, v - MAC-Based VLAN, P - Private VLAN, T - VLAN translation,
        D - drop packet, h - Hardware Aging (Age=0), o - IEEE 802.1ah Backbone MAC,
        S - Software Controlled Deletion, r - MSRP,
        X - VXLAN, E - EVPN

Total: 2 Static: 1  Perm: 0  Dyn: 1  Dropped: 0  Locked: 0  Locked with Timeout: 0
FDB Aging time: 300
"""

MIKROTIK_ARP = """\
[admin@gw-1] > /ip arp print
Flags: X - disabled, I - invalid, H - DHCP, D - dynamic, P - published, C - complete
 #    ADDRESS         MAC-ADDRESS       INTERFACE
 0 DC 10.0.0.5        00:50:56:80:12:34 ether2
 1    10.0.0.9        00:50:56:80:00:09 ether2
 2 D  10.0.0.6                          ether2
"""

MIKROTIK_HOSTS = """\
[admin@gw-1] > /interface bridge host print
Flags: X - disabled, I - invalid, D - dynamic, L - local, E - external
 #       MAC-ADDRESS        VID ON-INTERFACE            BRIDGE
 0   D   00:50:56:80:12:34   10 ether7                  bridge1
 1   DL  48:8F:5A:00:00:01      ether2                  bridge1
"""

VYOS_ARP = """\
vyos@gw-2:~$ show arp
Address    Interface    Link layer address    State
---------  -----------  --------------------  ---------
10.0.0.5   eth1         00:50:56:80:12:34     REACHABLE
10.0.0.6   eth1                               FAILED
10.0.0.9   eth1         00:50:56:80:00:09     PERMANENT
"""

VYATTA_ARP = """\
vyos@gw-2:~$ show arp
Address                  HWtype  HWaddress           Flags Mask            Iface
10.0.0.5                 ether   00:50:56:80:12:34   C                     eth1.10
10.0.0.6                         (incomplete)                              eth1.10
10.0.0.9                 ether   00:50:56:80:00:09   CM                    eth1.10
"""

LINUX_NEIGH = """\
ana@web-1:~$ ip neigh
10.0.0.5 dev eth0 lladdr 00:50:56:80:12:34 STALE
10.0.0.6 dev eth0 FAILED
10.0.0.7 dev eth0  INCOMPLETE
10.0.0.9 dev eth0 lladdr 00:50:56:80:00:09 PERMANENT
fe80::1 dev eth0 lladdr 00:00:0c:9f:f0:0a router REACHABLE
"""

LINUX_NEIGH_S = """\
[root@web-1 ~]# ip -s neigh show
10.0.0.5 dev eth0 lladdr 00:50:56:80:12:34 ref 1 used 12/312/8 probes 1 REACHABLE
"""

LINUX_ARP = """\
ana@web-1:~$ arp -an
? (10.0.0.5) at 00:50:56:80:12:34 [ether] on eth0
? (10.0.0.6) at <incomplete> on eth0
? (10.0.0.9) at 00:50:56:80:00:09 [ether] PERM on eth0
"""

MAC_ARP = """\
ana@laptop ~ % arp -an
? (10.0.0.5) at 0:50:56:80:12:34 on en0 ifscope [ethernet]
? (10.0.0.6) at (incomplete) on en0 ifscope [ethernet]
? (224.0.0.251) at 1:0:5e:0:0:fb on en0 ifscope permanent [ethernet]
"""

BRIDGE_FDB = """\
root@kvm-1:~# bridge fdb show
00:50:56:80:12:34 dev vnet7 vlan 10 master br0
00:50:56:80:12:34 dev vnet7 master br0
fe:54:00:00:00:07 dev vnet7 master br0 permanent
33:33:00:00:00:01 dev eth0 self permanent
00:50:56:80:99:99 dev eth1 vlan 10 master br0 static
"""

WINDOWS_ARP = """\
C:\\Users\\ana>arp -a

Interface: 10.0.0.20 --- 0x5
  Internet Address      Physical Address      Type
  10.0.0.5              00-50-56-80-12-34     dynamic
  10.0.0.9              00-50-56-80-00-09     static
  10.0.0.255            ff-ff-ff-ff-ff-ff     static
  224.0.0.22            01-00-5e-00-00-16     static
"""

ESXI_NEIGHBOURS = """\
[root@esx01:~] esxcli network ip neighbor list
Neighbor    Mac Address        Vmknic    Expiry  State  Type
----------  -----------------  ------  --------  -----  -------
10.0.0.5    00:50:56:80:12:34  vmk0    1048 sec         Unknown
10.0.0.1    00:00:0c:9f:f0:0a  vmk0     811 sec         Autorouter
"""

FASTIRON_ARP = """\
ruckus-1#show arp
Protocol  Address          Age (min)  Hardware Addr   Type   Interface
Internet  10.0.0.5         3          0050.5680.1234  Dynamic ve10
"""
