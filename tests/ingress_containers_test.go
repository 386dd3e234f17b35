package tests

import (
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/egress"
	"aks-egress/internal/azuresim"
	"aks-egress/internal/engine"
	"aks-egress/internal/engine/simulation"
)

const containersGateway = "ingress=applicationGatewayForContainers"

// A client gets the service's answer by the name of the frontend, whatever the way out is: the gateway's own connection
// goes by the VNet's routes there and back.
func TestContainersGateway(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		stack    string
		settings []string
	}{
		"firewall":                     {"udr-agc", nil},
		"firewall, pods of the subnet": {"udr-agc", []string{"networkPluginMode="}},
		"firewall of the Basic tier":   {"udr-agc", []string{"firewallTier=Basic"}},
		"NAT gateway":                  {"natgw", []string{containersGateway}},
		"load balancer":                {"lb", []string{containersGateway}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newStack(t, test.stack)
			planned := l.must((*engine.Stack).Preview, test.settings...)
			up := l.must((*engine.Stack).Up, test.settings...)
			assert.Equal(t, planned.Changes["create"], up.Changes["create"], "a preview registers what an update does")
			assert.Empty(t, changed(l.must((*engine.Stack).Preview, test.settings...)), "a preview after up is empty")
			l.must((*engine.Stack).Refresh)
			url, _ := up.Outputs["ingressUrl"].(string)
			assert.Regexp(t, `^http://[a-z0-9]{16}\.fz[0-9]{2}\.alb\.azure\.com/$`, url)
			assert.Empty(t, up.Outputs["ingressIp"])
			trace := l.enter(up)
			assert.Equal(t, egress.DeliveredLocal, trace.Disposition, trace.Reason)
			assert.Equal(t, "application gateway for containers", trace.Hops[0].At)
			for _, hop := range append(trace.Hops, trace.Return...) {
				assert.NotEqual(t, "firewall", hop.At, "neither direction meets the firewall")
			}
			answer := l.curl(url)
			assert.Equal(t, 0, answer.ExitCode, answer.Output)
			assert.Contains(t, answer.Output, "service egress-probe/egress-probe-cluster")

			again := l.must((*engine.Stack).Up, append(test.settings, "nodeCount=4")...)
			assert.Equal(t, url, again.Outputs["ingressUrl"])
			l.must((*engine.Stack).Destroy)
		})
	}
}

// The ALB Controller needs the firewall's rules: without them its images are not pulled, or its calls fail, and the
// update says which.
func TestContainersGateway_BlockedByTheFirewall(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		host string
		want []string
	}{
		"images": {"mcr.microsoft.com", []string{
			`Helm release "azure-alb-system/alb-controller" was created, but failed to initialize completely`,
		}},
		"configuration": {"*.alb.azure.com", []string{
			"timed out waiting for the condition", "condition Programmed=False: AddressNotAssigned", ".alb.azure.com",
		}},
		"tokens": {"login.microsoftonline.com", []string{"timed out waiting for the condition", "login.microsoftonline.com"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newStack(t, "udr")
			up := l.must((*engine.Stack).Up)
			l.by(up, func(azure *azuresim.Cloud) []string { return denying(l, azure, test.host) })
			failed := l.run((*engine.Stack).Up, containersGateway)
			require.False(t, failed.OK)
			for _, want := range test.want {
				assert.Contains(t, strings.Join(failed.Errors, "\n"), want)
			}
			l.by(up, func(azure *azuresim.Cloud) []string {
				policy := l.only(azure, "azure-native:network:FirewallPolicy")
				return []string{
					"network", "firewall", "policy", "rule-collection-group", "collection", "remove", "--name", "mistake",
					"--rcg-name", "aks-required", "--policy-name", path.Base(policy.ID),
				}
			})
			mended := l.must((*engine.Stack).Up, containersGateway)
			assert.Equal(t, 0, l.curl(mended.Outputs["ingressUrl"].(string)).ExitCode)
		})
	}
}

// denying denies a host before all rules of the stack.
func denying(l *lab, azure *azuresim.Cloud, host string) []string {
	policy := l.only(azure, "azure-native:network:FirewallPolicy")
	return []string{
		"network", "firewall", "policy", "rule-collection-group", "collection", "add-filter-collection",
		"--policy-name", path.Base(policy.ID), "--rule-collection-group-name", "aks-required",
		"--name", "mistake", "--collection-priority", "150", "--action", "Deny", "--rule-name", "mistake",
		"--rule-type", "ApplicationRule", "--protocols", "Https=443", "--source-addresses", "*", "--target-fqdns", host,
	}
}

// A controller that loses its identity's trust stays as it was programmed: clients notice nothing, a refresh does, and
// an update mends it.
func TestContainersGateway_LosesItsTrust(t *testing.T) {
	t.Parallel()
	l := newStack(t, "udr-agc")
	up := l.must((*engine.Stack).Up)
	url := up.Outputs["ingressUrl"].(string)
	inAzure(l, func(c engine.Cloud) {
		azure, err := simulation.Azure(c)
		require.NoError(t, err)
		require.NoError(t, azure.Delete(l.only(azure, "azure-native:managedidentity:FederatedIdentityCredential").ID))
	})
	l.run((*engine.Stack).Refresh)
	assert.Equal(t, 0, l.curl(url).ExitCode)
	mended := l.must((*engine.Stack).Up)
	assert.Equal(t, 1, mended.Changes["create"], "the credential")
	assert.Empty(t, changed(l.must((*engine.Stack).Preview)))
	assert.Equal(t, 0, l.curl(url).ExitCode)
}
