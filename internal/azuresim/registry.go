package azuresim

// invoke answers a question of a program. Arguments and result have the SDK's flattened shape.
type invoke func(op *operation, args map[string]any) (map[string]any, error)

// What is simulated, by token without API version. init fills both, since kinds use each other.
var (
	kinds   map[string]kind
	invokes map[string]invoke
)

func init() {
	kinds, invokes = map[string]kind{}, map[string]invoke{}
	register(
		resourceGroupKind(),
		virtualNetworkKind(), subnetKind(), peeringKind(),
		securityGroupKind(), securityRuleKind(), routeTableKind(), routeKind(),
		natGatewayKind(), publicIPKind(), publicPrefixKind(),
		azureFirewallKind(), firewallPolicyKind(), ruleGroupKind(),
		managedClusterKind(), agentPoolKind(), roleAssignmentKind(), userAssignedIdentityKind(),
		federatedCredentialKind(), trafficControllerKind(), trafficFrontendKind(), trafficAssociationKind(),
	)
	registerInvokes(networkInvokes(), managedClusterInvokes())
}

// register adds kinds to the table.
func register(all ...kind) {
	for _, k := range all {
		kinds[k.token] = k
	}
}

// registerInvokes adds invokes, by token without API version, to the table.
func registerInvokes(all ...map[string]invoke) {
	for _, group := range all {
		for token, f := range group {
			invokes[token] = f
		}
	}
}
