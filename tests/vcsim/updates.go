package main

// WaitForUpdatesEx as a vCenter answers it: in pages, by version, with key-indexed device paths, and ended with the
// session. govmomi 0.24.2 sends everything in one answer and collects the whole inventory again for every change.

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

const devices = "config.hardware.device"

type ref = types.ManagedObjectReference

// changes is what one collector has told its client, and what it has yet to tell.
type changes struct {
	sync.Mutex
	version int
	sent    map[ref]bool
	keys    map[ref]map[int32]bool // devices sent by key
	dirty   map[ref]map[string]bool
	queue   []types.PropertyFilterUpdate // one object each, computed and not yet sent
	cancel  chan struct{}
}

func (c *changes) touch(r ref, names ...string) {
	c.Lock()
	defer c.Unlock()
	if c.dirty == nil {
		return // nobody waits yet
	}
	if c.dirty[r] == nil {
		c.dirty[r] = map[string]bool{}
	}
	for _, n := range names {
		c.dirty[r][n] = true
	}
}

func (p *PC) PutObject(o mo.Reference) { p.changes.touch(o.Reference()) }
func (p *PC) RemoveObject(r ref)       { p.changes.touch(r) }
func (p *PC) UpdateObject(o mo.Reference, ch []types.PropertyChange) {
	if v, ok := o.(*mo.ContainerView); ok { // what came into the view
		for _, r := range v.View {
			p.changes.Lock()
			known := p.changes.sent[r]
			p.changes.Unlock()
			if !known {
				p.changes.touch(r)
			}
		}
		return
	}
	for _, c := range ch {
		p.changes.touch(o.Reference(), c.Name)
	}
}

// withoutKeys is a copy of the specification without key-indexed paths, and the keys.
func withoutKeys(spec types.PropertyFilterSpec) (types.PropertyFilterSpec, []int32) {
	var own []types.PropertySpec
	for _, ps := range spec.PropSet {
		ps.PathSet = append([]string{}, ps.PathSet...)
		own = append(own, ps)
	}
	spec.PropSet = own
	r := types.RetrievePropertiesEx{SpecSet: []types.PropertyFilterSpec{spec}}
	keys := keyed(&r)
	return r.SpecSet[0], keys
}

// addKeyed adds the devices with these keys to the VMs among the objects.
func addKeyed(objects []types.ObjectContent, keys []int32) {
	if st.sc.NoKeyed {
		return
	}
	for i := range objects {
		o := &objects[i]
		vm, ok := simulator.Map.Get(o.Obj).(*simulator.VirtualMachine)
		if !ok {
			continue
		}
		for _, d := range vm.Config.Hardware.Device {
			for _, k := range keys {
				if d.GetVirtualDevice().Key == k {
					o.PropSet = append(o.PropSet, types.DynamicProperty{Name: fmt.Sprintf("%s[%d]", devices, k), Val: d})
				}
			}
		}
	}
}

// read collects what the filter wants of everything in it (of == nil), or of these objects.
func (p *PC) read(ctx *simulator.Context, f *simulator.PropertyFilter, of []ref) []types.ObjectContent {
	spec, keys := withoutKeys(f.Spec)
	yes := true
	spec.ReportMissingObjectsInResults = &yes
	if of != nil {
		spec.ObjectSet = nil
		for _, r := range of {
			spec.ObjectSet = append(spec.ObjectSet, types.ObjectSpec{Obj: r})
		}
	}
	res := p.PropertyCollector.RetrievePropertiesEx(ctx, &types.RetrievePropertiesEx{SpecSet: []types.PropertyFilterSpec{spec}})
	b, ok := res.(*methods.RetrievePropertiesExBody)
	if !ok || b.Res == nil || b.Res.Returnval == nil {
		return nil
	}
	addKeyed(b.Res.Returnval.Objects, keys)
	return b.Res.Returnval.Objects
}

func inFilter(ctx *simulator.Context, f *simulator.PropertyFilter, r ref) bool {
	for _, o := range f.Spec.ObjectSet {
		if o.Obj == r {
			return true
		}
		if v, ok := ctx.Session.Get(o.Obj).(*simulator.ContainerView); ok && simulator.FindReference(v.View, r) != nil {
			return true
		}
	}
	return false
}

// paths are those of the filter, for objects of this kind, that one of the changed names touches.
func touched(f *simulator.PropertyFilter, kind string, names map[string]bool) []string {
	var out []string
	for _, ps := range f.Spec.PropSet {
		if ps.Type != kind {
			continue
		}
		for _, path := range ps.PathSet {
			bare := strings.SplitN(path, "[", 2)[0]
			for n := range names {
				if n == bare || strings.HasPrefix(bare, n+".") || strings.HasPrefix(n, bare+".") {
					out = append(out, path)
					break
				}
			}
		}
	}
	return out
}

func (p *PC) enter(f *simulator.PropertyFilter, o types.ObjectContent) {
	u := types.ObjectUpdate{Kind: types.ObjectUpdateKindEnter, Obj: o.Obj, MissingSet: o.MissingSet}
	held := map[int32]bool{}
	for _, v := range o.PropSet {
		u.ChangeSet = append(u.ChangeSet, types.PropertyChange{Op: types.PropertyChangeOpAssign, Name: v.Name, Val: v.Val})
		if k, ok := keyOf(v.Name); ok {
			held[k] = true
		}
	}
	p.changes.sent[o.Obj], p.changes.keys[o.Obj] = true, held
	p.push(f, u)
}

func (p *PC) push(f *simulator.PropertyFilter, u types.ObjectUpdate) {
	p.changes.queue = append(p.changes.queue, types.PropertyFilterUpdate{Filter: f.Self, ObjectSet: []types.ObjectUpdate{u}})
}

func keyOf(path string) (int32, bool) {
	if !strings.HasPrefix(path, devices+"[") {
		return 0, false
	}
	n, err := strconv.Atoi(strings.TrimSuffix(path[len(devices)+1:], "]"))
	return int32(n), err == nil
}

func (p *PC) modify(f *simulator.PropertyFilter, o types.ObjectContent, names map[string]bool) {
	now := map[string]types.AnyType{}
	for _, v := range o.PropSet {
		now[v.Name] = v.Val
	}
	u := types.ObjectUpdate{Kind: types.ObjectUpdateKindModify, Obj: o.Obj}
	held := p.changes.keys[o.Obj]
	for _, path := range touched(f, o.Obj.Type, names) {
		val, there := now[path]
		c := types.PropertyChange{Op: types.PropertyChangeOpAssign, Name: path, Val: val}
		if k, ok := keyOf(path); ok {
			if st.sc.NoKeyed || !there && !held[k] {
				continue
			}
			if !there {
				c.Op = types.PropertyChangeOpRemove
			}
			held[k] = there
		}
		u.ChangeSet = append(u.ChangeSet, c)
	}
	if u.ChangeSet != nil {
		p.push(f, u)
	}
}

// gather turns what was touched since the last answer into updates.
func (p *PC) gather(ctx *simulator.Context) {
	c := &p.changes
	c.Lock()
	dirty := c.dirty
	c.dirty = map[ref]map[string]bool{}
	c.Unlock() // collecting takes the objects' locks, and whoever holds one may be about to touch
	if len(dirty) == 0 {
		return
	}
	for _, fr := range p.Filter {
		f := ctx.Session.Get(fr).(*simulator.PropertyFilter)
		var there []ref
		for r := range dirty {
			if simulator.Map.Get(r) == nil {
				if c.sent[r] {
					delete(c.sent, r)
					delete(c.keys, r)
					p.push(f, types.ObjectUpdate{Kind: types.ObjectUpdateKindLeave, Obj: r})
				}
			} else if c.sent[r] || inFilter(ctx, f, r) {
				there = append(there, r)
			}
		}
		if there == nil {
			continue
		}
		for _, o := range p.read(ctx, f, there) {
			if c.sent[o.Obj] {
				p.modify(f, o, dirty[o.Obj])
			} else {
				c.Lock()
				p.enter(f, o)
				c.Unlock()
			}
		}
	}
}

// page takes what one answer may hold off the queue.
func (p *PC) page(set *types.UpdateSet, options *types.WaitOptions) bool {
	c := &p.changes
	n, max := len(c.queue), st.sc.PageSize
	if options != nil && options.MaxObjectUpdates > 0 && (max == 0 || int(options.MaxObjectUpdates) < max) {
		max = int(options.MaxObjectUpdates)
	}
	if max > 0 && n > max {
		n = max
		yes := true
		set.Truncated = &yes
	}
	for _, u := range c.queue[:n] {
		if last := len(set.FilterSet) - 1; last >= 0 && set.FilterSet[last].Filter == u.Filter {
			set.FilterSet[last].ObjectSet = append(set.FilterSet[last].ObjectSet, u.ObjectSet...)
		} else {
			set.FilterSet = append(set.FilterSet, u)
		}
	}
	c.queue = c.queue[n:]
	return n > 0
}

func (s *state) lives(session string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.sessions[session]
	return ok
}

func (p *PC) WaitForUpdatesEx(ctx *simulator.Context, r *types.WaitForUpdatesEx) soap.HasFault {
	body := &methods.WaitForUpdatesExBody{}
	c := &p.changes
	cancel := make(chan struct{})
	c.Lock()
	c.cancel = cancel
	first := r.Version == ""
	if !first && r.Version != strconv.Itoa(c.version) {
		c.Unlock()
		body.Fault_ = simulator.Fault("", &types.InvalidCollectorVersion{})
		return body
	}
	if first {
		c.sent, c.keys, c.dirty, c.queue = map[ref]bool{}, map[ref]map[int32]bool{}, map[ref]map[string]bool{}, nil
	}
	c.Unlock()
	if first {
		simulator.Map.AddHandler(p)
		for _, fr := range p.Filter {
			f := ctx.Session.Get(fr).(*simulator.PropertyFilter)
			for _, o := range p.read(ctx, f, nil) {
				c.Lock()
				p.enter(f, o)
				c.Unlock()
			}
		}
	}
	set := &types.UpdateSet{}
	body.Res = &types.WaitForUpdatesExResponse{}
	began := time.Now()
	for {
		if len(c.queue) == 0 {
			p.gather(ctx)
		}
		if p.page(set, r.Options) || first {
			c.version++
			set.Version = strconv.Itoa(c.version)
			body.Res.Returnval = set
			return body
		}
		if o := r.Options; o != nil && o.MaxWaitSeconds != nil && time.Since(began) >= time.Duration(*o.MaxWaitSeconds)*time.Second {
			return body
		}
		select {
		case <-cancel:
			body.Res = nil
			body.Fault_ = simulator.Fault("", new(types.RequestCanceled))
			return body
		case <-time.After(20 * time.Millisecond):
		}
		if !st.lives(ctx.Session.Key) {
			body.Res = nil
			body.Fault_ = simulator.Fault("", &types.NotAuthenticated{NoPermission: types.NoPermission{Object: p.Self, PrivilegeId: "System.View"}})
			return body
		}
	}
}

func (p *PC) CancelWaitForUpdates(r *types.CancelWaitForUpdates) soap.HasFault {
	p.changes.Lock()
	if p.changes.cancel != nil {
		close(p.changes.cancel)
		p.changes.cancel = nil
	}
	p.changes.Unlock()
	return &methods.CancelWaitForUpdatesBody{Res: new(types.CancelWaitForUpdatesResponse)}
}

func (p *PC) DestroyPropertyCollector(ctx *simulator.Context, r *types.DestroyPropertyCollector) soap.HasFault {
	p.CancelWaitForUpdates(&types.CancelWaitForUpdates{This: r.This})
	simulator.Map.RemoveHandler(p)
	return p.PropertyCollector.DestroyPropertyCollector(ctx, r)
}

// remove deletes a VM, as Destroy_Task would.
func (s *state) remove(vm *simulator.VirtualMachine) {
	if f, ok := simulator.Map.Get(*vm.Parent).(*simulator.Folder); ok {
		simulator.RemoveReference(&f.ChildEntity, vm.Self)
	}
	if h, ok := simulator.Map.Get(*vm.Runtime.Host).(*simulator.HostSystem); ok {
		simulator.RemoveReference(&h.Vm, vm.Self)
	}
	if vm.ResourcePool != nil {
		if pool, ok := simulator.Map.Get(*vm.ResourcePool).(*simulator.ResourcePool); ok {
			simulator.RemoveReference(&pool.Vm, vm.Self)
		}
	}
	delete(s.vmByName, vm.Name)
	simulator.Map.Remove(vm.Self)
}
