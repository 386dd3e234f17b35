package azuresim

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// pace is how Azure works on one type: whether a write goes on after it was accepted, and for how long.
type pace struct {
	// long marks PUT and DELETE that answer 201 or 202 and go on: azure-native polls, and they can still fail
	// (x-ms-long-running-operation of the type's API).
	longPut, longDelete bool
	put, delete         time.Duration // simulated; how long the resource is busy
	name                string        // the part of a resource's id after "providers/"
}

const (
	networkService   = "Microsoft.Network"
	containerService = "Microsoft.ContainerService"
)

// network is a type of Microsoft.Network, whose writes are all long-running.
func network(put, deletion time.Duration) pace {
	return pace{longPut: true, longDelete: true, put: put, delete: deletion, name: networkService}
}

// paces are the durations of azure-facts 12.1, the middle where it has a range. Where it says "few s" or has
// nothing, as for updates and for most deletes, they are a guess: 5 s, or as long as the create.
var paces = map[string]pace{
	resourceGroupToken:        {longDelete: true, put: 2 * time.Second, delete: 15 * time.Second},
	roleAssignmentToken:       {put: 25 * time.Second, delete: 5 * time.Second},
	userAssignedIdentityToken: {put: 5 * time.Second, delete: 5 * time.Second},
	virtualNetworkToken:       network(15*time.Second, 15*time.Second),
	subnetToken:               network(7*time.Second, 7*time.Second),
	peeringToken:              network(5*time.Second, 5*time.Second),
	securityGroupToken:        network(5*time.Second, 5*time.Second),
	securityRuleToken:         network(5*time.Second, 5*time.Second),
	routeTableToken:           network(5*time.Second, 5*time.Second),
	routeToken:                network(5*time.Second, 5*time.Second),
	natGatewayToken:           network(13*time.Second, 13*time.Second),
	publicIPToken:             network(5*time.Second, 5*time.Second),
	publicPrefixToken:         network(5*time.Second, 5*time.Second),
	firewallPolicyToken:       network(3*time.Second, 3*time.Second),
	ruleGroupToken:            network(14*time.Second, 14*time.Second),
	azureFirewallToken:        network(312*time.Second, 5*time.Minute),
	federatedCredentialToken:  {put: 5 * time.Second, delete: 5 * time.Second},
	trafficControllerToken:    {longPut: true, longDelete: true, put: 5 * time.Second, delete: 15 * time.Second},
	trafficFrontendToken:      {longPut: true, longDelete: true, put: 5 * time.Second, delete: 15 * time.Second},
	trafficAssociationToken:   {longPut: true, longDelete: true, put: 330 * time.Second, delete: 5 * time.Minute},
	managedClusterToken: {
		longPut: true, longDelete: true, put: 6 * time.Minute, delete: 6 * time.Minute, name: containerService,
	},
	agentPoolToken: {
		longPut: true, longDelete: true, put: 3 * time.Minute, delete: 3 * time.Minute, name: containerService,
	},
}

// busy is what Azure is doing with a resource or a tree of resources.
type busy struct {
	until time.Duration // by the cloud's clock
	state string        // provisioning state meanwhile: Creating, Updating, Deleting
}

// operations are what goes on in the cloud. They are kept in memory only: between two runs of the lab, Azure finishes
// what it was doing.
type operations map[string]busy // by lower-case id of a scope or a resource

// scopes are the ids that a write holds while it runs: its own and, in Microsoft.Network, that of the tree in which
// one write at a time is possible: a virtual network with its subnets and peerings, or a firewall policy with its rule
// collection groups and the firewalls that use it (azure-facts 5.4, 13). A cluster is a scope of its own.
func scopes(token, id string, inputs map[string]any) []string {
	held := []string{strings.ToLower(id)}
	switch unversioned(token) {
	case subnetToken, peeringToken, ruleGroupToken:
		held = append(held, strings.ToLower(parentOf(id)))
	case azureFirewallToken:
		if policy := text(inputs, "firewallPolicy", "id"); policy != "" {
			held = append(held, strings.ToLower(policy))
		}
	}
	return held
}

// running is what goes on in a scope.
func (c *Cloud) running(scope string) (busy, bool) {
	b, ok := c.operations[scope]
	if ok && b.until <= c.clock.now() {
		delete(c.operations, scope)
		return busy{}, false
	}
	return b, ok
}

// begin refuses a write where Azure is busy with what it would change, or with deleting its group.
func (op *operation) begin(w armWrite) error {
	for _, scope := range w.scopes {
		if b, ok := op.cloud.running(scope); ok {
			return alreadyRunning(w, b)
		}
	}
	if group := groupID(groupOf(w.id)); !sameID(group, w.id) {
		if b, ok := op.cloud.running(strings.ToLower(group)); ok && b.state == "Deleting" {
			return refuseGroupBeingDeleted.because(groupOf(w.id))
		}
	}
	return nil
}

// hold marks the scopes of an accepted write as busy for a simulated duration.
func (op *operation) hold(w armWrite, d time.Duration) {
	for _, scope := range w.scopes {
		op.cloud.operations[scope] = busy{op.cloud.clock.after(d), w.state}
	}
}

// referencesSettled refuses a write of Microsoft.Network or AKS that refers to a resource that is not Succeeded, or
// that Azure is still changing.
func (op *operation) referencesSettled(w armWrite) error {
	var found error
	if w.pace.name == "" {
		return nil
	}
	eachText(w.inputs, func(id string) {
		r, ok := op.lookup(strings.ToLower(id))
		if !ok || found != nil || sameID(id, w.id) || paces[unversioned(r.Token)].name != networkService {
			return
		}
		state := text(r.Outputs, "provisioningState")
		if b, running := op.cloud.running(strings.ToLower(id)); running {
			state = b.state
		}
		if state != "" && state != "Succeeded" {
			found = notSucceeded(w, r.ID, state)
		}
	})
	return found
}

// eachText calls f with every string inside a value that could be an id.
func eachText(v any, f func(string)) {
	switch v := v.(type) {
	case string:
		if strings.HasPrefix(v, "/") {
			f(v)
		}
	case []any:
		for _, item := range v {
			eachText(item, f)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			eachText(v[key], f)
		}
	}
}
