package deploytime

// Duration is how long Azure takes to create a resource, in seconds.
type Duration struct {
	Min, Max int
	Source   string
}

// The sources of durations.
const (
	observed   = "azure-facts 12.1"
	unverified = "azure-facts 12.1, unverified"
)

// few are what azure-facts 12.1 calls a few seconds, without a source.
var few = Duration{2, 5, unverified}

// durations are those of azure-facts 12.1, by type without API version. Min and Max are the same where only one was
// observed.
var durations = map[string]Duration{
	"azure-native:network:VirtualNetwork":                    {8, 23, observed},
	"azure-native:network:Subnet":                            {7, 7, observed},
	"azure-native:network:NatGateway":                        {13, 13, observed},
	"azure-native:network:PublicIPAddress":                   few,
	"azure-native:network:RouteTable":                        few,
	"azure-native:authorization:RoleAssignment":              {25, 25, observed},
	"azure-native:network:FirewallPolicy":                    {3, 3, observed},
	"azure-native:network:FirewallPolicyRuleCollectionGroup": {14, 14, observed},
	"azure-native:network:AzureFirewall":                     {5 * 60, 10 * 60, observed},
	"azure-native:servicenetworking:AssociationsInterface":   {5 * 60, 6 * 60, observed},
	"azure-native:network:ApplicationGateway":                {6 * 60, 6 * 60, unverified},
	"azure-native:containerservice:ManagedCluster":           {3*60 + 40, 15 * 60, observed},
}
