package migrate

import (
	"slices"
	"strings"

	"aks-egress/egress"
	"aks-egress/egress/endpoints"
	"aks-egress/egress/matrix"
)

// AllowLists are the lists outside that name the cluster's egress addresses.
type AllowLists struct {
	Remove []string   `json:"remove"` // when everything has moved: another may get them
	Add    []string   `json:"add"`
	Tell   []Audience `json:"tell"`
}

// Audience is who sees the egress addresses and may have a list of them.
type Audience struct {
	Who     string   `json:"who"`
	Setting string   `json:"setting"` // that holds the list
	Known   []string `json:"known"`   // those of which the stack is known to reach them
	Action  Action   `json:"action"`
	Why     string   `json:"why"` // empty: Action says it all
}

// Action is what there is to do for an audience.
type Action string

// The actions.
const (
	Tell    Action = "tell"    // its list has to change
	Done    Action = "done"    // its list holds the new addresses
	Nothing Action = "nothing" // it sees none of them
	Denied  Action = "denied"  // no flow to it leaves now: the old addresses go, the new ones come when `allow` opens it
)

// audience is a kind of list. The settings are Azure's.
type audience struct {
	who, setting, class, note string
}

// azureLists are the firewalls of Azure services, by the class of their destinations
// (learn.microsoft.com/azure/container-registry/container-registry-access-selected-networks,
// /azure/key-vault/general/network-security, /azure/storage/common/storage-network-security,
// /azure/cosmos-db/how-to-configure-firewall).
var azureLists = []audience{
	{"container registries", "az acr network-rule add --ip-address", "Azure Container Registry", ""},
	{"key vaults", "az keyvault network-rule add --ip-address", "Key Vault", ""},
	{
		"storage accounts", "az storage account network-rule add --ip-address", "Storage",
		"in other regions; in the cluster's own, IP rules have no effect, and the subnet must be listed",
	},
	{"Cosmos DB accounts", "az cosmosdb update --ip-range-filter", "Cosmos DB", ""},
}

// audiences are all who may have to be told.
func (s Subject) audiences(r *Report, after *egress.Network) []Audience {
	list := []Audience{s.ownAPIServer(r, after), {
		Who: "API servers of other clusters", Setting: "az aks update --api-server-authorized-ip-ranges",
		Known: []string{}, Action: moved(r),
	}}
	var allowed []endpoints.Endpoint
	for _, d := range s.Named {
		allowed = append(allowed, d.Endpoint)
	}
	if s.Was != nil {
		allowed = append(allowed, s.Was.Allow...)
	}
	allowed = append(allowed, s.Wanted.Allow...)
	for _, c := range after.Clusters {
		for _, image := range c.Images {
			if registry, err := endpoints.Image(image); err == nil {
				allowed = append(allowed, registry...)
			}
		}
	}
	for _, kind := range azureLists {
		a := Audience{Who: kind.who, Setting: kind.setting, Known: []string{}, Why: kind.note}
		for _, class := range endpoints.Classes() {
			if class.Name == kind.class {
				a.Known = append(a.Known, class.Names(allowed, s.Wanted.Location)...)
			}
		}
		a.judge(r, func(c FlowChange) bool { return c.Class == kind.class })
		list = append(list, a)
	}
	others := Audience{Who: "third-party APIs", Setting: "their own", Known: r.known(false)}
	others.judge(r, func(c FlowChange) bool {
		return c.Class == "Third-party API" || slices.Contains(others.Known, c.Destination)
	})
	sites := Audience{Who: "on-premises, partner firewalls", Setting: "their own", Known: r.known(true)}
	sites.judge(r, func(c FlowChange) bool { return slices.Contains(sites.Known, c.Destination) })
	return append(list, others, sites)
}

// moved: whether anybody has to be told.
func moved(r *Report) Action {
	if len(r.AllowLists.Add)+len(r.AllowLists.Remove) == 0 {
		return Nothing
	}
	return Tell
}

// judge says what there is to do, by the flows to an audience. Without one, nobody knows whether any leaves.
func (a *Audience) judge(r *Report, is func(FlowChange) bool) {
	public, arrives, asked := false, false, false
	for _, c := range r.Flows {
		if is(c) {
			asked = true
			arrives = arrives || c.After.Verdict != matrix.Blocked
			public = public || c.After.public || c.After.Verdict == matrix.Unknown
		}
	}
	switch {
	case asked && !arrives:
		a.Action = Denied
	case asked && !public:
		a.Action, a.Why = Nothing, "they see no public address"
	default:
		a.Action = moved(r)
	}
	if a.Action == Nothing && a.Why == "" {
		a.Why = "the addresses have not changed"
	}
}

// known are the destinations that the stack or the user names and no Azure service is: by address, or by host name.
func (r *Report) known(byAddress bool) []string {
	list := []string{}
	for _, c := range r.Flows {
		named := c.Class == matrix.ClassOwn || c.Class == ClassNamed
		if named && (c.flow.host == "") == byAddress && endpoints.ServiceTags(c.flow.host, "") == nil &&
			!slices.Contains(list, c.Destination) {
			list = append(list, c.Destination)
		}
	}
	return list
}

// ownAPIServer: Pulumi keeps the ranges right for a NAT gateway and a firewall of ours, AKS for its load balancer
// (azure-facts 7.2); the trace says whether the nodes get through.
func (s Subject) ownAPIServer(r *Report, after *egress.Network) Audience {
	a := Audience{
		Who: "this cluster's API server", Setting: "apiServerAuthorizedIpRanges", Known: []string{}, Action: Nothing,
	}
	if len(after.Clusters) == 0 {
		return a
	}
	c := &after.Clusters[0]
	switch {
	case c.PrivateCluster:
		a.Why = "it is private"
		return a
	case len(c.AuthorizedIPRanges) == 0:
		a.Why = "it has no list, everybody may ask"
		return a
	}
	trace := after.Trace(egress.Flow{From: c.ID, Host: c.APIServerFQDN, Port: 443, Protocol: egress.HTTPS})
	a.Action, a.Why = Done, "it lets the nodes in from the new addresses"
	if !trace.Disposition.Arrives() {
		a.Action, a.Why = Tell, trace.Reason
	}
	var stale []string
	for _, old := range r.AllowLists.Remove {
		if p, err := egress.ParsePrefix(old); err == nil && slices.Contains(c.AuthorizedIPRanges, p) {
			stale = append(stale, old)
		}
	}
	if len(stale) > 0 {
		a.Action, a.Why = Tell, a.Why+"; it still lists "+strings.Join(stale, ", ")
	}
	return a
}
