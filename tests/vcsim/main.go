// vcsim plays a vCenter for the tests: the simulator of govmomi 0.24.2, repaired, behind an interposer that
// counts, delays and breaks calls. What the vCenter holds is a JSON scenario (type Scenario below).
//
//	build: GO111MODULE=off GOPATH=/usr/share/gocode go build -o vcsim *.go
//	run:   ./vcsim -scenario owners.json -ca ca.pem
//
// govmomi does the SOAP and PropertyCollector work. This program
//   - repairs what 0.24.2 gets wrong where networks are diagnosed: one NIC object shared by all VMs of a pool,
//     vNICs that are never connected, the same MACs on every host, a DVS whose config panics the server;
//   - adds what it lacks: paging, key-indexed device paths, a password that can be wrong, event filters,
//     MigrateVM_Task, alarms, task history, DVS ports and health checks, CDP and LLDP hints, guest operations;
//   - counts calls and injects latency, faults, hangs, cut connections and expired sessions;
//   - takes further scenario fragments while it runs (POST /control/apply).
package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"flag"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/signal"
	"path"
	"reflect"
	"sort"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/simulator/vpx"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
	"github.com/vmware/govmomi/vim25/xml"
)

// ---------------------------------------------------------------- scenario

type Scenario struct {
	APIVersion string      `json:"api_version"` // what the server says it speaks, default 7.0.3.0
	Model      ModelSpec   `json:"model"`
	Clusters   []NameSpec  `json:"clusters"`
	Datastores []NameSpec  `json:"datastores"`
	Hosts      []HostSpec  `json:"hosts"`
	VMs        []VMSpec    `json:"vms"`
	DVS        []DVSSpec   `json:"dvs"`
	Events     []EventSpec `json:"events"`
	Tasks      []TaskSpec  `json:"tasks"`
	Perf       []PerfSpec  `json:"perf"`
	Faults     []FaultSpec `json:"faults"`
	LatencyMs  int         `json:"latency_ms"`
	IdleSec    float64     `json:"session_idle_s"`
	PageSize   int         `json:"max_page"`      // server side page limit of RetrievePropertiesEx, 0 = only the client's
	Gzip       bool        `json:"gzip"`          // compress answers, as a real vCenter does
	NoKeep     bool        `json:"no_keep_alive"` // close the connection after every answer
	NoKeyed    bool        `json:"ignore_keyed_paths"`
	Bulk       *BulkSpec   `json:"bulk"`
	Login      []string    `json:"login"`   // the only user and password that are right; absent: any but an empty one
	Granted    []string    `json:"granted"` // the only privileges that the account has; absent: all
}

type ModelSpec struct {
	Datacenters int `json:"datacenters"`
	Clusters    int `json:"clusters"`
	Hosts       int `json:"hosts"`
	VMs         int `json:"vms"`
	Portgroups  int `json:"portgroups"`
	Datastores  int `json:"datastores"`
}

type NameSpec struct {
	Name   string      `json:"name"`
	Rename string      `json:"rename"`
	Alarms []AlarmSpec `json:"alarms"`
}

// BulkSpec clones VMs, up to so many in all, without the (slow) CreateVM_Task path.
type BulkSpec struct {
	VMs int `json:"vms"`
}

type TeamingSpec struct {
	Policy   string   `json:"policy"` // loadbalance_srcid | loadbalance_ip | loadbalance_srcmac | loadbalance_loadbased | failover_explicit
	Notify   *bool    `json:"notify_switches"`
	Failback *bool    `json:"failback"`
	Beacon   *bool    `json:"check_beacon"`
	Active   []string `json:"active"`
	Standby  []string `json:"standby"`
}

type SecuritySpec struct {
	Promiscuous *bool `json:"promiscuous"`
	MacChanges  *bool `json:"mac_changes"`
	Forged      *bool `json:"forged_transmits"`
	MacLearning *bool `json:"mac_learning"`
}

type HostSpec struct {
	Name        string          `json:"name"` // existing name, or "#2" for the third host
	Rename      string          `json:"rename"`
	Connection  string          `json:"connection_state"`
	Maintenance *bool           `json:"maintenance"`
	Power       string          `json:"power_state"`
	Status      string          `json:"overall_status"`
	Pnics       []PnicSpec      `json:"pnics"`
	Vmks        []VmkSpec       `json:"vmks"`
	Vswitches   []VswitchSpec   `json:"vswitches"`
	Portgroups  []PortgroupSpec `json:"portgroups"`
	Hints       []HintSpec      `json:"hints"`
	Alarms      []AlarmSpec     `json:"alarms"`
}

type PnicSpec struct {
	Device string `json:"device"`
	Driver string `json:"driver"`
	Mac    string `json:"mac"`
	Mbps   int32  `json:"mbps"`
	Down   bool   `json:"down"`
	Remove bool   `json:"remove"` // the host has no such card
}

type VmkSpec struct {
	Device string `json:"device"`
	Mac    string `json:"mac"`
	IP     string `json:"ip"`
}

type VswitchSpec struct {
	Name     string        `json:"name"`
	Mtu      int32         `json:"mtu"`
	Pnics    []string      `json:"pnics"`
	Teaming  *TeamingSpec  `json:"teaming"`
	Security *SecuritySpec `json:"security"`
}

type PortgroupSpec struct {
	Name     string        `json:"name"`
	Vlan     int32         `json:"vlan"`
	Vswitch  string        `json:"vswitch"`
	Remove   bool          `json:"remove"`
	Macs     []string      `json:"macs"` // active ports
	Teaming  *TeamingSpec  `json:"teaming"`
	Security *SecuritySpec `json:"security"`
}

type HintSpec struct {
	Device  string            `json:"device"`
	Cdp     *CdpSpec          `json:"cdp"`
	Lldp    map[string]string `json:"lldp"`
	Subnets []SubnetSpec      `json:"subnets"`
}

type CdpSpec struct {
	Switch string `json:"switch"`
	Port   string `json:"port"`
	Vlan   int32  `json:"vlan"`
	Mtu    int32  `json:"mtu"`
	Addr   string `json:"addr"`
}

type SubnetSpec struct {
	Subnet string `json:"subnet"`
	Vlan   int32  `json:"vlan"`
}

type AlarmSpec struct {
	Name    string  `json:"name"`
	Status  string  `json:"status"`
	Minutes float64 `json:"minutes_ago"`
	Acked   bool    `json:"acknowledged"`
}

type NicSpec struct {
	Mac         string   `json:"mac"`
	Key         int32    `json:"key"`            // device key, default 4000 and so on
	Sriov       bool     `json:"sriov"`          // a card that bypasses the virtual switch
	Opaque      string   `json:"opaque_network"` // id of a network that vCenter knows only by name, as NSX has
	AddressType string   `json:"address_type"`
	Connected   *bool    `json:"connected"`
	Portgroup   string   `json:"portgroup"` // DVPG or standard portgroup name
	PortKey     string   `json:"port_key"`
	Ips         []string `json:"ips"`       // "10.0.0.5/24" or "10.0.0.5/24@duplicate"
	GuestMac    string   `json:"guest_mac"` // MAC that Tools reports, when the guest changed it
	NoGuest     bool     `json:"no_guest"`
}

type VMSpec struct {
	Name       string            `json:"name"`
	Remove     bool              `json:"remove"` // delete it
	Rename     string            `json:"rename"`
	Power      string            `json:"power"`
	Connection string            `json:"connection_state"`
	Host       string            `json:"host"`
	Hostname   string            `json:"hostname"`
	Tools      string            `json:"tools"`   // guestToolsRunning | guestToolsNotRunning
	LastIP     string            `json:"last_ip"` // guest.ipAddress that outlived the rows of guest.net
	OS         string            `json:"os"`
	Heartbeat  string            `json:"heartbeat"`
	Nics       []NicSpec         `json:"nics"`
	ExtraNets  []NicSpec         `json:"extra_nets"` // bond0, br0 ...: guest.net rows with deviceConfigId -1
	Alarms     []AlarmSpec       `json:"alarms"`
	Cred       []string          `json:"guest_credentials"` // user, password
	Files      map[string]string `json:"guest_files"`
	Procs      []ProcSpec        `json:"guest_processes"`
}

type ProcSpec struct {
	Pid     int64  `json:"pid"`
	Name    string `json:"name"`
	Cmd     string `json:"cmd"`
	Owner   string `json:"owner"`
	Minutes int    `json:"started_minutes_ago"`
	Ended   *int   `json:"ended_minutes_ago"` // as of what StartProgramInGuest started
	Exit    int32  `json:"exit_code"`
}

type DVSSpec struct {
	Name       string       `json:"name"`
	Mtu        int32        `json:"mtu"`
	Protocol   string       `json:"discovery_protocol"`
	Pnics      []string     `json:"pnics"`        // the cards of every host that are its uplinks, instead of vmnic1
	Checked    *bool        `json:"health_check"` // is the VLAN and MTU check on? Absent: no word about it
	Portgroups []DVPGSpec   `json:"portgroups"`
	Ports      []DVPortSpec `json:"ports"`
	Health     []HealthSpec `json:"health"`
	Alarms     []AlarmSpec  `json:"alarms"`
}

type DVPGSpec struct {
	Name     string        `json:"name"`
	Rename   string        `json:"rename"`
	Vlan     int32         `json:"vlan"`
	Trunk    []int32       `json:"trunk"`
	Teaming  *TeamingSpec  `json:"teaming"`
	Security *SecuritySpec `json:"security"`
	Nsx      string        `json:"logical_switch_uuid"`
	Override bool          `json:"vlan_override_allowed"`
}

type DVPortSpec struct {
	Key       string           `json:"key"`
	Portgroup string           `json:"portgroup"`
	VM        string           `json:"vm"`
	NicKey    string           `json:"nic_key"`
	Host      string           `json:"host"`
	Mac       string           `json:"mac"`
	LinkUp    bool             `json:"link_up"`
	Blocked   bool             `json:"blocked"`
	Conflict  bool             `json:"conflict"`
	Vlan      int32            `json:"vlan"`
	Peer      string           `json:"link_peer"`
	Stats     map[string]int64 `json:"stats"` // packetsInDropped ...
}

type HealthSpec struct {
	Host      string  `json:"host"`
	Status    string  `json:"status"` // up | pending | outOfSync | warning | disconnected | down
	Untrunked []int32 `json:"untrunked_vlans"`
	MtuBad    bool    `json:"mtu_mismatch"`
	Teaming   string  `json:"teaming"` // teamingStatus: unknown | nonIPHash etc. see VMwareDVSTeamingMatchStatus
	Uplink    string  `json:"uplink_port_key"`
}

type EventSpec struct {
	Type      string            `json:"type"` // VmMigratedEvent, EventEx, ...
	TypeID    string            `json:"event_type_id"`
	VM        string            `json:"vm"`
	Host      string            `json:"host"`
	From      string            `json:"from_host"`
	To        string            `json:"to_host"`
	Other     string            `json:"conflicted_vm"`
	Dvs       string            `json:"dvs"`
	Mac       string            `json:"mac"`
	PortKey   string            `json:"port_key"`
	Severity  string            `json:"severity"`
	Message   string            `json:"message"`
	Args      map[string]string `json:"arguments"`
	Minutes   float64           `json:"minutes_ago"`
	At        time.Time         `json:"at"` // instead of minutes_ago
	User      string            `json:"user"`
	IsTmplate bool              `json:"template"`
}

type TaskSpec struct {
	Entity      string  `json:"entity"`
	Kind        string  `json:"kind"` // vm | host
	Description string  `json:"description_id"`
	State       string  `json:"state"`
	User        string  `json:"user"`
	Minutes     float64 `json:"minutes_ago"`
	Error       string  `json:"error"`
}

type PerfSpec struct {
	Entity   string  `json:"entity"`
	Kind     string  `json:"kind"`
	Counter  string  `json:"counter"` // net.droppedRx.summation
	Instance string  `json:"instance"`
	Values   []int64 `json:"values"`
}

// FaultSpec: fail the next Times calls (0 = for ever) of Method.
type FaultSpec struct {
	Method   string `json:"method"` // "*" = every method
	Fault    string `json:"fault"`  // a vim fault type name, e.g. NoPermission, NotAuthenticated, HostNotReachable
	HTTP     int    `json:"http"`   // or an HTTP status
	Answer   string `json:"answer"` // or this in the SOAP body, with the HTTP status, default 200
	Close    bool   `json:"close"`  // or drop the connection
	HangMs   int    `json:"hang_ms"`
	Times    int    `json:"times"`
	After    int    `json:"after"` // let this many through first
	Contains string `json:"contains"`
}

// ---------------------------------------------------------------- state

type state struct {
	mu       sync.Mutex
	sc       Scenario
	events   []types.BaseEvent
	key      int32
	perf     map[string]PerfSpec
	perfName map[int32]string
	alarms   map[string]types.ManagedObjectReference
	calls    map[string]int
	bytesIn  int64
	bytesOut int64
	sessions map[string]time.Time
	faults   []*FaultSpec
	guests   map[types.ManagedObjectReference]*VMSpec
	hostIdx  []*simulator.HostSystem
	vmByName map[string]*simulator.VirtualMachine
	hostBy   map[string]*simulator.HostSystem
	tasks    []types.TaskInfo
}

var st = &state{
	perf: map[string]PerfSpec{}, perfName: map[int32]string{},
	alarms: map[string]types.ManagedObjectReference{}, calls: map[string]int{},
	sessions: map[string]time.Time{}, guests: map[types.ManagedObjectReference]*VMSpec{},
	vmByName: map[string]*simulator.VirtualMachine{}, hostBy: map[string]*simulator.HostSystem{},
}

func ago(min float64) time.Time {
	return time.Now().Add(-time.Duration(min * float64(time.Minute))).UTC()
}
func btrue(b bool) *bool { return &b }

// ---------------------------------------------------------------- model

func (s *state) reindex() {
	s.hostIdx = nil
	for _, e := range simulator.Map.All("HostSystem") {
		h := e.(*simulator.HostSystem)
		s.hostIdx = append(s.hostIdx, h)
		s.hostBy[h.Name] = h
	}
	sort.Slice(s.hostIdx, func(i, j int) bool { return num(s.hostIdx[i].Self.Value) < num(s.hostIdx[j].Self.Value) })
	for _, e := range simulator.Map.All("VirtualMachine") {
		vm := e.(*simulator.VirtualMachine)
		s.vmByName[vm.Name] = vm
	}
}

func num(s string) int {
	i := strings.LastIndex(s, "-")
	n, _ := strconv.Atoi(s[i+1:])
	return n
}

func (s *state) host(name string) *simulator.HostSystem {
	if strings.HasPrefix(name, "#") {
		n, _ := strconv.Atoi(name[1:])
		if n < len(s.hostIdx) {
			return s.hostIdx[n]
		}
		return nil
	}
	return s.hostBy[name]
}

// clone copies a vim25 value through XML, so nothing is shared between objects.
func clone(src, dst interface{}) {
	var buf bytes.Buffer
	if err := xml.NewEncoder(&buf).Encode(src); err != nil {
		log.Fatalf("clone: %s", err)
	}
	d := xml.NewDecoder(&buf)
	d.TypeFunc = types.TypeFunc()
	if err := d.Decode(dst); err != nil {
		log.Fatalf("clone: %s", err)
	}
}

// repair undoes the sharing bugs of 0.24.2's Model.Create and gives every VM one
// connected vmxnet3 NIC with a unique VMware MAC, and its own guest.net row.
func (s *state) repair() {
	n := 0
	dvs := map[string]string{} // portgroup key -> dvs uuid
	for _, e := range simulator.Map.All("DistributedVirtualSwitch") {
		d := e.(*simulator.DistributedVirtualSwitch)
		for _, pg := range d.Portgroup {
			dvs[pg.Value] = d.Uuid
		}
		cfg := d.Config.(*types.VMwareDVSConfigInfo)
		cfg.UplinkPortPolicy = &types.DVSNameArrayUplinkPortPolicy{UplinkPortName: []string{"Uplink 1", "Uplink 2"}}
		cfg.DefaultPortConfig = dvpgConfig(DVPGSpec{})
		cfg.ProductInfo = *d.Summary.ProductInfo
		cfg.MaxMtu = 1500
		cfg.ConfigVersion = "1"
		cfg.CreateTime = time.Now()
		cfg.LinkDiscoveryProtocolConfig = &types.LinkDiscoveryProtocolConfig{Protocol: "cdp", Operation: "listen"}
		d.Capability = types.DVSCapability{DvsOperationSupported: btrue(true)}
		d.Runtime = &types.DVSRuntimeInfo{}
		for i, h := range d.Summary.HostMember {
			cfg.Host = append(cfg.Host, types.DistributedVirtualSwitchHostMember{
				Config: types.DistributedVirtualSwitchHostMemberConfigInfo{Host: &d.Summary.HostMember[i], MaxProxySwitchPorts: 512,
					Backing: &types.DistributedVirtualSwitchHostMemberPnicBacking{PnicSpec: []types.DistributedVirtualSwitchHostMemberPnicSpec{{PnicDevice: "vmnic1"}}}},
				ProductInfo: d.Summary.ProductInfo, Status: "up"})
			d.Runtime.HostMemberRuntime = append(d.Runtime.HostMemberRuntime, types.HostMemberRuntimeInfo{Host: h, Status: "up"})
			hs := simulator.Map.Get(h).(*simulator.HostSystem)
			hs.Config.Network.ProxySwitch = append(hs.Config.Network.ProxySwitch, types.HostProxySwitch{
				DvsUuid: d.Uuid, DvsName: d.Name, Key: "DvsPortset-0", NumPorts: 1536, NumPortsAvailable: 1500, Mtu: 1500,
				Pnic:       []string{"key-vim.host.PhysicalNic-vmnic1"},
				UplinkPort: []types.KeyValue{{Key: "10", Value: "Uplink 1"}},
				Spec:       types.HostProxySwitchSpec{Backing: &types.DistributedVirtualSwitchHostMemberPnicBacking{PnicSpec: []types.DistributedVirtualSwitchHostMemberPnicSpec{{PnicDevice: "vmnic1", UplinkPortKey: "10"}}}},
			})
		}
	}
	for _, h := range s.hostIdx {
		ns := simulator.Map.Get(*h.ConfigManager.NetworkSystem).(*simulator.HostNetworkSystem)
		ns.NetworkInfo = h.Config.Network // one truth for both paths
		simulator.Map.Put(&NetSys{HostNetworkSystem: *ns})
		for i := range h.Config.Network.Vnic { // and the same vmkernel port, at 127.0.0.1
			v, n := &h.Config.Network.Vnic[i], num(h.Self.Value)
			v.Spec.Mac = fmt.Sprintf("00:50:56:60:%02x:%02x", byte(n>>8), byte(n))
			v.Spec.Ip = &types.HostIpConfig{IpAddress: fmt.Sprintf("10.63.%d.%d", byte(n>>8), byte(n)), SubnetMask: "255.255.0.0"}
		}
		for i := range h.Config.Network.Pnic { // 0.24.2 gives all hosts the same pnic MACs
			p := &h.Config.Network.Pnic[i]
			p.Driver, p.Mac = "nenic", fmt.Sprintf("00:25:b5:%02x:%02x:%02x", byte(num(h.Self.Value)>>8), byte(num(h.Self.Value)), i)
		}
	}
	vms := simulator.Map.All("VirtualMachine")
	sort.Slice(vms, func(i, j int) bool { return num(vms[i].Reference().Value) < num(vms[j].Reference().Value) })
	for _, e := range vms {
		vm := e.(*simulator.VirtualMachine)
		s.fixVM(vm, n, dvs)
		n++
	}
}

func (s *state) fixVM(vm *simulator.VirtualMachine, n int, dvs map[string]string) {
	var dev []types.BaseVirtualDevice
	vm.Guest.Net = nil
	for _, d := range vm.Config.Hardware.Device {
		if c, ok := d.(types.BaseVirtualEthernetCard); ok {
			old := c.GetVirtualEthernetCard()
			nic := &types.VirtualVmxnet3{}
			nic.VirtualEthernetCard = types.VirtualEthernetCard{
				VirtualDevice: types.VirtualDevice{Key: 4000, ControllerKey: 100, UnitNumber: types.NewInt32(7),
					DeviceInfo:  &types.Description{Label: "Network adapter 1", Summary: "DVSwitch"},
					Connectable: &types.VirtualDeviceConnectInfo{StartConnected: true, AllowGuestControl: true, Connected: true, Status: "ok", MigrateConnect: "unset"}},
				AddressType: "assigned", MacAddress: fmt.Sprintf("00:50:56:%02x:%02x:%02x", 0x80|byte(n>>16), byte(n>>8), byte(n)), WakeOnLanEnabled: btrue(true)}
			switch b := old.Backing.(type) {
			case *types.VirtualEthernetCardDistributedVirtualPortBackingInfo:
				nic.Backing = &types.VirtualEthernetCardDistributedVirtualPortBackingInfo{Port: types.DistributedVirtualSwitchPortConnection{
					SwitchUuid: dvs[b.Port.PortgroupKey], PortgroupKey: b.Port.PortgroupKey, PortKey: strconv.Itoa(100 + n), ConnectionCookie: int32(n + 1)}}
			case *types.VirtualEthernetCardNetworkBackingInfo:
				nb := *b
				nic.Backing = &nb
			}
			vm.Guest.Net = append(vm.Guest.Net, guestNic(nic.MacAddress, "net", 4000, true, nil))
			dev = append(dev, nic)
			continue
		}
		dev = append(dev, d)
	}
	vm.Config.Hardware.Device = dev
	vm.Summary.Config.NumEthernetCards = int32(len(vm.Guest.Net))
	vm.Guest.ToolsStatus = types.VirtualMachineToolsStatusToolsOk
	vm.Guest.ToolsRunningStatus = "guestToolsRunning"
	vm.Guest.GuestState = "running"
	vm.Guest.GuestFamily = "linuxGuest"
	vm.Guest.HostName = strings.ToLower(strings.Replace(vm.Name, "_", "-", -1)) + ".example.test"
	vm.Guest.GuestOperationsReady = btrue(true)
	vm.GuestHeartbeatStatus = types.ManagedEntityStatusGreen
	s.setIP(vm, 0, []string{fmt.Sprintf("10.%d.%d.%d/16", 64+(n>>16), byte(n>>8), byte(n))})
}

func guestNic(mac, network string, key int32, connected bool, ips []string) types.GuestNicInfo {
	g := types.GuestNicInfo{Network: network, MacAddress: mac, Connected: connected, DeviceConfigId: key}
	g.IpConfig = &types.NetIpConfigInfo{}
	for _, ip := range ips {
		state := "preferred"
		if i := strings.Index(ip, "@"); i > 0 {
			state, ip = ip[i+1:], ip[:i]
		}
		plen := 24
		if i := strings.Index(ip, "/"); i > 0 {
			plen, _ = strconv.Atoi(ip[i+1:])
			ip = ip[:i]
		}
		g.IpAddress = append(g.IpAddress, ip)
		g.IpConfig.IpAddress = append(g.IpConfig.IpAddress, types.NetIpConfigInfoIpAddress{IpAddress: ip, PrefixLength: int32(plen), State: state})
	}
	return g
}

func (s *state) setIP(vm *simulator.VirtualMachine, i int, ips []string) {
	if i >= len(vm.Guest.Net) {
		return
	}
	old := vm.Guest.Net[i]
	vm.Guest.Net[i] = guestNic(old.MacAddress, old.Network, old.DeviceConfigId, old.Connected, ips)
	if i == 0 && len(vm.Guest.Net[0].IpAddress) > 0 {
		vm.Guest.IpAddress = vm.Guest.Net[0].IpAddress[0]
		vm.Summary.Guest.IpAddress = vm.Guest.IpAddress
	}
}

// bulk registers copies of an existing VM directly: 10,000 VMs in seconds.
func (s *state) bulk(n int) {
	src := simulator.Map.All("VirtualMachine")
	sort.Slice(src, func(i, j int) bool { return num(src[i].Reference().Value) < num(src[j].Reference().Value) })
	have := len(src)
	var dcFolder *simulator.Folder
	perHost := map[types.ManagedObjectReference][]types.ManagedObjectReference{}
	var refs []types.ManagedObjectReference
	var made []*simulator.VirtualMachine
	dvs := map[string]string{}
	for _, e := range simulator.Map.All("DistributedVirtualSwitch") {
		d := dvsOf(e)
		for _, pg := range d.Portgroup {
			dvs[pg.Value] = d.Uuid
		}
	}
	for i := have; i < n; i++ {
		t := src[i%have].(*simulator.VirtualMachine)
		vm := &simulator.VirtualMachine{}
		cfg := types.VirtualMachineConfigInfo{}
		clone(t.Config, &cfg)
		vm.VirtualMachine = t.VirtualMachine
		vm.Config = &cfg
		g := *t.Guest
		vm.Guest = &g
		gs := *t.Summary.Guest
		vm.Summary.Guest = &gs
		vm.Self = types.ManagedObjectReference{Type: "VirtualMachine", Value: "vm-" + strconv.Itoa(100000+i)}
		self := vm.Self
		vm.Summary.Vm = &self
		vm.Name = fmt.Sprintf("bulk-%05d", i)
		vm.Config.Name, vm.Summary.Config.Name = vm.Name, vm.Name
		h := s.hostIdx[i%len(s.hostIdx)].Self
		vm.Runtime.Host = &h
		vm.Summary.Runtime.Host = &h
		s.fixVM(vm, i, dvs)
		made = append(made, vm)
		perHost[h] = append(perHost[h], vm.Self)
		refs = append(refs, vm.Self)
		if dcFolder == nil {
			dcFolder, _ = simulator.Map.Get(*t.Parent).(*simulator.Folder)
		}
	}
	if dcFolder != nil {
		dcFolder.ChildEntity = append(dcFolder.ChildEntity, refs...)
	}
	for h, v := range perHost {
		hs := simulator.Map.Get(h).(*simulator.HostSystem)
		hs.Vm = append(hs.Vm, v...)
	}
	for _, vm := range made { // last, for a view asks the tree whether it holds them
		simulator.Map.Put(vm)
	}
}

// ---------------------------------------------------------------- apply scenario

func dvpgConfig(p DVPGSpec) *types.VMwareDVSPortSetting {
	set := &types.VMwareDVSPortSetting{}
	set.Blocked = &types.BoolPolicy{Value: btrue(false)}
	if len(p.Trunk) == 2 {
		set.Vlan = &types.VmwareDistributedVirtualSwitchTrunkVlanSpec{VlanId: []types.NumericRange{{Start: p.Trunk[0], End: p.Trunk[1]}}}
	} else {
		set.Vlan = &types.VmwareDistributedVirtualSwitchVlanIdSpec{VlanId: p.Vlan}
	}
	t := p.Teaming
	if t == nil {
		t = &TeamingSpec{}
	}
	pol := t.Policy
	if pol == "" {
		pol = "loadbalance_srcid"
	}
	set.UplinkTeamingPolicy = &types.VmwareUplinkPortTeamingPolicy{
		Policy: &types.StringPolicy{Value: pol}, NotifySwitches: boolPol(t.Notify, true), RollingOrder: boolPol(not(t.Failback), false),
		ReversePolicy:   boolPol(nil, true),
		FailureCriteria: &types.DVSFailureCriteria{CheckBeacon: boolPol(t.Beacon, false)},
		UplinkPortOrder: &types.VMwareUplinkPortOrderPolicy{ActiveUplinkPort: t.Active, StandbyUplinkPort: t.Standby},
	}
	sec := p.Security
	if sec == nil {
		sec = &SecuritySpec{}
	}
	set.SecurityPolicy = &types.DVSSecurityPolicy{AllowPromiscuous: boolPol(sec.Promiscuous, false), MacChanges: boolPol(sec.MacChanges, false), ForgedTransmits: boolPol(sec.Forged, false)}
	set.MacManagementPolicy = &types.DVSMacManagementPolicy{AllowPromiscuous: orb(sec.Promiscuous, false), MacChanges: orb(sec.MacChanges, false), ForgedTransmits: orb(sec.Forged, false),
		MacLearningPolicy: &types.DVSMacLearningPolicy{Enabled: *orb(sec.MacLearning, false), AllowUnicastFlooding: btrue(true), Limit: types.NewInt32(4096), LimitPolicy: "DROP"}}
	return set
}

func orb(b *bool, d bool) *bool {
	if b != nil {
		return b
	}
	return &d
}
func not(b *bool) *bool {
	if b == nil {
		return nil
	}
	return btrue(!*b)
}
func boolPol(b *bool, d bool) *types.BoolPolicy { return &types.BoolPolicy{Value: orb(b, d)} }

func hostPolicy(t *TeamingSpec, sec *SecuritySpec, base *types.HostNetworkPolicy) *types.HostNetworkPolicy {
	if base == nil {
		base = &types.HostNetworkPolicy{}
	}
	p := *base
	if t != nil {
		pol := t.Policy
		if pol == "" {
			pol = "loadbalance_srcid"
		}
		p.NicTeaming = &types.HostNicTeamingPolicy{Policy: pol, ReversePolicy: btrue(true), NotifySwitches: orb(t.Notify, true), RollingOrder: orb(not(t.Failback), false),
			FailureCriteria: &types.HostNicFailureCriteria{CheckSpeed: "minimum", Speed: 10, CheckBeacon: orb(t.Beacon, false)},
			NicOrder:        &types.HostNicOrderPolicy{ActiveNic: t.Active, StandbyNic: t.Standby}}
	}
	if sec != nil {
		p.Security = &types.HostNetworkSecurityPolicy{AllowPromiscuous: orb(sec.Promiscuous, false), MacChanges: orb(sec.MacChanges, true), ForgedTransmits: orb(sec.Forged, true)}
	}
	return &p
}

func (s *state) alarmStates(ref types.ManagedObjectReference, in []AlarmSpec) []types.AlarmState {
	var out []types.AlarmState
	for i, a := range in {
		ar, ok := s.alarms[a.Name]
		if !ok {
			ar = types.ManagedObjectReference{Type: "Alarm", Value: "alarm-" + strconv.Itoa(len(s.alarms)+1)}
			s.alarms[a.Name] = ar
			simulator.Map.Put(&Alarm{mo.Alarm{ExtensibleManagedObject: mo.ExtensibleManagedObject{Self: ar},
				Info: types.AlarmInfo{AlarmSpec: types.AlarmSpec{Name: a.Name, Enabled: true, Expression: &types.OrAlarmExpression{}}, Key: ar.Value, Alarm: ar,
					Entity: simulator.Map.Get(vpx.ServiceContent.RootFolder).Reference(), LastModifiedTime: time.Now()}}})
		}
		out = append(out, types.AlarmState{Key: fmt.Sprintf("%s.%s.%d", ar.Value, ref.Value, i), Entity: ref, Alarm: ar,
			OverallStatus: types.ManagedEntityStatus(a.Status), Time: ago(a.Minutes), Acknowledged: btrue(a.Acked)})
	}
	return out
}

func (s *state) applyNamed(kind string, n NameSpec) error {
	for _, e := range simulator.Map.All(kind) {
		if e.Entity().Name != n.Name {
			continue
		}
		var ch []types.PropertyChange
		if n.Rename != "" {
			ch = append(ch, types.PropertyChange{Name: "name", Val: n.Rename})
		}
		if n.Alarms != nil {
			ch = append(ch, types.PropertyChange{Name: "triggeredAlarmState", Val: s.alarmStates(e.Reference(), n.Alarms)})
		}
		simulator.Map.Update(e, ch)
		return nil
	}
	return fmt.Errorf("no %s %q", kind, n.Name)
}

func (s *state) applyHost(h HostSpec) error {
	hs := s.host(h.Name)
	if hs == nil {
		return fmt.Errorf("no host %q", h.Name)
	}
	var ch []types.PropertyChange
	add := func(n string, v interface{}) { ch = append(ch, types.PropertyChange{Name: n, Val: v}) }
	if h.Rename != "" {
		delete(s.hostBy, hs.Name)
		s.hostBy[h.Rename] = hs
		add("name", h.Rename)
		add("summary.config.name", h.Rename)
	}
	if h.Connection != "" {
		add("runtime.connectionState", types.HostSystemConnectionState(h.Connection))
	}
	if h.Maintenance != nil {
		add("runtime.inMaintenanceMode", *h.Maintenance)
	}
	if h.Power != "" {
		add("runtime.powerState", types.HostSystemPowerState(h.Power))
	}
	if h.Status != "" {
		add("overallStatus", types.ManagedEntityStatus(h.Status))
	}
	net := hs.Config.Network
	for _, p := range h.Pnics {
		if p.Remove {
			for i := range net.Pnic {
				if net.Pnic[i].Device == p.Device {
					net.Pnic = append(net.Pnic[:i], net.Pnic[i+1:]...)
					break
				}
			}
			continue
		}
		found := false
		for i := range net.Pnic {
			if net.Pnic[i].Device == p.Device {
				setPnic(&net.Pnic[i], p)
				found = true
			}
		}
		if !found {
			np := types.PhysicalNic{Key: "key-vim.host.PhysicalNic-" + p.Device, Device: p.Device, Pci: "0000:1d:00.0", Spec: types.PhysicalNicSpec{}}
			setPnic(&np, p)
			net.Pnic = append(net.Pnic, np)
		}
	}
	for _, k := range h.Vmks {
		vnic := types.HostVirtualNic{Device: k.Device, Key: "key-vim.host.VirtualNic-" + k.Device}
		vnic.Spec.Mac = k.Mac
		vnic.Spec.Ip = &types.HostIpConfig{IpAddress: k.IP, SubnetMask: "255.255.255.0"}
		found := false
		for i := range net.Vnic {
			if net.Vnic[i].Device == k.Device {
				net.Vnic[i], found = vnic, true
			}
		}
		if !found {
			net.Vnic = append(net.Vnic, vnic)
		}
	}
	for _, v := range h.Vswitches {
		var sw *types.HostVirtualSwitch
		for i := range net.Vswitch {
			if net.Vswitch[i].Name == v.Name {
				sw = &net.Vswitch[i]
			}
		}
		if sw == nil {
			net.Vswitch = append(net.Vswitch, types.HostVirtualSwitch{Name: v.Name, Key: "key-vim.host.VirtualSwitch-" + v.Name, NumPorts: 128, NumPortsAvailable: 120, Mtu: 1500, Spec: types.HostVirtualSwitchSpec{NumPorts: 128}})
			sw = &net.Vswitch[len(net.Vswitch)-1]
		}
		if v.Mtu != 0 {
			sw.Mtu, sw.Spec.Mtu = v.Mtu, v.Mtu
		}
		if v.Pnics != nil {
			sw.Pnic = nil
			for _, p := range v.Pnics {
				sw.Pnic = append(sw.Pnic, "key-vim.host.PhysicalNic-"+p)
			}
			sw.Spec.Bridge = &types.HostVirtualSwitchBondBridge{NicDevice: v.Pnics}
		}
		sw.Spec.Policy = hostPolicy(v.Teaming, v.Security, sw.Spec.Policy)
	}
	for _, p := range h.Portgroups {
		if err := s.applyPortgroup(hs, p); err != nil {
			return err
		}
	}
	if len(h.Pnics)+len(h.Vmks)+len(h.Vswitches)+len(h.Portgroups) > 0 {
		add("config.network", *net)
	}
	if h.Hints != nil {
		simulator.Map.Get(*hs.ConfigManager.NetworkSystem).(*NetSys).hints = h.Hints
	}
	if h.Alarms != nil {
		add("triggeredAlarmState", s.alarmStates(hs.Self, h.Alarms))
	}
	if ch != nil {
		simulator.Map.Update(hs, ch)
		simulator.Map.Get(*hs.ConfigManager.NetworkSystem).(*NetSys).NetworkInfo = hs.Config.Network
	}
	return nil
}

func setPnic(d *types.PhysicalNic, p PnicSpec) {
	if p.Driver != "" {
		d.Driver = p.Driver
	}
	if p.Mac != "" {
		d.Mac = p.Mac
	}
	if p.Mbps != 0 {
		d.LinkSpeed = &types.PhysicalNicLinkInfo{SpeedMb: p.Mbps, Duplex: true}
	}
	if p.Down {
		d.LinkSpeed = nil // that is how a real vCenter says "link down"
	}
}

func (s *state) applyPortgroup(hs *simulator.HostSystem, p PortgroupSpec) error {
	net := hs.Config.Network
	for i := range net.Portgroup {
		if net.Portgroup[i].Spec.Name == p.Name {
			if p.Remove {
				net.Portgroup = append(net.Portgroup[:i], net.Portgroup[i+1:]...)
				return nil
			}
			net.Portgroup[i].Spec.VlanId = p.Vlan
			s.pgPolicy(hs, &net.Portgroup[i], p)
			return nil
		}
	}
	sw := p.Vswitch
	if sw == "" {
		sw = "vSwitch0"
	}
	pg := types.HostPortGroup{Key: "key-vim.host.PortGroup-" + p.Name, Vswitch: "key-vim.host.VirtualSwitch-" + sw,
		Spec: types.HostPortGroupSpec{Name: p.Name, VlanId: p.Vlan, VswitchName: sw}}
	s.pgPolicy(hs, &pg, p)
	net.Portgroup = append(net.Portgroup, pg)
	// the vCenter-wide Network object of that name
	for _, e := range simulator.Map.All("Network") {
		n := e.(*mo.Network)
		if n.Name == p.Name {
			if simulator.FindReference(n.Host, hs.Self) == nil {
				n.Host = append(n.Host, hs.Self)
				hs.Network = append(hs.Network, n.Self)
			}
			return nil
		}
	}
	dc := simulator.Map.Any("Datacenter").(*simulator.Datacenter)
	f := simulator.Map.Get(dc.NetworkFolder).(*simulator.Folder)
	n := &mo.Network{}
	n.Name = p.Name
	n.Entity().Name = p.Name
	n.Self = types.ManagedObjectReference{Type: "Network", Value: "network-" + p.Name}
	n.Parent = &f.Self
	n.Summary = &types.NetworkSummary{Network: &n.Self, Name: p.Name, Accessible: true}
	n.Host = []types.ManagedObjectReference{hs.Self}
	simulator.Map.Put(n)
	f.ChildEntity = append(f.ChildEntity, n.Self)
	dc.Network = append(dc.Network, n.Self)
	hs.Network = append(hs.Network, n.Self)
	return nil
}

func (s *state) pgPolicy(hs *simulator.HostSystem, pg *types.HostPortGroup, p PortgroupSpec) {
	if p.Teaming != nil || p.Security != nil {
		pg.Spec.Policy = *hostPolicy(p.Teaming, p.Security, nil)
	}
	for i := range hs.Config.Network.Vswitch {
		if v := &hs.Config.Network.Vswitch[i]; v.Name == pg.Spec.VswitchName {
			pg.ComputedPolicy = *hostPolicy(p.Teaming, p.Security, v.Spec.Policy)
		}
	}
	if p.Macs != nil {
		pg.Port = nil
		for _, m := range p.Macs {
			pg.Port = append(pg.Port, types.HostPortGroupPort{Key: "key-vim.host.PortGroup.Port-" + m, Mac: []string{m}, Type: "virtualMachine"})
		}
	}
}

func (s *state) network(name string) (types.ManagedObjectReference, string, bool) {
	for _, e := range simulator.Map.All("DistributedVirtualPortgroup") {
		pg := e.(*simulator.DistributedVirtualPortgroup)
		if pg.Config.Name == name {
			d := simulator.Map.Get(*pg.Config.DistributedVirtualSwitch)
			return pg.Self, dvsOf(d).Uuid, true
		}
	}
	for _, e := range simulator.Map.All("Network") {
		n := e.(*mo.Network)
		if n.Name == name {
			return n.Self, "", true
		}
	}
	return types.ManagedObjectReference{}, "", false
}

func dvsOf(r mo.Reference) *simulator.DistributedVirtualSwitch {
	switch d := r.(type) {
	case *simulator.DistributedVirtualSwitch:
		return d
	case *DVS:
		return &d.DistributedVirtualSwitch
	}
	return nil
}

func (s *state) applyVM(v VMSpec) error {
	vm := s.vmByName[v.Name]
	if vm == nil {
		return fmt.Errorf("no vm %q", v.Name)
	}
	if v.Remove {
		s.remove(vm)
		return nil
	}
	var ch []types.PropertyChange
	add := func(n string, val interface{}) { ch = append(ch, types.PropertyChange{Name: n, Val: val}) }
	net, ip, cards := vm.Guest.Net, vm.Guest.IpAddress, vm.Summary.Config.NumEthernetCards
	if v.Rename != "" {
		delete(s.vmByName, vm.Name)
		s.vmByName[v.Rename] = vm
		add("name", v.Rename)
		add("config.name", v.Rename)
		add("summary.config.name", v.Rename)
	}
	if v.Power != "" {
		add("runtime.powerState", types.VirtualMachinePowerState(v.Power))
		add("summary.runtime.powerState", types.VirtualMachinePowerState(v.Power))
	}
	if v.Connection != "" {
		add("runtime.connectionState", types.VirtualMachineConnectionState(v.Connection))
	}
	if v.Host != "" {
		if err := s.place(vm, v.Host); err != nil {
			return err
		}
	}
	if v.Tools != "" {
		add("guest.toolsRunningStatus", v.Tools)
		if v.Tools != "guestToolsRunning" { // no Tools: vCenter drops what Tools reported
			add("guest.guestOperationsReady", false)
			vm.Guest.Net, vm.Guest.IpAddress, vm.Summary.Guest.IpAddress = nil, "", ""
		}
	}
	if v.Hostname != "" {
		add("guest.hostName", v.Hostname)
	}
	if v.OS != "" {
		add("guest.guestFamily", v.OS)
	}
	if v.Heartbeat != "" {
		add("guestHeartbeatStatus", types.ManagedEntityStatus(v.Heartbeat))
	}
	if v.Nics != nil {
		if err := s.applyNics(vm, v); err != nil {
			return err
		}
		add("config.hardware.device", vm.Config.Hardware.Device)
		if cards != vm.Summary.Config.NumEthernetCards {
			add("summary.config.numEthernetCards", vm.Summary.Config.NumEthernetCards)
		}
		add("config.changeVersion", time.Now().UTC().Format(time.RFC3339Nano))
		add("network", vm.Network)
	}
	for i, x := range v.ExtraNets {
		vm.Guest.Net = append(vm.Guest.Net, guestNic(x.Mac, x.Portgroup, -1, x.Connected == nil || *x.Connected, x.Ips))
		_ = i
	}
	if v.LastIP != "" {
		vm.Guest.IpAddress = v.LastIP
	}
	if !(len(net) == 0 && len(vm.Guest.Net) == 0) && !reflect.DeepEqual(net, vm.Guest.Net) {
		add("guest.net", vm.Guest.Net)
	}
	if ip != vm.Guest.IpAddress {
		add("guest.ipAddress", vm.Guest.IpAddress)
		add("summary.guest.ipAddress", vm.Guest.IpAddress)
	}
	if v.Alarms != nil {
		add("triggeredAlarmState", s.alarmStates(vm.Self, v.Alarms))
	}
	if v.Files != nil || v.Procs != nil || v.Cred != nil {
		c := v
		s.guests[vm.Self] = &c
	}
	simulator.Map.Update(vm, ch)
	return nil
}

func (s *state) applyNics(vm *simulator.VirtualMachine, v VMSpec) error {
	var dev []types.BaseVirtualDevice
	for _, d := range vm.Config.Hardware.Device {
		if _, ok := d.(types.BaseVirtualEthernetCard); !ok {
			dev = append(dev, d)
		}
	}
	vm.Guest.Net, vm.Guest.IpAddress, vm.Network = nil, "", nil
	for i, n := range v.Nics {
		ref, uuid, ok := s.network(n.Portgroup)
		if n.Portgroup != "" && !ok {
			return fmt.Errorf("vm %s: no portgroup %q", v.Name, n.Portgroup)
		}
		at := n.AddressType
		if at == "" {
			at = "assigned"
		}
		key := n.Key
		if key == 0 {
			key = int32(4000 + i)
		}
		conn := n.Connected == nil || *n.Connected
		card := types.VirtualEthernetCard{AddressType: at, MacAddress: n.Mac, WakeOnLanEnabled: btrue(true),
			VirtualDevice: types.VirtualDevice{Key: key, ControllerKey: 100, UnitNumber: types.NewInt32(int32(7 + i)),
				DeviceInfo:  &types.Description{Label: fmt.Sprintf("Network adapter %d", i+1), Summary: n.Portgroup},
				Connectable: &types.VirtualDeviceConnectInfo{StartConnected: true, AllowGuestControl: true, Connected: conn, Status: "ok"}}}
		switch {
		case n.Opaque != "":
			card.Backing = &types.VirtualEthernetCardOpaqueNetworkBackingInfo{OpaqueNetworkId: n.Opaque, OpaqueNetworkType: "nsx.LogicalSwitch"}
		case uuid != "":
			card.Backing = &types.VirtualEthernetCardDistributedVirtualPortBackingInfo{Port: types.DistributedVirtualSwitchPortConnection{SwitchUuid: uuid, PortgroupKey: ref.Value, PortKey: n.PortKey}}
		default:
			card.Backing = &types.VirtualEthernetCardNetworkBackingInfo{VirtualDeviceDeviceBackingInfo: types.VirtualDeviceDeviceBackingInfo{DeviceName: n.Portgroup}, Network: &ref}
		}
		if n.Sriov {
			dev = append(dev, &types.VirtualSriovEthernetCard{VirtualEthernetCard: card})
		} else {
			dev = append(dev, &types.VirtualVmxnet3{VirtualVmxnet: types.VirtualVmxnet{VirtualEthernetCard: card}})
		}
		if ok && simulator.FindReference(vm.Network, ref) == nil {
			vm.Network = append(vm.Network, ref)
		}
		if n.NoGuest {
			continue
		}
		mac := n.Mac
		if n.GuestMac != "" {
			mac = n.GuestMac
		}
		g := guestNic(mac, n.Portgroup, key, conn, n.Ips)
		vm.Guest.Net = append(vm.Guest.Net, g)
		if vm.Guest.IpAddress == "" && len(g.IpAddress) > 0 {
			vm.Guest.IpAddress = g.IpAddress[0]
		}
	}
	vm.Config.Hardware.Device = dev
	vm.Summary.Config.NumEthernetCards = int32(len(v.Nics))
	return nil
}

// place moves a VM without task or event.
func (s *state) place(vm *simulator.VirtualMachine, host string) error {
	h := s.host(host)
	if h == nil {
		return fmt.Errorf("no host %q", host)
	}
	old := simulator.Map.Get(*vm.Runtime.Host).(*simulator.HostSystem)
	simulator.RemoveReference(&old.Vm, vm.Self)
	h.Vm = append(h.Vm, vm.Self)
	simulator.Map.Update(vm, []types.PropertyChange{{Name: "runtime.host", Val: &h.Self}, {Name: "summary.runtime.host", Val: &h.Self}})
	return nil
}

func (s *state) applyDVS(d DVSSpec) error {
	var w *DVS
	for _, e := range simulator.Map.All("DistributedVirtualSwitch") {
		x := dvsOf(e)
		if d.Name != "" && x.Name != d.Name {
			continue
		}
		if y, ok := e.(*DVS); ok {
			w = y
		} else {
			w = &DVS{DistributedVirtualSwitch: *x}
			simulator.Map.Put(w)
		}
	}
	if w == nil {
		return fmt.Errorf("no dvs %q", d.Name)
	}
	cfg := w.Config.(*types.VMwareDVSConfigInfo)
	if d.Mtu != 0 {
		cfg.MaxMtu = d.Mtu
	}
	if len(d.Pnics) > 0 {
		backing, keys, ports := &types.DistributedVirtualSwitchHostMemberPnicBacking{}, []string{}, []types.KeyValue{}
		for i, pnic := range d.Pnics {
			key := fmt.Sprint(10 + i)
			ports = append(ports, types.KeyValue{Key: key, Value: fmt.Sprintf("Uplink %d", i+1)})
			keys = append(keys, "key-vim.host.PhysicalNic-"+pnic)
			backing.PnicSpec = append(backing.PnicSpec, types.DistributedVirtualSwitchHostMemberPnicSpec{PnicDevice: pnic, UplinkPortKey: key})
		}
		for i := range cfg.Host {
			cfg.Host[i].Config.Backing = backing
			hs := simulator.Map.Get(*cfg.Host[i].Config.Host).(*simulator.HostSystem)
			for j := range hs.Config.Network.ProxySwitch {
				if p := &hs.Config.Network.ProxySwitch[j]; p.DvsUuid == w.Uuid {
					p.Pnic, p.UplinkPort, p.Spec.Backing = keys, ports, backing
				}
			}
		}
	}
	if d.Protocol != "" {
		cfg.LinkDiscoveryProtocolConfig = &types.LinkDiscoveryProtocolConfig{Protocol: d.Protocol, Operation: "both"}
	}
	if d.Checked != nil {
		cfg.HealthCheckConfig = []types.BaseDVSHealthCheckConfig{&types.VMwareDVSVlanMtuHealthCheckConfig{
			VMwareDVSHealthCheckConfig: types.VMwareDVSHealthCheckConfig{DVSHealthCheckConfig: types.DVSHealthCheckConfig{Enable: d.Checked, Interval: 1}}}}
	}
	for _, p := range d.Portgroups {
		ok := false
		for _, ref := range w.Portgroup {
			pg := simulator.Map.Get(ref).(*simulator.DistributedVirtualPortgroup)
			if pg.Config.Name == p.Name {
				ok = true
				if p.Rename != "" {
					pg.Name, pg.Config.Name = p.Rename, p.Rename
				}
				pg.Config.DefaultPortConfig = dvpgConfig(p)
				if p.Nsx != "" {
					pg.Config.LogicalSwitchUuid, pg.Config.BackingType = p.Nsx, "nsx"
				}
				pg.Config.Policy = &types.VMwareDVSPortgroupPolicy{VlanOverrideAllowed: p.Override}
				simulator.Map.Update(pg, []types.PropertyChange{{Name: "config", Val: pg.Config}})
			}
		}
		if !ok {
			return fmt.Errorf("no dvportgroup %q", p.Name)
		}
	}
	for _, p := range d.Ports {
		port := types.DistributedVirtualPort{Key: p.Key, DvsUuid: w.Uuid, LastStatusChange: time.Now(), Conflict: p.Conflict}
		if ref, _, ok := s.network(p.Portgroup); ok {
			port.PortgroupKey = ref.Value
			port.Config.Setting = simulator.Map.Get(ref).(*simulator.DistributedVirtualPortgroup).Config.DefaultPortConfig
		}
		if vm := s.vmByName[p.VM]; vm != nil {
			port.Connectee = &types.DistributedVirtualSwitchPortConnectee{ConnectedEntity: &vm.Self, NicKey: p.NicKey, Type: "vmVnic"}
			port.ProxyHost = vm.Runtime.Host
		}
		if h := s.host(p.Host); h != nil {
			port.ProxyHost = &h.Self
		}
		rt := &types.DVPortStatus{LinkUp: p.LinkUp, Blocked: p.Blocked, MacAddress: p.Mac, LinkPeer: p.Peer, Mtu: cfg.MaxMtu}
		if p.Vlan != 0 {
			rt.VlanIds = []types.NumericRange{{Start: p.Vlan, End: p.Vlan}}
		}
		port.State = &types.DVPortState{RuntimeInfo: rt}
		sv := reflect.ValueOf(&port.State.Stats).Elem()
		for k, v := range p.Stats {
			f := sv.FieldByName(strings.ToUpper(k[:1]) + k[1:])
			if !f.IsValid() {
				return fmt.Errorf("no dvport statistic %q", k)
			}
			f.SetInt(v)
		}
		done := false
		for i := range w.ports {
			if w.ports[i].Key == p.Key {
				w.ports[i], done = port, true
			}
		}
		if !done {
			w.ports = append(w.ports, port)
		}
	}
	for _, hlt := range d.Health {
		h := s.host(hlt.Host)
		if h == nil {
			return fmt.Errorf("no host %q", hlt.Host)
		}
		for i := range w.Runtime.HostMemberRuntime {
			m := &w.Runtime.HostMemberRuntime[i]
			if m.Host != h.Self {
				continue
			}
			if hlt.Status != "" {
				m.Status = hlt.Status
			}
			m.HealthCheckResult = nil
			up := types.HostMemberUplinkHealthCheckResult{UplinkPortKey: hlt.Uplink}
			var un []types.NumericRange
			for _, v := range hlt.Untrunked {
				un = append(un, types.NumericRange{Start: v, End: v})
			}
			m.HealthCheckResult = append(m.HealthCheckResult,
				&types.VMwareDVSVlanHealthCheckResult{HostMemberUplinkHealthCheckResult: up, UntrunkedVlan: un},
				&types.VMwareDVSMtuHealthCheckResult{HostMemberUplinkHealthCheckResult: up, MtuMismatch: hlt.MtuBad},
			)
			if hlt.Teaming != "" {
				m.HealthCheckResult = append(m.HealthCheckResult, &types.VMwareDVSTeamingHealthCheckResult{TeamingStatus: hlt.Teaming})
			}
		}
	}
	if d.Alarms != nil {
		w.TriggeredAlarmState = s.alarmStates(w.Self, d.Alarms)
	}
	return nil
}

func (s *state) entity(kind, name string) (types.ManagedObjectReference, string, error) {
	if kind == "" || kind == "vm" {
		if vm := s.vmByName[name]; vm != nil {
			return vm.Self, vm.Name, nil
		}
	}
	if h := s.host(name); h != nil {
		return h.Self, h.Name, nil
	}
	return types.ManagedObjectReference{}, "", fmt.Errorf("no entity %q", name)
}

func (s *state) hostArg(name string) (*types.HostEventArgument, *types.ComputeResourceEventArgument) {
	h := s.host(name)
	if h == nil {
		return nil, nil
	}
	var cr *types.ComputeResourceEventArgument
	if h.Parent != nil {
		cr = &types.ComputeResourceEventArgument{ComputeResource: *h.Parent}
		if e, ok := simulator.Map.Get(*h.Parent).(mo.Entity); ok {
			cr.Name = e.Entity().Name
		}
	}
	return &types.HostEventArgument{Host: h.Self, EntityEventArgument: types.EntityEventArgument{Name: h.Name}}, cr
}

func (s *state) addEvent(e EventSpec) error {
	rt, ok := types.TypeFunc()(e.Type)
	if !ok {
		return fmt.Errorf("no event type %q", e.Type)
	}
	v := reflect.New(rt)
	ev, ok := v.Interface().(types.BaseEvent)
	if !ok {
		return fmt.Errorf("%s is not an event", e.Type)
	}
	b := ev.GetEvent()
	s.key++
	b.Key = 1000000 + s.key
	b.ChainId = b.Key
	b.CreatedTime = ago(e.Minutes)
	if !e.At.IsZero() {
		b.CreatedTime = e.At
	}
	b.UserName = e.User
	b.FullFormattedMessage = e.Message
	dc := simulator.Map.Any("Datacenter").(*simulator.Datacenter)
	b.Datacenter = &types.DatacenterEventArgument{Datacenter: dc.Self, EntityEventArgument: types.EntityEventArgument{Name: dc.Name}}
	if e.VM != "" {
		vm := s.vmByName[e.VM]
		if vm == nil {
			return fmt.Errorf("event: no vm %q", e.VM)
		}
		b.Vm = &types.VmEventArgument{Vm: vm.Self, EntityEventArgument: types.EntityEventArgument{Name: vm.Name}}
		if e.Host == "" && vm.Runtime.Host != nil {
			e.Host = simulator.Map.Get(*vm.Runtime.Host).(*simulator.HostSystem).Name
		}
	}
	b.Host, b.ComputeResource = s.hostArg(e.Host)
	set := func(f string, val interface{}) {
		if x := v.Elem().FieldByName(f); x.IsValid() && x.CanSet() {
			y := reflect.ValueOf(val)
			if x.Kind() == reflect.Ptr && y.Kind() != reflect.Ptr {
				p := reflect.New(y.Type())
				p.Elem().Set(y)
				y = p
			}
			if y.Type().AssignableTo(x.Type()) {
				x.Set(y)
			}
		}
	}
	if a, _ := s.hostArg(e.From); a != nil {
		set("SourceHost", *a)
	}
	if a, _ := s.hostArg(e.To); a != nil {
		set("DestHost", *a)
		b.Host = a
	}
	if vm := s.vmByName[e.Other]; vm != nil {
		set("ConflictedVm", types.VmEventArgument{Vm: vm.Self, EntityEventArgument: types.EntityEventArgument{Name: vm.Name}})
	}
	if e.Dvs != "" {
		for _, x := range simulator.Map.All("DistributedVirtualSwitch") {
			if d := dvsOf(x); d.Name == e.Dvs {
				b.Dvs = &types.DvsEventArgument{Dvs: d.Self, EntityEventArgument: types.EntityEventArgument{Name: d.Name}}
			}
		}
	}
	set("Mac", e.Mac)
	set("PortKey", e.PortKey)
	set("EventTypeId", e.TypeID)
	set("Severity", e.Severity)
	set("Message", e.Message)
	var args []types.KeyAnyValue
	for k, a := range e.Args {
		args = append(args, types.KeyAnyValue{Key: k, Value: a})
	}
	sort.Slice(args, func(i, j int) bool { return args[i].Key < args[j].Key })
	set("Arguments", args)
	if b.FullFormattedMessage == "" {
		b.FullFormattedMessage = e.Type + " " + e.TypeID
	}
	s.events = append(s.events, ev)
	return nil
}

func (s *state) apply(sc Scenario) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if sc.Bulk != nil {
		s.bulk(sc.Bulk.VMs)
		s.reindex()
	}
	for kind, some := range map[string][]NameSpec{"ClusterComputeResource": sc.Clusters, "Datastore": sc.Datastores} {
		for _, n := range some {
			if err := s.applyNamed(kind, n); err != nil {
				return err
			}
		}
	}
	for _, h := range sc.Hosts {
		if err := s.applyHost(h); err != nil {
			return err
		}
	}
	// DVS twice: portgroups first (VMs refer to their new names), ports after the VMs
	for _, d := range sc.DVS {
		p := d
		p.Ports, p.Health, p.Alarms = nil, nil, nil
		if err := s.applyDVS(p); err != nil {
			return err
		}
	}
	for _, v := range sc.VMs {
		if err := s.applyVM(v); err != nil {
			return err
		}
	}
	for _, d := range sc.DVS {
		d.Portgroups = nil
		if err := s.applyDVS(d); err != nil {
			return err
		}
	}
	for _, e := range sc.Events {
		if err := s.addEvent(e); err != nil {
			return err
		}
	}
	for _, t := range sc.Tasks {
		ref, name, err := s.entity(t.Kind, t.Entity)
		if err != nil {
			return err
		}
		s.key++
		q, c := ago(t.Minutes), ago(t.Minutes-0.2)
		ti := types.TaskInfo{Key: fmt.Sprintf("task-h-%d", s.key), Task: types.ManagedObjectReference{Type: "Task", Value: fmt.Sprintf("task-h-%d", s.key)},
			DescriptionId: t.Description, Entity: &ref, EntityName: name, State: types.TaskInfoState(t.State), QueueTime: q, StartTime: &q, CompleteTime: &c,
			Reason: &types.TaskReasonUser{UserName: t.User}}
		if t.Error != "" {
			ti.Error = &types.LocalizedMethodFault{Fault: &types.RuntimeFault{}, LocalizedMessage: t.Error}
		}
		s.tasks = append(s.tasks, ti)
	}
	for _, p := range sc.Perf {
		ref, _, err := s.entity(p.Kind, p.Entity)
		if err != nil {
			return err
		}
		s.perf[ref.String()+"|"+p.Counter+"|"+p.Instance] = p
	}
	for i := range sc.Faults {
		f := sc.Faults[i]
		s.faults = append(s.faults, &f)
	}
	if sc.LatencyMs != 0 {
		s.sc.LatencyMs = sc.LatencyMs
	}
	if sc.IdleSec != 0 {
		s.sc.IdleSec = sc.IdleSec
	}
	if sc.PageSize != 0 {
		s.sc.PageSize = sc.PageSize
	}
	if sc.Granted != nil {
		s.sc.Granted = sc.Granted
	}
	return nil
}

// ---------------------------------------------------------------- extended managed objects

// NetSys adds CDP/LLDP to HostNetworkSystem.QueryNetworkHint (0.24.2: device name only).
type NetSys struct {
	simulator.HostNetworkSystem
	hints []HintSpec
}

func (n *NetSys) QueryNetworkHint(req *types.QueryNetworkHint) soap.HasFault {
	want := map[string]bool{}
	for _, d := range req.Device {
		want[d] = true
	}
	res := &types.QueryNetworkHintResponse{}
	for _, p := range n.NetworkInfo.Pnic {
		if len(want) > 0 && !want[p.Device] {
			continue
		}
		hint := types.PhysicalNicHintInfo{Device: p.Device}
		for _, h := range n.hints {
			if h.Device != p.Device || p.LinkSpeed == nil {
				continue
			}
			if h.Cdp != nil {
				hint.ConnectedSwitchPort = &types.PhysicalNicCdpInfo{DevId: h.Cdp.Switch, PortId: h.Cdp.Port, Vlan: h.Cdp.Vlan, Mtu: h.Cdp.Mtu, Address: h.Cdp.Addr, Ttl: 120, Timeout: 60, FullDuplex: btrue(true)}
			}
			if h.Lldp != nil {
				l := &types.LinkLayerDiscoveryProtocolInfo{ChassisId: h.Lldp["chassis_id"], PortId: h.Lldp["port_id"], TimeToLive: 120}
				for k, v := range h.Lldp {
					if k != "chassis_id" && k != "port_id" {
						l.Parameter = append(l.Parameter, types.KeyAnyValue{Key: k, Value: v})
					}
				}
				hint.LldpInfo = l
			}
			for _, sn := range h.Subnets {
				hint.Subnet = append(hint.Subnet, types.PhysicalNicIpHint{IpSubnet: sn.Subnet, PhysicalNicHint: types.PhysicalNicHint{VlanId: sn.Vlan}})
			}
		}
		res.Returnval = append(res.Returnval, hint)
	}
	return &methods.QueryNetworkHintBody{Res: res}
}

// DVS honours FetchDVPorts criteria (0.24.2 ignores them) and serves scenario ports.
type DVS struct {
	simulator.DistributedVirtualSwitch
	ports []types.DistributedVirtualPort
}

func (d *DVS) FetchDVPorts(req *types.FetchDVPorts) soap.HasFault {
	res := &types.FetchDVPortsResponse{}
	c := req.Criteria
	in := func(l []string, s string) bool {
		for _, x := range l {
			if x == s {
				return true
			}
		}
		return false
	}
	for _, p := range d.ports {
		if c != nil {
			if c.Connected != nil && *c.Connected != (p.Connectee != nil) {
				continue
			}
			if c.Active != nil && *c.Active != p.State.RuntimeInfo.LinkUp {
				continue
			}
			if len(c.PortKey) > 0 && !in(c.PortKey, p.Key) {
				continue
			}
			if len(c.PortgroupKey) > 0 && in(c.PortgroupKey, p.PortgroupKey) != (c.Inside == nil || *c.Inside) {
				continue
			}
		}
		res.Returnval = append(res.Returnval, p)
	}
	return &methods.FetchDVPortsBody{Res: res}
}

func (d *DVS) FetchDVPortKeys(req *types.FetchDVPortKeys) soap.HasFault {
	r := d.FetchDVPorts(&types.FetchDVPorts{Criteria: req.Criteria}).(*methods.FetchDVPortsBody)
	res := &types.FetchDVPortKeysResponse{}
	for _, p := range r.Res.Returnval {
		res.Returnval = append(res.Returnval, p.Key)
	}
	return &methods.FetchDVPortKeysBody{Res: res}
}

type DVSManager struct {
	mo.DistributedVirtualSwitchManager
}

func (m *DVSManager) QueryDvsByUuid(req *types.QueryDvsByUuid) soap.HasFault {
	body := &methods.QueryDvsByUuidBody{Res: &types.QueryDvsByUuidResponse{}}
	for _, e := range simulator.Map.All("DistributedVirtualSwitch") {
		if d := dvsOf(e); d.Uuid == req.Uuid {
			ref := d.Self
			body.Res.Returnval = &ref
		}
	}
	return body
}

type Alarm struct{ mo.Alarm }

type AlarmManager struct{ mo.AlarmManager }

func (m *AlarmManager) GetAlarm(req *types.GetAlarm) soap.HasFault {
	res := &types.GetAlarmResponse{}
	for _, r := range st.alarms {
		res.Returnval = append(res.Returnval, r)
	}
	return &methods.GetAlarmBody{Res: res}
}

func (m *AlarmManager) GetAlarmState(req *types.GetAlarmState) soap.HasFault {
	res := &types.GetAlarmStateResponse{}
	if e, ok := simulator.Map.Get(req.Entity).(mo.Entity); ok {
		res.Returnval = e.Entity().TriggeredAlarmState
	}
	return &methods.GetAlarmStateBody{Res: res}
}

// QueryPerf answers are written by hand: 0.24.2's encoder drops every 0 of an int series
// (omitempty applied per element), which shifts the samples.  Normal and CSV format.
type QueryPerfResponse struct {
	Returnval []perfEntity `xml:"returnval"`
}

type perfEntity struct {
	Type       string                       `xml:"xsi:type,attr"`
	Entity     types.ManagedObjectReference `xml:"entity"`
	SampleInfo []types.PerfSampleInfo       `xml:"sampleInfo,omitempty"`
	SampleCSV  string                       `xml:"sampleInfoCSV,omitempty"`
	Value      []perfSeries                 `xml:"value,omitempty"`
}

type perfSeries struct {
	Type  string             `xml:"xsi:type,attr"`
	Id    types.PerfMetricId `xml:"id"`
	Value []string           `xml:"value"`
}

func (s *state) queryPerf(req *types.QueryPerf) *QueryPerfResponse {
	res := &QueryPerfResponse{}
	for _, q := range req.QuerySpec {
		csv := q.Format == "csv"
		m := perfEntity{Type: "PerfEntityMetric", Entity: q.Entity}
		if csv {
			m.Type = "PerfEntityMetricCSV"
		}
		n := int(q.MaxSample)
		if n == 0 || n > 180 {
			n = 180 // one hour of 20 s samples, what ESXi keeps
		}
		iv := q.IntervalId
		if iv <= 0 {
			iv = 20
		}
		end := time.Now().UTC().Truncate(time.Duration(iv) * time.Second)
		var stamps []string
		for i := n - 1; i >= 0; i-- {
			t := end.Add(-time.Duration(int(iv)*i) * time.Second)
			stamps = append(stamps, strconv.Itoa(int(iv)), t.Format(time.RFC3339))
			if !csv {
				m.SampleInfo = append(m.SampleInfo, types.PerfSampleInfo{Timestamp: t, Interval: iv})
			}
		}
		if csv {
			m.SampleCSV = strings.Join(stamps, ",")
		}
		for _, id := range q.MetricId {
			name := s.perfName[id.CounterId]
			for key, ps := range s.perf {
				f := strings.SplitN(key, "|", 3)
				if f[0] != q.Entity.String() || f[1] != name || (id.Instance != "*" && id.Instance != f[2]) {
					continue
				}
				vals := make([]string, n)
				for i := range vals {
					vals[i] = "0"
					if j := len(ps.Values) - n + i; j >= 0 {
						vals[i] = strconv.FormatInt(ps.Values[j], 10)
					}
				}
				sr := perfSeries{Type: "PerfMetricIntSeries", Value: vals, Id: types.PerfMetricId{CounterId: id.CounterId, Instance: f[2]}}
				if csv {
					sr.Type, sr.Value = "PerfMetricSeriesCSV", []string{strings.Join(vals, ",")}
				}
				m.Value = append(m.Value, sr)
			}
		}
		res.Returnval = append(res.Returnval, m)
	}
	return res
}

// PC pages RetrievePropertiesEx (0.24.2 ignores maxObjects); WaitForUpdatesEx is in updates.go.
type PC struct {
	simulator.PropertyCollector
	changes changes
}

var pages = struct {
	sync.Mutex
	n int
	m map[string][]types.ObjectContent
}{m: map[string][]types.ObjectContent{}}

func pageOf(objs []types.ObjectContent, max int) *types.RetrieveResult {
	if max <= 0 || len(objs) <= max {
		return &types.RetrieveResult{Objects: objs}
	}
	pages.Lock()
	defer pages.Unlock()
	pages.n++
	tok := strconv.Itoa(pages.n)
	pages.m[tok] = objs[max:]
	return &types.RetrieveResult{Token: tok, Objects: objs[:max]}
}

// keyed takes config.hardware.device[4000]-style paths out of the request.  A real
// PropertyCollector supports them (govmomi #1001, vcsim since PR #3451); a key that an
// object does not have is no error.
func keyed(r *types.RetrievePropertiesEx) []int32 {
	const pre = "config.hardware.device["
	var keys []int32
	for i := range r.SpecSet {
		for j := range r.SpecSet[i].PropSet {
			ps := &r.SpecSet[i].PropSet[j]
			var keep []string
			for _, path := range ps.PathSet {
				if strings.HasPrefix(path, pre) && strings.HasSuffix(path, "]") {
					if n, err := strconv.Atoi(path[len(pre) : len(path)-1]); err == nil {
						keys = append(keys, int32(n))
						continue
					}
				}
				keep = append(keep, path)
			}
			ps.PathSet = keep
		}
	}
	return keys
}

// CreatePropertyCollector gives a collector that pages too.
func (p *PC) CreatePropertyCollector(ctx *simulator.Context, c *types.CreatePropertyCollector) soap.HasFault {
	pc := &PC{}
	pc.Self.Type = "PropertyCollector" // its Go name is no vim type
	own := ctx.Session.Put(pc)
	return &methods.CreatePropertyCollectorBody{Res: &types.CreatePropertyCollectorResponse{Returnval: own.Reference()}}
}

func (p *PC) RetrievePropertiesEx(ctx *simulator.Context, r *types.RetrievePropertiesEx) soap.HasFault {
	keys := keyed(r)
	res := p.PropertyCollector.RetrievePropertiesEx(ctx, r)
	b, ok := res.(*methods.RetrievePropertiesExBody)
	if !ok || b.Res == nil || b.Res.Returnval == nil {
		return res
	}
	addKeyed(b.Res.Returnval.Objects, keys)
	max := int(r.Options.MaxObjects)
	if st.sc.PageSize > 0 && (max == 0 || max > st.sc.PageSize) {
		max = st.sc.PageSize
	}
	b.Res.Returnval = pageOf(b.Res.Returnval.Objects, max)
	return b
}

func (p *PC) ContinueRetrievePropertiesEx(req *types.ContinueRetrievePropertiesEx) soap.HasFault {
	body := &methods.ContinueRetrievePropertiesExBody{}
	pages.Lock()
	objs, ok := pages.m[req.Token]
	delete(pages.m, req.Token)
	pages.Unlock()
	if !ok {
		body.Fault_ = simulator.Fault("", &types.InvalidArgument{InvalidProperty: "token"})
		return body
	}
	max := st.sc.PageSize
	if max == 0 {
		max = 1000
	}
	body.Res = &types.ContinueRetrievePropertiesExResponse{Returnval: *pageOf(objs, max)}
	return body
}

func (p *PC) CancelRetrievePropertiesEx(req *types.CancelRetrievePropertiesEx) soap.HasFault {
	pages.Lock()
	delete(pages.m, req.Token)
	pages.Unlock()
	return &methods.CancelRetrievePropertiesExBody{Res: &types.CancelRetrievePropertiesExResponse{}}
}

// ---- guest operations

type GuestFiles struct{ mo.GuestFileManager }
type GuestProcs struct{ mo.GuestProcessManager }

func guestCheck(ref types.ManagedObjectReference, auth types.BaseGuestAuthentication) (*VMSpec, types.BaseMethodFault) {
	vm, ok := simulator.Map.Get(ref).(*simulator.VirtualMachine)
	if !ok {
		return nil, &types.ManagedObjectNotFound{Obj: ref}
	}
	if vm.Runtime.PowerState != types.VirtualMachinePowerStatePoweredOn {
		return nil, &types.InvalidPowerState{RequestedState: types.VirtualMachinePowerStatePoweredOn, ExistingState: vm.Runtime.PowerState}
	}
	if vm.Guest.ToolsRunningStatus != "guestToolsRunning" {
		return nil, new(types.GuestOperationsUnavailable)
	}
	g := st.guests[ref]
	np, ok := auth.(*types.NamePasswordAuthentication)
	if g == nil || !ok || len(g.Cred) != 2 || np.Username != g.Cred[0] || np.Password != g.Cred[1] {
		return nil, new(types.InvalidGuestLogin)
	}
	return g, nil
}

func (m *GuestFiles) InitiateFileTransferFromGuest(ctx *simulator.Context, r *types.InitiateFileTransferFromGuest) soap.HasFault {
	body := &methods.InitiateFileTransferFromGuestBody{}
	g, f := guestCheck(r.Vm, r.Auth)
	if f != nil {
		body.Fault_ = simulator.Fault("", f)
		return body
	}
	data, ok := g.Files[r.GuestFilePath]
	if !ok {
		body.Fault_ = simulator.Fault("", &types.FileNotFound{FileFault: types.FileFault{File: r.GuestFilePath}})
		return body
	}
	size := int64(len(data))
	if strings.HasPrefix(r.GuestFilePath, "/proc/") {
		size = 0 // as a real guest reports for procfs
	}
	body.Res = &types.InitiateFileTransferFromGuestResponse{Returnval: types.FileTransferInformation{Attributes: &types.GuestPosixFileAttributes{}, Size: size,
		Url: fmt.Sprintf("https://*:443/guestFile?id=%s&token=x%s", r.Vm.Value, url.QueryEscape(r.GuestFilePath))}}
	return body
}

func (m *GuestFiles) ListFilesInGuest(r *types.ListFilesInGuest) soap.HasFault {
	body := &methods.ListFilesInGuestBody{}
	g, f := guestCheck(r.Vm, r.Auth)
	if f != nil {
		body.Fault_ = simulator.Fault("", f)
		return body
	}
	body.Res = &types.ListFilesInGuestResponse{}
	for p, d := range g.Files {
		if p == r.FilePath || path.Dir(p) == path.Clean(r.FilePath) {
			body.Res.Returnval.Files = append(body.Res.Returnval.Files, types.GuestFileInfo{Path: path.Base(p), Type: "file", Size: int64(len(d)), Attributes: &types.GuestPosixFileAttributes{}})
		}
	}
	return body
}

func (m *GuestProcs) ListProcessesInGuest(r *types.ListProcessesInGuest) soap.HasFault {
	body := &methods.ListProcessesInGuestBody{}
	g, f := guestCheck(r.Vm, r.Auth)
	if f != nil {
		body.Fault_ = simulator.Fault("", f)
		return body
	}
	body.Res = &types.ListProcessesInGuestResponse{}
	for _, p := range g.Procs {
		info := types.GuestProcessInfo{Name: p.Name, Pid: p.Pid, Owner: p.Owner, CmdLine: p.Cmd, StartTime: ago(float64(p.Minutes))}
		if p.Ended != nil {
			ended := ago(float64(*p.Ended))
			info.EndTime, info.ExitCode = &ended, p.Exit
		}
		body.Res.Returnval = append(body.Res.Returnval, info)
	}
	return body
}

// ---- task history

type TaskColl struct {
	mo.TaskHistoryCollector
	left []types.TaskInfo
}

func (c *TaskColl) ReadNextTasks(r *types.ReadNextTasks) soap.HasFault {
	n := int(r.MaxCount)
	if n > len(c.left) {
		n = len(c.left)
	}
	res := &types.ReadNextTasksResponse{Returnval: c.left[:n]}
	c.left = c.left[n:]
	return &methods.ReadNextTasksBody{Res: res}
}

func (c *TaskColl) DestroyCollector(r *types.DestroyCollector) soap.HasFault {
	simulator.Map.Remove(c.Self)
	return &methods.DestroyCollectorBody{Res: &types.DestroyCollectorResponse{}}
}

type EventColl struct {
	mo.EventHistoryCollector
	all []types.BaseEvent // oldest first
	pos int
}

func (c *EventColl) ReadNextEvents(r *types.ReadNextEvents) soap.HasFault {
	n := c.pos + int(r.MaxCount)
	if n > len(c.all) {
		n = len(c.all)
	}
	res := &types.ReadNextEventsResponse{Returnval: c.all[c.pos:n]}
	c.pos = n
	return &methods.ReadNextEventsBody{Res: res}
}

func (c *EventColl) ReadPreviousEvents(r *types.ReadPreviousEvents) soap.HasFault {
	n := c.pos - int(r.MaxCount)
	if n < 0 {
		n = 0
	}
	res := &types.ReadPreviousEventsResponse{Returnval: c.all[n:c.pos]}
	c.pos = n
	return &methods.ReadPreviousEventsBody{Res: res}
}

func (c *EventColl) ResetCollector(*types.ResetCollector) soap.HasFault {
	c.pos = len(c.all)
	return &methods.ResetCollectorBody{Res: &types.ResetCollectorResponse{}}
}

func (c *EventColl) RewindCollector(*types.RewindCollector) soap.HasFault {
	c.pos = 0
	return &methods.RewindCollectorBody{Res: &types.RewindCollectorResponse{}}
}

func (c *EventColl) SetCollectorPageSize(*types.SetCollectorPageSize) soap.HasFault {
	return &methods.SetCollectorPageSizeBody{Res: &types.SetCollectorPageSizeResponse{}}
}

func (c *EventColl) DestroyCollector(*types.DestroyCollector) soap.HasFault {
	simulator.Map.Remove(c.Self)
	return &methods.DestroyCollectorBody{Res: &types.DestroyCollectorResponse{}}
}

// ---------------------------------------------------------------- SOAP interposer

type hook func(m *simulator.Method) (interface{}, types.BaseMethodFault)

func (s *state) allEvents() []types.BaseEvent {
	em := simulator.Map.EventManager()
	r := em.QueryEvents(&simulator.Context{Map: simulator.Map}, &types.QueryEvents{Filter: types.EventFilterSpec{MaxCount: 1000}})
	var out []types.BaseEvent
	if b, ok := r.(*methods.QueryEventsBody); ok && b.Res != nil {
		out = append(out, b.Res.Returnval...)
	}
	s.mu.Lock() // a VM may be on its way while somebody reads
	out = append(out, s.events...)
	s.mu.Unlock()
	sort.SliceStable(out, func(i, j int) bool {
		return out[i].GetEvent().CreatedTime.Before(out[j].GetEvent().CreatedTime)
	})
	return out
}

// filterEvents: time, eventTypeId (class, base class, or EventEx id), entity (self/all/children), maxCount.
func (s *state) filterEvents(f types.EventFilterSpec) []types.BaseEvent {
	var out []types.BaseEvent
	for _, e := range s.allEvents() {
		b := e.GetEvent()
		if f.Time != nil {
			if f.Time.BeginTime != nil && b.CreatedTime.Before(*f.Time.BeginTime) {
				continue
			}
			if f.Time.EndTime != nil && b.CreatedTime.After(*f.Time.EndTime) {
				continue
			}
		}
		if len(f.EventTypeId) > 0 {
			k := reflect.TypeOf(e).Elem()
			id := ""
			if x, ok := e.(*types.EventEx); ok {
				id = x.EventTypeId
			}
			if x, ok := e.(*types.ExtendedEvent); ok {
				id = x.EventTypeId
			}
			ok := false
			for _, t := range f.EventTypeId {
				if t == k.Name() || (id != "" && t == id) {
					ok = true
				} else if fl, has := k.FieldByName(t); has && fl.Anonymous {
					ok = true
				}
			}
			if !ok {
				continue
			}
		}
		if f.Entity != nil && !s.about(b, f.Entity) {
			continue
		}
		out = append(out, e)
	}
	max := int(f.MaxCount)
	if max == 0 {
		max = 1000
	}
	if len(out) > max {
		out = out[len(out)-max:] // vCenter returns the newest
	}
	return out
}

func (s *state) about(e *types.Event, f *types.EventFilterSpecByEntity) bool {
	var refs []types.ManagedObjectReference
	if e.Vm != nil {
		refs = append(refs, e.Vm.Vm)
	}
	if e.Host != nil {
		refs = append(refs, e.Host.Host)
	}
	if e.ComputeResource != nil {
		refs = append(refs, e.ComputeResource.ComputeResource)
	}
	if e.Dvs != nil {
		refs = append(refs, e.Dvs.Dvs)
	}
	if e.Datacenter != nil {
		refs = append(refs, e.Datacenter.Datacenter)
	}
	for _, r := range refs {
		if r == f.Entity {
			return true
		}
		if f.Recursion == types.EventFilterSpecRecursionOptionSelf {
			continue
		}
		for x, ok := simulator.Map.Get(r).(mo.Entity); ok && x != nil && x.Entity().Parent != nil; {
			p := *x.Entity().Parent
			if p == f.Entity {
				return true
			}
			x, ok = simulator.Map.Get(p).(mo.Entity)
			if !ok {
				break
			}
		}
	}
	return false
}

func (s *state) migrate(vmRef types.ManagedObjectReference, dst, pool *types.ManagedObjectReference, kind string, drs bool) types.ManagedObjectReference {
	vm := simulator.Map.Get(vmRef).(*simulator.VirtualMachine)
	t := simulator.CreateTask(vm, kind, func(*simulator.Task) (types.AnyType, types.BaseMethodFault) {
		if dst == nil {
			return nil, nil
		}
		h, ok := simulator.Map.Get(*dst).(*simulator.HostSystem)
		if !ok {
			return nil, &types.ManagedObjectNotFound{Obj: *dst}
		}
		if h.Runtime.InMaintenanceMode || h.Runtime.ConnectionState != types.HostSystemConnectionStateConnected {
			return nil, new(types.HostNotConnected)
		}
		if pool == nil {
			pool = vm.ResourcePool
		}
		there, ok := simulator.Map.Get(*pool).(*simulator.ResourcePool)
		if !ok || there.Owner != *h.Parent { // as a vCenter says it of a pool of another cluster
			return nil, &types.InvalidArgument{InvalidProperty: "pool"}
		}
		old := simulator.Map.Get(*vm.Runtime.Host).(*simulator.HostSystem)
		typ := "VmMigratedEvent"
		if drs {
			typ = "DrsVmMigratedEvent"
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		_ = s.addEvent(EventSpec{Type: "VmBeingHotMigratedEvent", VM: vm.Name, Host: old.Name, To: h.Name, User: "harness", Message: fmt.Sprintf("Migrating %s from %s to %s", vm.Name, old.Name, h.Name)})
		_ = s.place(vm, h.Name)
		s.repool(vm, there)
		_ = s.addEvent(EventSpec{Type: typ, VM: vm.Name, Host: h.Name, From: old.Name, User: "harness", Message: fmt.Sprintf("%s migrated from %s to %s", vm.Name, old.Name, h.Name)})
		return nil, nil
	})
	return t.Run()
}

// repool lets a VM take its resources from another pool, as one must to leave a cluster.
func (s *state) repool(vm *simulator.VirtualMachine, to *simulator.ResourcePool) {
	if from, ok := simulator.Map.Get(*vm.ResourcePool).(*simulator.ResourcePool); ok {
		simulator.RemoveReference(&from.Vm, vm.Self)
	}
	to.Vm = append(to.Vm, vm.Self)
	simulator.Map.Update(vm, []types.PropertyChange{{Name: "resourcePool", Val: &to.Self}})
}

// hasPrivileges says what the scenario grants (0.24.2: everything to everybody).
func (s *state) hasPrivileges(r *types.HasPrivilegeOnEntities) []types.EntityPrivilege {
	granted := map[string]bool{}
	for _, id := range s.sc.Granted {
		granted[id] = true
	}
	var told []types.EntityPrivilege
	for _, e := range r.Entity {
		p := types.EntityPrivilege{Entity: e}
		for _, id := range r.PrivId {
			p.PrivAvailability = append(p.PrivAvailability, types.PrivilegeAvailability{PrivId: id, IsGranted: s.sc.Granted == nil || granted[id]})
		}
		told = append(told, p)
	}
	return told
}

func (s *state) hooks() map[string]hook {
	return map[string]hook{
		"QueryPerf": func(m *simulator.Method) (interface{}, types.BaseMethodFault) {
			return s.queryPerf(m.Body.(*types.QueryPerf)), nil
		},
		"HasPrivilegeOnEntities": func(m *simulator.Method) (interface{}, types.BaseMethodFault) {
			r := m.Body.(*types.HasPrivilegeOnEntities)
			return &types.HasPrivilegeOnEntitiesResponse{Returnval: s.hasPrivileges(r)}, nil
		},
		"QueryEvents": func(m *simulator.Method) (interface{}, types.BaseMethodFault) {
			r := m.Body.(*types.QueryEvents)
			return &types.QueryEventsResponse{Returnval: s.filterEvents(r.Filter)}, nil
		},
		"CreateCollectorForEvents": func(m *simulator.Method) (interface{}, types.BaseMethodFault) {
			r := m.Body.(*types.CreateCollectorForEvents)
			s.key++
			c := &EventColl{all: s.filterEvents(types.EventFilterSpec{Time: r.Filter.Time, EventTypeId: r.Filter.EventTypeId, Entity: r.Filter.Entity, MaxCount: 1 << 30})}
			c.Self = types.ManagedObjectReference{Type: "EventHistoryCollector", Value: fmt.Sprintf("evc-%d", s.key)}
			c.Filter = r.Filter
			n := len(c.all)
			if n > 10 {
				n = 10
			}
			c.LatestPage = c.all[len(c.all)-n:]
			c.pos = len(c.all)
			simulator.Map.Put(c)
			return &types.CreateCollectorForEventsResponse{Returnval: c.Self}, nil
		},
		"CreateCollectorForTasks": func(m *simulator.Method) (interface{}, types.BaseMethodFault) {
			r := m.Body.(*types.CreateCollectorForTasks)
			c := &TaskColl{}
			for _, t := range s.tasks {
				if r.Filter.Entity != nil && (t.Entity == nil || *t.Entity != r.Filter.Entity.Entity) {
					continue
				}
				if r.Filter.Time != nil && r.Filter.Time.BeginTime != nil && t.QueueTime.Before(*r.Filter.Time.BeginTime) {
					continue
				}
				c.left = append(c.left, t)
			}
			s.key++
			c.Self = types.ManagedObjectReference{Type: "TaskHistoryCollector", Value: fmt.Sprintf("tc-%d", s.key)}
			c.Filter = r.Filter
			c.LatestPage = c.left
			simulator.Map.Put(c)
			return &types.CreateCollectorForTasksResponse{Returnval: c.Self}, nil
		},
		"MigrateVM_Task": func(m *simulator.Method) (interface{}, types.BaseMethodFault) {
			r := m.Body.(*types.MigrateVM_Task)
			return &types.MigrateVM_TaskResponse{Returnval: s.migrate(r.This, r.Host, r.Pool, "migrate", false)}, nil
		},
		"RelocateVM_Task": func(m *simulator.Method) (interface{}, types.BaseMethodFault) {
			r := m.Body.(*types.RelocateVM_Task)
			return &types.RelocateVM_TaskResponse{Returnval: s.migrate(r.This, r.Spec.Host, r.Spec.Pool, "relocate", false)}, nil
		},
	}
}

const envStart = xml.Header + `<soapenv:Envelope xmlns:soapenc="http://schemas.xmlsoap.org/soap/encoding/" xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>`
const envEnd = `</soapenv:Body></soapenv:Envelope>`

func writeOK(w http.ResponseWriter, res interface{}) {
	var b bytes.Buffer
	b.WriteString(envStart)
	e := xml.NewEncoder(&b)
	err := e.EncodeElement(res, xml.StartElement{Name: xml.Name{Space: "urn:vim25", Local: reflect.TypeOf(res).Elem().Name()}})
	if err == nil {
		err = e.Flush()
	}
	if err != nil {
		log.Printf("encode: %s", err)
	}
	b.WriteString(envEnd)
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	_, _ = w.Write(b.Bytes())
}

func writeFault(w http.ResponseWriter, f types.BaseMethodFault) {
	var b bytes.Buffer
	b.WriteString(envStart)
	b.WriteString("<soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring></faultstring><detail>")
	kind := reflect.TypeOf(f).Elem().Name()
	e := xml.NewEncoder(&b)
	_ = e.EncodeElement(f, xml.StartElement{Name: xml.Name{Local: kind + "Fault"}, Attr: []xml.Attr{{Name: xml.Name{Local: "xmlns"}, Value: "urn:vim25"}, {Name: xml.Name{Local: "xsi:type"}, Value: kind}}})
	_ = e.Flush()
	b.WriteString("</detail></soapenv:Fault>" + envEnd)
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	w.WriteHeader(http.StatusInternalServerError)
	_, _ = w.Write(b.Bytes())
}

func methodName(body []byte) string {
	i := bytes.Index(body, []byte("Body>"))
	if i < 0 {
		return "?"
	}
	rest := bytes.TrimLeft(body[i+5:], " \r\n\t")
	if len(rest) == 0 || rest[0] != '<' {
		return "?"
	}
	j := bytes.IndexAny(rest, " >/")
	if j < 0 {
		return "?"
	}
	n := string(rest[1:j])
	if k := strings.Index(n, ":"); k >= 0 {
		n = n[k+1:]
	}
	return n
}

// counter counts the bytes on the wire: after compression, where there is one.
type counter struct {
	http.ResponseWriter
	n   int64
	zip *gzip.Writer
}

func (c *counter) Write(p []byte) (int, error) {
	if c.zip != nil {
		return c.zip.Write(p)
	}
	return wire{c}.Write(p)
}

type wire struct{ c *counter }

func (w wire) Write(p []byte) (int, error) {
	n, err := w.c.ResponseWriter.Write(p)
	w.c.n += int64(n)
	return n, err
}

var public = map[string]bool{"RetrieveServiceContent": true, "Login": true, "LoginByToken": true, "LoginExtensionByCertificate": true, "CloneSession": true, "Fetch": true, "RetrieveProperties": true, "RetrievePropertiesEx": true}

func (s *state) serve(svc *simulator.Service, hooks map[string]hook) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		name := methodName(body)
		s.mu.Lock()
		s.calls[name]++
		s.bytesIn += int64(len(body))
		lat := s.sc.LatencyMs
		var hit *FaultSpec
		for i, f := range s.faults {
			if (f.Method != "*" && f.Method != name) || (f.Contains != "" && !bytes.Contains(body, []byte(f.Contains))) {
				continue
			}
			if f.After > 0 {
				f.After--
				continue
			}
			hit = f
			if f.Times > 0 {
				if f.Times--; f.Times == 0 {
					s.faults = append(append([]*FaultSpec{}, s.faults[:i]...), s.faults[i+1:]...)
				}
			}
			break
		}
		cookie := ""
		if c, err := r.Cookie(soap.SessionCookieName); err == nil {
			cookie = c.Value
		}
		last, live := s.sessions[cookie]
		if live && s.sc.IdleSec > 0 && time.Since(last).Seconds() > s.sc.IdleSec {
			delete(s.sessions, cookie)
			live = false
		}
		if live {
			s.sessions[cookie] = time.Now()
		}
		s.mu.Unlock()
		if lat > 0 {
			time.Sleep(time.Duration(lat) * time.Millisecond)
		}
		cw := &counter{ResponseWriter: w}
		defer func() {
			s.mu.Lock()
			s.bytesOut += cw.n
			s.mu.Unlock()
		}()
		if s.sc.Gzip && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			w.Header().Set("Content-Encoding", "gzip")
			cw.zip = gzip.NewWriter(wire{cw})
			defer cw.zip.Close()
		}
		if hit != nil {
			if hit.HangMs > 0 {
				time.Sleep(time.Duration(hit.HangMs) * time.Millisecond)
			}
			switch {
			case hit.Close:
				if hj, ok := w.(http.Hijacker); ok {
					if c, _, err := hj.Hijack(); err == nil {
						c.Close()
					}
				}
				return
			case hit.Answer != "":
				cw.Header().Set("Content-Type", "text/xml; charset=utf-8")
				if hit.HTTP != 0 {
					cw.WriteHeader(hit.HTTP)
				}
				_, _ = io.WriteString(cw, envStart+hit.Answer+envEnd)
				return
			case hit.HTTP != 0:
				cw.WriteHeader(hit.HTTP)
				return
			case hit.Fault != "":
				rt, ok := types.TypeFunc()(hit.Fault)
				if ok {
					f, _ := reflect.New(rt).Interface().(types.BaseMethodFault)
					if np, ok := f.(*types.NoPermission); ok {
						np.PrivilegeId = "System.Read"
						np.Object = vpx.RootFolder.Self
					}
					switch of := f.(type) { // what a client's parser insists on
					case *types.NotAuthenticated:
						of.PrivilegeId = "System.View"
						of.Object = vpx.RootFolder.Self
					case *types.TaskInProgress:
						of.Task = types.ManagedObjectReference{Type: "Task", Value: "task-1"}
					case *types.InvalidPowerState:
						of.RequestedState = types.VirtualMachinePowerStatePoweredOn
						of.ExistingState = types.VirtualMachinePowerStatePoweredOff
					case *types.ManagedObjectNotFound:
						of.Obj = types.ManagedObjectReference{Type: "VirtualMachine", Value: "vm-gone"}
					}
					if f != nil {
						writeFault(cw, f)
						return
					}
				}
			}
		}
		if name == "Fetch" && !live && bytes.Contains(body, []byte("currentSession")) {
			// anonymous read of SessionManager.currentSession is "unset", not a fault
			// (VimSessionOrientedStub's login method depends on it)
			w.Header().Set("Content-Type", "text/xml; charset=utf-8")
			_, _ = io.WriteString(cw, envStart+`<FetchResponse xmlns="urn:vim25"></FetchResponse>`+envEnd)
			return
		}
		if cookie != "" && !live { // expired: behave as vCenter, not as a never-seen cookie
			// anonymous reads are for ServiceInstance/SessionManager only, as on a real vCenter
			anon := !strings.HasPrefix(name, "Retrieve") && name != "Fetch" || name == "RetrieveServiceContent" ||
				bytes.Contains(body, []byte("ServiceInstance")) || bytes.Contains(body, []byte("SessionManager"))
			if public[name] && anon {
				r.Header.Del("Cookie")
			} else {
				writeFault(cw, &types.NotAuthenticated{NoPermission: types.NoPermission{Object: vpx.RootFolder.Self, PrivilegeId: "System.View"}})
				return
			}
		}
		if h, ok := hooks[name]; ok {
			if !live {
				writeFault(cw, &types.NotAuthenticated{NoPermission: types.NoPermission{Object: vpx.RootFolder.Self, PrivilegeId: "System.View"}})
				return
			}
			m, err := simulator.UnmarshalBody(types.TypeFunc(), body)
			if err != nil {
				writeFault(cw, new(types.InvalidRequest))
				return
			}
			res, f := h(m)
			if f != nil {
				writeFault(cw, f)
				return
			}
			writeOK(cw, res)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		if strings.HasPrefix(name, "Login") || name == "CloneSession" {
			rec := httptest.NewRecorder()
			svc.ServeSDK(rec, r)
			for _, c := range rec.Result().Cookies() {
				if c.Name == soap.SessionCookieName && rec.Code == 200 {
					s.mu.Lock()
					s.sessions[c.Value] = time.Now()
					s.mu.Unlock()
				}
			}
			for k, v := range rec.Header() {
				cw.Header()[k] = v
			}
			cw.WriteHeader(rec.Code)
			_, _ = cw.Write(rec.Body.Bytes())
			return
		}
		if name == "Logout" {
			s.mu.Lock()
			delete(s.sessions, cookie)
			s.mu.Unlock()
		}
		svc.ServeSDK(cw, r)
	}
}

func (s *state) control(mux *http.ServeMux) {
	mux.HandleFunc("/control/stats", func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		total := 0
		for _, n := range s.calls {
			total += n
		}
		_ = json.NewEncoder(w).Encode(map[string]interface{}{"calls": s.calls, "total": total, "bytes_in": s.bytesIn, "bytes_out": s.bytesOut, "sessions": len(s.sessions)})
		if r.Method == http.MethodPost {
			s.calls, s.bytesIn, s.bytesOut = map[string]int{}, 0, 0
		}
	})
	mux.HandleFunc("/control/apply", func(w http.ResponseWriter, r *http.Request) {
		var sc Scenario
		d := json.NewDecoder(r.Body)
		d.DisallowUnknownFields()
		if err := d.Decode(&sc); err != nil {
			http.Error(w, err.Error(), 400)
			return
		}
		if err := s.apply(sc); err != nil {
			http.Error(w, err.Error(), 400)
			return
		}
		fmt.Fprintln(w, "ok")
	})
	mux.HandleFunc("/control/expire-sessions", func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		n := len(s.sessions)
		s.sessions = map[string]time.Time{}
		s.mu.Unlock()
		fmt.Fprintln(w, n)
	})
	mux.HandleFunc("/control/clear-faults", func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.faults = nil
		s.mu.Unlock()
	})
	mux.HandleFunc("/guestFile", func(w http.ResponseWriter, r *http.Request) {
		ref := types.ManagedObjectReference{Type: "VirtualMachine", Value: r.URL.Query().Get("id")}
		g := st.guests[ref]
		p := strings.TrimPrefix(r.URL.Query().Get("token"), "x")
		if g == nil || r.Method != http.MethodGet {
			http.Error(w, "no", 404)
			return
		}
		_, _ = io.WriteString(w, g.Files[p])
	})
}

// trusted serves the CA as vCenter does: certs/lin/<name>.0 in a zip, for whoever asks without a login.
func trusted(mux *http.ServeMux, ca []byte) {
	mux.HandleFunc("/certs/download.zip", func(w http.ResponseWriter, r *http.Request) {
		z := zip.NewWriter(w)
		f, _ := z.Create("certs/lin/00000000.0")
		_ = pem.Encode(f, &pem.Block{Type: "CERTIFICATE", Bytes: ca})
		_ = z.Close()
	})
}

// selfSigned makes a CA and a leaf for 127.0.0.1/localhost, so tests can verify TLS for real.
func selfSigned(file string) tls.Certificate {
	ck, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	ca := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "ruleout test CA"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(240 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature, SubjectKeyId: []byte{1, 2, 3, 4}}
	cad, _ := x509.CreateCertificate(rand.Reader, ca, ca, &ck.PublicKey, ck)
	k, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "vcenter.example.test"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(240 * time.Hour),
		DNSNames: []string{"localhost", "vcenter.example.test", "vcenter.example.net"}, IPAddresses: []net.IP{net.ParseIP("127.0.0.1")}, AuthorityKeyId: []byte{1, 2, 3, 4},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	ld, err := x509.CreateCertificate(rand.Reader, leaf, ca, &k.PublicKey, ck)
	if err != nil {
		log.Fatal(err)
	}
	if file != "" {
		f, err := os.Create(file)
		if err != nil {
			log.Fatal(err)
		}
		_ = pem.Encode(f, &pem.Block{Type: "CERTIFICATE", Bytes: cad})
		f.Close()
	}
	return tls.Certificate{Certificate: [][]byte{ld, cad}, PrivateKey: k}
}

func main() {
	listen := flag.String("l", "127.0.0.1:0", "listen address")
	file := flag.String("scenario", "", "scenario JSON file")
	caFile := flag.String("ca", "", "write the CA certificate (PEM) here")
	plain := flag.Bool("http", false, "no TLS")
	verbose := flag.Bool("v", false, "keep the simulator's log")
	flag.Parse()
	if !*verbose {
		log.SetOutput(io.Discard)
	}
	sc := Scenario{}
	if *file != "" {
		b, err := os.ReadFile(*file)
		fatal(err)
		d := json.NewDecoder(bytes.NewReader(b))
		d.DisallowUnknownFields()
		fatal(d.Decode(&sc))
	}
	if sc.APIVersion == "" {
		sc.APIVersion = "7.0.3.0"
	}
	m := simulator.VPX()
	m.ServiceContent.About.ApiVersion = sc.APIVersion
	m.ServiceContent.About.Version = sc.APIVersion
	m.ServiceContent.About.FullName = "VMware vCenter Server " + sc.APIVersion + " (vcsim)"
	m.Host = 0
	def := func(dst *int, v, d int) {
		*dst = d
		if v != 0 {
			*dst = v
		}
	}
	def(&m.Datacenter, sc.Model.Datacenters, 1)
	def(&m.Cluster, sc.Model.Clusters, 1)
	def(&m.ClusterHost, sc.Model.Hosts, 3)
	def(&m.Machine, sc.Model.VMs, 4)
	def(&m.Portgroup, sc.Model.Portgroups, 1)
	def(&m.Datastore, sc.Model.Datastores, 1)
	t0 := time.Now()
	fatal(m.Create())
	defer m.Remove()
	svc := m.Service
	svc.Listen = &url.URL{Scheme: "https", Host: *listen, Path: "/sdk", User: simulator.DefaultLogin}
	if len(sc.Login) == 2 {
		svc.Listen.User = url.UserPassword(sc.Login[0], sc.Login[1])
	}
	st.sc = sc
	st.reindex()
	st.repair()
	content := simulator.Map.Get(types.ManagedObjectReference{Type: "ServiceInstance", Value: "ServiceInstance"}).(*simulator.ServiceInstance).Content
	pm := simulator.Map.Get(*content.PerfManager).(*simulator.PerformanceManager)
	for _, c := range pm.PerfCounter {
		st.perfName[c.Key] = fmt.Sprintf("%s.%s.%s", c.GroupInfo.GetElementDescription().Key, c.NameInfo.GetElementDescription().Key, c.RollupType)
	}
	pc := &PC{}
	pc.Self = content.PropertyCollector
	simulator.Map.Put(pc)
	am := &AlarmManager{}
	am.Self = *content.AlarmManager
	simulator.Map.Put(am)
	dm := &DVSManager{}
	dm.Self = *content.DvSwitchManager
	simulator.Map.Put(dm)
	gf := &GuestFiles{}
	gf.Self = types.ManagedObjectReference{Type: "GuestFileManager", Value: "guestOperationsFileManager"}
	simulator.Map.Put(gf)
	gp := &GuestProcs{}
	gp.Self = types.ManagedObjectReference{Type: "GuestProcessManager", Value: "guestOperationsProcessManager"}
	simulator.Map.Put(gp)
	fatal(st.apply(sc))

	mux := http.NewServeMux()
	svc.RegisterSDK(simulator.Map) // fills svc.sdk; its mux is not served
	mux.HandleFunc("/sdk", st.serve(svc, st.hooks()))
	mux.HandleFunc("/sdk/vimServiceVersions.xml", svc.ServiceVersions)
	mux.HandleFunc("/sdk/vimService.wsdl", func(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) })
	st.control(mux)
	ln, err := net.Listen("tcp", *listen)
	fatal(err)
	scheme := "https"
	srv := &http.Server{Handler: mux, ErrorLog: log.New(io.Discard, "", 0)}
	srv.SetKeepAlivesEnabled(!sc.NoKeep)
	if *plain {
		scheme = "http"
		go srv.Serve(ln)
	} else {
		cert := selfSigned(*caFile)
		trusted(mux, cert.Certificate[1])
		srv.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}}
		go srv.ServeTLS(ln, "", "")
	}
	fmt.Printf("READY %s://%s/sdk vms=%d hosts=%d create=%.1fs pid=%d\n", scheme, ln.Addr(), len(simulator.Map.All("VirtualMachine")), len(st.hostIdx), time.Since(t0).Seconds(), os.Getpid())
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGINT, syscall.SIGTERM)
	<-c
	srv.Close()
}

func fatal(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "vcsim:", err)
		os.Exit(1)
	}
}
