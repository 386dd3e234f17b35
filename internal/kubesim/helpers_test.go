package kubesim

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"aks-egress/egress"
	"aks-egress/internal/store"
)

const (
	clusterID = "/subscriptions/0/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/aks"
	apiServer = "aks-abc.hcp.westeurope.azmk8s.io"
)

// cloud is a fake Infrastructure: hosts decide how a flow ends, all others exit from sources.
type cloud struct {
	mu        sync.Mutex
	nodes     int
	err       error // of ClusterByServer
	id        string
	ends      map[string]egress.Trace
	sources   []netip.Prefix
	flows     []egress.Flow
	addresses map[string]netip.Addr
	full      error // of ServiceAddress
	workloads []Workload
	refused   error // of TrafficFrontend

	fromInternet *egress.Trace // how flows of clients there end
	operator     egress.Trace

	controller bool           // AGIC runs
	routes     []GatewayRoute // as it last wrote them; nil: never
	unjoined   error          // of ProgramGateway
}

// gatewayAddress is the address of the fake's application gateway.
var gatewayAddress = netip.MustParseAddr("203.0.113.80")

func (c *cloud) ProgramGateway(_ string, routes []GatewayRoute) (netip.Addr, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.unjoined != nil {
		return netip.Addr{}, c.unjoined
	}
	c.routes = append([]GatewayRoute{}, routes...)
	return gatewayAddress, nil
}

func (c *cloud) ClusterByServer(host string) (Cluster, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return Cluster{}, c.err
	}
	if host != apiServer {
		return Cluster{}, errors.New("dial tcp: lookup " + host + ": no such host")
	}
	return Cluster{
		ID: c.id, Version: "1.33.2", NodeCount: c.nodes, NodeSubnet: netip.MustParsePrefix("10.1.0.0/22"),
		PodCIDR: netip.MustParsePrefix("10.244.0.0/16"), Services: netip.MustParsePrefix("10.0.0.0/16"),
		Address:           netip.MustParseAddr("203.0.113.5"),
		IngressController: c.controller, GatewayAddress: gatewayAddress,
	}, nil
}

func (c *cloud) Trace(flow egress.Flow) egress.Trace {
	c.mu.Lock()
	defer c.mu.Unlock()
	if flow.From == egress.FromOperator {
		return c.operator
	}
	c.flows = append(c.flows, flow)
	if flow.From == egress.FromInternet && c.fromInternet != nil {
		return *c.fromInternet
	}
	if trace, ok := c.ends[flow.Host]; ok {
		if trace.Disposition == egress.DeliveredLocal && flow.Addr.IsValid() {
			trace.Arrived = netip.AddrPortFrom(flow.Addr, flow.Port)
		}
		return trace
	}
	return egress.Trace{Disposition: egress.ExitsInternet, Sources: c.sources}
}

func (c *cloud) ServiceAddress(service LoadBalancerService) (netip.Addr, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.full != nil {
		return netip.Addr{}, c.full
	}
	key := service.Namespace + "/" + service.Name + "/" + service.UID
	if addr, ok := c.addresses[key]; ok {
		return addr, nil
	}
	addr := netip.MustParseAddr(fmt.Sprintf("203.0.113.%d", len(c.addresses)+10))
	if service.Internal {
		addr = netip.MustParseAddr("10.1.3.200")
	}
	c.addresses[key] = addr
	return addr, nil
}

func (c *cloud) TrafficFrontend(as Workload, controllerID, frontend string) (TrafficFrontend, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.workloads = append(c.workloads, as)
	if c.refused != nil {
		return TrafficFrontend{}, c.refused
	}
	return TrafficFrontend{FQDN: "abcdefghijklmnop.fz00.alb.azure.com", Configuration: "configuration.alb.azure.com"}, nil
}

func (c *cloud) ReleaseServiceAddress(_, namespace, name, uid string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.addresses, namespace+"/"+name+"/"+uid)
	return nil
}

func (c *cloud) set(change func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change()
}

// engineLog is an engine that remembers its diagnostics.
type engineLog struct {
	mu    sync.Mutex
	lines []string
}

func (l *engineLog) warn(_ context.Context, _ resource.URN, message string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, message)
}

func (l *engineLog) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.lines, "\n")
}

// lab is a provider on a fake cloud.
type lab struct {
	t     *testing.T
	cloud *cloud
	kube  *Kubernetes
	*provider
	log  *engineLog
	path string
	db   *store.DB
}

func newLab(t *testing.T) *lab {
	t.Helper()
	l := &lab{t: t, path: filepath.Join(t.TempDir(), "lab.db"), log: &engineLog{}, cloud: &cloud{
		nodes: 3, id: clusterID, ends: map[string]egress.Trace{}, addresses: map[string]netip.Addr{},
		sources:  []netip.Prefix{netip.MustParsePrefix("20.0.0.4/32")},
		operator: egress.Trace{Disposition: egress.DeliveredService},
	}}
	l.open()
	return l
}

// open opens the store, again if it was open, and configures a provider on it.
func (l *lab) open() {
	l.t.Helper()
	if l.db != nil {
		require.NoError(l.t, l.db.Close())
	}
	var err error
	l.db, err = store.Open(l.path)
	require.NoError(l.t, err)
	db := l.db
	l.t.Cleanup(func() { _ = db.Close() })
	l.kube, err = Open(l.db, l.cloud)
	require.NoError(l.t, err)
	l.kube.settle = 20 * time.Millisecond
	l.provider = NewProvider(l.kube).(*provider)
	l.dial = func(string) engine { return l.log }
	require.NoError(l.t, l.Attach("engine"))
	l.configure(resource.PropertyMap{"kubeconfig": resource.MakeSecret(resource.NewProperty(kubeconfig(apiServer)))})
}

func (l *lab) configure(inputs resource.PropertyMap) {
	l.t.Helper()
	_, err := l.Configure(l.t.Context(), plugin.ConfigureRequest{Inputs: inputs})
	require.NoError(l.t, err)
}

func kubeconfig(host string) string {
	return `apiVersion: v1
kind: Config
clusters: [{name: aks, cluster: {server: "https://` + host + `:443"}}]
contexts: [{name: aks, context: {cluster: aks, user: admin}}]
current-context: aks
users: [{name: admin, user: {token: abc}}]
`
}

// manifest reads YAML as a program's inputs.
func manifest(t *testing.T, text string) resource.PropertyMap {
	t.Helper()
	var object map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(text), &object))
	return properties(object)
}

func typeOf(inputs resource.PropertyMap) tokens.Type {
	group := inputs["apiVersion"].StringValue()
	if group == "v1" {
		group = "core/v1"
	}
	return tokens.Type("kubernetes:" + group + ":" + inputs["kind"].StringValue())
}

// object is one resource as the engine has it.
type testObject struct {
	lab     *lab
	token   tokens.Type
	urn     resource.URN
	id      resource.ID
	inputs  resource.PropertyMap
	outputs resource.PropertyMap
	timeout float64
}

func (l *lab) object(name, yaml string) *testObject {
	l.t.Helper()
	inputs := manifest(l.t, yaml)
	token := typeOf(inputs)
	return &testObject{lab: l, token: token, urn: resource.NewURN("dev", "lab", "", token, name), inputs: inputs}
}

func (o *testObject) check() (plugin.CheckResponse, error) {
	return o.lab.Check(o.lab.t.Context(), plugin.CheckRequest{
		URN: o.urn, Name: o.urn.Name(), Type: o.token, News: o.inputs, RandomSeed: []byte("seed of this resource, 32 bytes!"),
	})
}

// create checks and creates the object as `pulumi up` does.
func (o *testObject) create() error {
	o.lab.t.Helper()
	checked, err := o.check()
	if err != nil {
		return err
	}
	if len(checked.Failures) > 0 {
		return errors.New(checked.Failures[0].Reason)
	}
	o.inputs = checked.Properties
	response, err := o.lab.Create(o.lab.t.Context(), plugin.CreateRequest{
		URN: o.urn, Name: o.urn.Name(), Type: o.token, Properties: o.inputs, Timeout: o.timeout,
	})
	o.id, o.outputs = response.ID, response.Properties
	return err
}

func (o *testObject) update(yaml string) error {
	o.lab.t.Helper()
	o.inputs = manifest(o.lab.t, yaml)
	checked, err := o.check()
	require.NoError(o.lab.t, err)
	require.Empty(o.lab.t, checked.Failures)
	old := o.inputs
	o.inputs = checked.Properties
	response, err := o.lab.Update(o.lab.t.Context(), plugin.UpdateRequest{
		URN: o.urn, Name: o.urn.Name(), Type: o.token, ID: o.id, OldInputs: old, OldOutputs: o.outputs, NewInputs: o.inputs,
		Timeout: o.timeout,
	})
	if response.Properties != nil {
		o.outputs = response.Properties
	}
	return err
}

func (o *testObject) read() (plugin.ReadResponse, error) {
	return o.lab.Read(o.lab.t.Context(), plugin.ReadRequest{
		URN: o.urn, Name: o.urn.Name(), Type: o.token, ID: o.id, Inputs: o.inputs, State: o.outputs,
	})
}

func (o *testObject) delete() error {
	_, err := o.lab.Delete(o.lab.t.Context(), plugin.DeleteRequest{
		URN: o.urn, Name: o.urn.Name(), Type: o.token, ID: o.id, Inputs: o.inputs, Outputs: o.outputs,
	})
	return err
}

// pod reads a pod as GetPod does; nil if there is none.
func (l *lab) pod(id resource.ID) map[string]any {
	l.t.Helper()
	token := tokens.Type("kubernetes:core/v1:Pod")
	response, err := l.Read(l.t.Context(), plugin.ReadRequest{
		URN: resource.NewURN("dev", "lab", "", token, "pod"), Name: "pod", Type: token, ID: id,
	})
	require.NoError(l.t, err)
	if response.Outputs == nil {
		return nil
	}
	return plain(response.Outputs)
}

// at follows names and indices into a value.
func follow(value any, path ...any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			object, _ := value.(map[string]any)
			value = object[step]
		case int:
			list, _ := value.([]any)
			if step >= len(list) {
				return nil
			}
			value = list[step]
		}
	}
	return value
}

func (o *testObject) output(path ...any) any { return follow(plain(o.outputs), path...) }

func (l *lab) namespace(name string, labels string) {
	l.t.Helper()
	require.NoError(l.t,
		l.object(name, `{apiVersion: v1, kind: Namespace, metadata: {name: `+name+`, labels: {`+labels+`}}}`).create())
}

// web is a workload of one nginx container, with replacements of its text.
func web(kind string, replicas int, tier string, replace ...string) string {
	return strings.NewReplacer(replace...).Replace(fmt.Sprintf(simpleWorkload, kind, replicas, tier))
}

// preview is a create that only shows what it would do.
func (o *testObject) preview(inputs resource.PropertyMap) (plugin.CreateResponse, error) {
	return o.lab.Create(o.lab.t.Context(), plugin.CreateRequest{
		URN: o.urn, Name: o.urn.Name(), Type: o.token, Properties: inputs, Preview: true,
	})
}
