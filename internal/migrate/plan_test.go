package migrate_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/egress"
	"aks-egress/egress/migration"
	"aks-egress/internal/config"
	"aks-egress/internal/migrate"
)

const clusterID = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/aks1"

// stack has a living cluster of an outbound type, and the stack file of another perhaps.
func stack(from migration.Place, file map[string]string) migrate.Stack {
	cluster := egress.Cluster{
		ID: clusterID, Name: "aks1", OutboundType: string(from.OutboundType), NodeResourceGroup: "MC_rg_aks1_westeurope",
		NodeSubnetIDs: []string{"/subscriptions/s/resourceGroups/mc_rg_aks1_westeurope/vnet/subnets/aks-subnet"},
	}
	if from.Network == migration.OwnNetwork {
		cluster.NodeSubnetIDs = []string{"/subscriptions/s/resourceGroups/rg/vnet/subnets/nodes"}
	}
	values := map[string]string{
		"azure-native:location": "westeurope", "aks-egress:outboundType": string(from.OutboundType),
	}
	for key, value := range file {
		values["aks-egress:"+key] = value
	}
	return migrate.Stack{Name: "shop", File: values, Network: &egress.Network{Clusters: []egress.Cluster{cluster}}}
}

func own(t migration.OutboundType) migration.Place {
	return migration.Place{Network: migration.OwnNetwork, OutboundType: t}
}

func managed(t migration.OutboundType) migration.Place {
	return migration.Place{Network: migration.ManagedNetwork, OutboundType: t}
}

// ours are the outbound types that this project has, with their networks.
var ours = []migration.Place{
	own("loadBalancer"), own("userAssignedNATGateway"), own("userDefinedRouting"), managed("managedNATGateway"),
}

// Every pair of both matrices: a plan ends at the wanted type by the matrix' steps, and names the command that changes
// it; where Azure makes no move, or this project has no such type there, there is no plan, and a reason.
func TestNew_BothMatrices(t *testing.T) {
	t.Parallel()
	planned, refused := 0, 0
	for _, network := range []migration.Network{migration.ManagedNetwork, migration.OwnNetwork} {
		for _, from := range network.Types() {
			for _, to := range migration.Types() {
				name := fmt.Sprintf("%s → %s in %s", from, to, network)
				s := stack(migration.Place{Network: network, OutboundType: from}, nil)
				move := migration.Between(migration.Place{Network: network, OutboundType: from},
					migration.Place{Network: network, OutboundType: to})
				plan, err := migrate.New(s, to)
				if !move.Supported || !slices.Contains(ours, migration.Place{Network: network, OutboundType: to}) {
					var refusal *migrate.Refusal
					require.ErrorAs(t, err, &refusal, name)
					assert.Nil(t, plan, name)
					if !move.Supported {
						assert.Contains(t, refusal.Error(), move.Reason, name)
					}
					refused++
					continue
				}
				require.NoError(t, err, name)
				planned++
				var kinds []migration.Step
				for _, step := range plan.Steps {
					kinds = append(kinds, step.Kind)
					assert.NotEmpty(t, step.Commands, name)
				}
				assert.Equal(t, move.Steps(), kinds, name)
				assert.Equal(t, to, endOf(t, s, plan), name)
			}
		}
	}
	assert.Equal(t, 63, planned+refused, "5 and 4 types, to 7 each")
	assert.Equal(t, 16, planned)
}

// endOf follows a plan: what the cluster has in the end, by the flags of az, and what the settings ask for.
func endOf(t *testing.T, s migrate.Stack, plan *migrate.Plan) migration.OutboundType {
	t.Helper()
	has := migration.OutboundType(s.Network.Clusters[0].OutboundType)
	for _, step := range plan.Steps {
		if i := slices.Index(step.Az, "--outbound-type"); i >= 0 {
			has = migration.OutboundType(step.Az[i+1])
		}
	}
	assert.Equal(t, string(has), plan.Settings()["aks-egress:outboundType"])
	assert.Empty(t, plan.Settings()["aks-egress:migrateFromOutboundType"])
	return has
}

func commands(plan *migrate.Plan) string {
	var all []string
	for _, step := range plan.Steps {
		all = append(all, step.Commands...)
	}
	return strings.Join(all, "\n") + "\n"
}

func given(settings ...string) map[string]string {
	all := map[string]string{}
	for _, s := range settings {
		key, value, _ := strings.Cut(s, "=")
		all["aks-egress:"+key] = value
	}
	return all
}

// The commands that a person types on Azure. pulumi up -c saves what it sets in the stack file.
func TestNew_Commands(t *testing.T) {
	t.Parallel()
	const update = "az aks update --resource-group rg --name aks1 --outbound-type "
	for name, test := range map[string]struct {
		stack migrate.Stack
		given []string
		to    migration.OutboundType
		want  string
	}{
		"to a NAT gateway": {
			stack(own("loadBalancer"), nil),
			[]string{"outboundIpCount=2"},
			"userAssignedNATGateway",
			"pulumi up --stack shop -c outboundType=userAssignedNATGateway -c migrateFromOutboundType=loadBalancer " +
				"-c outboundIpCount=2\n" + update + "userAssignedNATGateway\npulumi refresh --stack shop\n" +
				"pulumi config rm migrateFromOutboundType --stack shop\npulumi up --stack shop\n",
		},
		"to a load balancer": {
			stack(own("userAssignedNATGateway"), nil),
			[]string{"outboundIpCount=2", "idleTimeoutMinutes=10"},
			"loadBalancer",
			update + "loadBalancer --load-balancer-managed-outbound-ip-count 2 --load-balancer-idle-timeout 10\n" +
				"pulumi refresh --stack shop\n" +
				"pulumi up --stack shop -c outboundType=loadBalancer -c idleTimeoutMinutes=10 -c outboundIpCount=2\n",
		},
		"away from a firewall whose rules must hold until traffic has left it": {
			stack(own("userDefinedRouting"), map[string]string{"allow": `["ghcr"]`}),
			[]string{"allow=[]"},
			"userAssignedNATGateway",
			"pulumi up --stack shop -c outboundType=userAssignedNATGateway -c migrateFromOutboundType=userDefinedRouting\n" +
				update + "userAssignedNATGateway\npulumi refresh --stack shop\n" +
				"pulumi config rm allow --stack shop\npulumi config rm migrateFromOutboundType --stack shop\n" +
				"pulumi up --stack shop\n",
		},
		"lists and objects item by item": {
			stack(own("loadBalancer"), map[string]string{"tags": `{"team":"shop"}`}),
			[]string{`allow=[ghcr, "https://a.example.com"]`, "tags={team: web, 'a b': '1'}"},
			"userDefinedRouting",
			"pulumi config rm tags --stack shop\n" +
				"pulumi config set --path 'allow[0]' ghcr --stack shop\n" +
				"pulumi config set --path 'allow[1]' https://a.example.com --stack shop\n" +
				"pulumi config set --type string --path 'tags[\"a b\"]' 1 --stack shop\n" +
				"pulumi config set --path 'tags[\"team\"]' web --stack shop\n" +
				"pulumi up --stack shop -c outboundType=userDefinedRouting -c migrateFromOutboundType=loadBalancer\n" +
				update + "userDefinedRouting\npulumi refresh --stack shop\n" +
				"pulumi config rm migrateFromOutboundType --stack shop\npulumi up --stack shop\n",
		},
		"within AKS's network": {
			stack(managed("loadBalancer"), nil),
			[]string{"outboundIpCount=4"},
			"managedNATGateway",
			update + "managedNATGateway --nat-gateway-managed-outbound-ip-count 4\npulumi refresh --stack shop\n" +
				"pulumi up --stack shop -c outboundType=managedNATGateway -c outboundIpCount=4\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.stack.Given = given(test.given...)
			plan, err := migrate.New(test.stack, test.to)
			require.NoError(t, err)
			assert.Equal(t, test.want, commands(plan))
		})
	}
}

// A key of the file that the new type cannot have goes with the last step, if the present way out still needs it, and
// with the first, if it has no meaning beside the new one.
func TestNew_KeysThatGo(t *testing.T) {
	t.Parallel()
	s := stack(own("userDefinedRouting"), map[string]string{"allow": `["ghcr"]`, "firewallTier": "Premium"})
	s.Given = given("allow=[]", "firewallTier=Standard")
	plan, err := migrate.New(s, "userAssignedNATGateway")
	require.NoError(t, err)
	assert.NotContains(t, plan.Steps[0].Settings, "aks-egress:allow")
	assert.NotContains(t, plan.Steps[0].Settings, "aks-egress:firewallTier")
	assert.Equal(t, "[]", plan.Settings()["aks-egress:allow"])
	assert.Equal(t, "Standard", plan.Settings()["aks-egress:firewallTier"])

	s = stack(own("userDefinedRouting"), nil)
	s.Given = given("allow=[ghcr]")
	plan, err = migrate.New(s, "userAssignedNATGateway")
	require.NoError(t, err)
	assert.Equal(t, "[ghcr]", plan.Steps[0].Settings["aks-egress:allow"], "for as long as there is a firewall")
	assert.NotContains(t, plan.Settings(), "aks-egress:allow")
	assert.Contains(t, commands(plan), "pulumi config set --path 'allow[0]' ghcr --stack shop\n")
	assert.Contains(t, commands(plan), "pulumi config rm allow --stack shop\n")

	s = stack(own("loadBalancer"), map[string]string{"outboundPortsPerNode": "8000"})
	s.Given = given("outboundPortsPerNode=0")
	plan, err = migrate.New(s, "userDefinedRouting")
	require.NoError(t, err)
	assert.Equal(t, "0", plan.Steps[0].Settings["aks-egress:outboundPortsPerNode"], "a load balancer's is the cluster's")
}

// What is refused, in the words of Azure's matrix and of the configuration, with the way out.
func TestNew_Refusals(t *testing.T) {
	t.Parallel()
	const ip = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Network/" +
		"publicIPAddresses/ip1"
	taken := stack(own("userAssignedNATGateway"), map[string]string{"outboundPublicIpIds": `["` + ip + `"]`})
	taken.Network.NATGateways = []egress.NATGateway{{ID: "/nat", Name: "nat1", PublicIPIDs: []string{strings.ToUpper(ip)}}}
	for name, test := range map[string]struct {
		stack migrate.Stack
		given []string
		to    migration.OutboundType
		want  []string
	}{
		"the matrix, with its note": {
			stack(managed("managedNATGateway"), nil), nil, "loadBalancer",
			[]string{
				"Azure does not change the cluster of stack shop from managedNATGateway to loadBalancer: in the VNet that AKS " +
					"manages Azure changes managedNATGateway into managedNATGatewayV2, none, block",
				"the table counts here", "-c outboundType=loadBalancer -c allowClusterReplacement=true",
			},
		},
		"another network": {
			stack(managed("none"), nil), nil, "loadBalancer",
			[]string{"a cluster in the VNet that AKS manages cannot move to a VNet of your own"},
		},
		"what Azure does and this SDK does not have": {
			stack(own("loadBalancer"), nil), nil, "none",
			[]string{"config: outboundType none needs AKS API 2025-01-01 or newer"},
		},
		"what neither has": {
			stack(own("loadBalancer"), nil), nil, "block",
			[]string{"block does not exist in a VNet of your own", "config: outboundType block is a preview of AKS"},
		},
		"keys without meaning, all at once": {
			stack(own("userDefinedRouting"), map[string]string{"allow": `["ghcr"]`, "firewallTier": "Premium"}), nil,
			"loadBalancer",
			[]string{
				"config: allow [ghcr] has no meaning with outboundType loadBalancer",
				"config: firewallTier Premium has no meaning with outboundType loadBalancer",
				"Leave the lines in Pulumi.shop.yaml until the migration is done",
				"-c firewallTier=Standard -c 'allow=[]'",
			},
		},
		"settings of the user": {
			stack(own("loadBalancer"), nil),
			[]string{"nodeCount=many"},
			"userDefinedRouting",
			[]string{"config: nodeCount many is not an integer"},
		},
		"giving the cluster up": {
			stack(own("userDefinedRouting"), map[string]string{"allowClusterReplacement": "true"}), nil, "loadBalancer",
			[]string{"allowClusterReplacement true gives the cluster up"},
		},
		"an address of the old egress": {
			taken, nil, "loadBalancer", []string{ip + " serves NAT gateway nat1", "takes no address of the old way out"},
		},
		"no cluster": {
			migrate.Stack{Name: "shop", Network: &egress.Network{}}, nil, "loadBalancer", []string{"has 0 clusters"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.stack.Given = given(test.given...)
			_, err := migrate.New(test.stack, test.to)
			var refusal *migrate.Refusal
			require.ErrorAs(t, err, &refusal)
			for _, part := range test.want {
				assert.Contains(t, refusal.Error(), part)
			}
		})
	}
}

func TestNew_Usage(t *testing.T) {
	t.Parallel()
	s := stack(own("loadBalancer"), nil)
	_, err := migrate.New(s, "natgateway")
	require.ErrorContains(t, err, `outbound type "natgateway" is not one of loadBalancer, managedNATGateway,`)
	s.Given = given("outboundType=loadBalancer")
	_, err = migrate.New(s, "userDefinedRouting")
	require.ErrorContains(t, err, "-c outboundType: migrate sets it itself")
	var refusal *migrate.Refusal
	assert.NotErrorAs(t, err, &refusal)
}

// A cluster that has the type already goes on behind the change, from where the migration began; or back.
func TestNew_GoesOn(t *testing.T) {
	t.Parallel()
	s := stack(own("userAssignedNATGateway"), nil)
	s.Begun = "userDefinedRouting"
	plan, err := migrate.New(s, "userAssignedNATGateway")
	require.NoError(t, err)
	assert.Equal(t, migration.OutboundType("userDefinedRouting"), plan.Move.From.OutboundType)
	var done []bool
	for _, step := range plan.Steps {
		done = append(done, step.Done)
	}
	assert.Equal(t, []bool{true, true, false, false}, done)

	s.Begun = "userAssignedNATGateway" // the way of another type was built, and nothing changed: back
	plan, err = migrate.New(s, "userAssignedNATGateway")
	require.NoError(t, err)
	require.Len(t, plan.Steps, 2)
	assert.Equal(t, migration.Follow, plan.Steps[0].Kind)
	assert.Equal(t, migration.Clear, plan.Steps[1].Kind)

	s.Failed = true // az's change was accepted and failed: only another one brings the cluster back
	plan, err = migrate.New(s, "userAssignedNATGateway")
	require.NoError(t, err)
	assert.Equal(t, migration.Change, plan.Steps[0].Kind)
	assert.False(t, plan.Steps[0].Done)

	unnamed := stack(managed("managedNATGateway"), nil)
	unnamed.Network.Clusters[0].NodeSubnetIDs = nil // the state of Pulumi does not have the network that AKS made
	_, err = migrate.New(unnamed, "loadBalancer")
	require.ErrorContains(t, err, "in the VNet that AKS manages")
}

// The stack files of this repository can all be planned from.
func TestNew_StackFilesOfThisRepository(t *testing.T) {
	t.Parallel()
	for name, from := range map[string]migration.Place{
		"lb": ours[0], "natgw": ours[1], "udr": ours[2], "managednat": ours[3],
	} {
		values, err := config.ReadStackFile(filepath.Join("..", "..", "Pulumi."+name+".yaml"))
		require.NoError(t, err)
		s := stack(from, nil)
		s.File = values
		for _, to := range ours {
			_, err := migrate.New(s, to.OutboundType)
			if from.Network == to.Network {
				require.NoError(t, err, "%s → %s", name, to)
			} else {
				require.Error(t, err)
			}
		}
	}
}
