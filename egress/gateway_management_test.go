package egress_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"aks-egress/egress"
)

func TestLetsManage(t *testing.T) {
	t.Parallel()
	rule := func(priority int, access, source, ports string) egress.SecurityRule {
		return egress.SecurityRule{
			Priority: priority, Direction: egress.Inbound, Access: access, Protocol: "*", Sources: []string{source},
			Destinations: []string{"*"}, DestinationPorts: []string{ports},
		}
	}
	const allow, deny = egress.AccessAllow, "Deny"
	toSubnet := rule(100, allow, "GatewayManager", "*")
	toSubnet.Destinations = []string{"10.0.0.0/24"}
	for name, test := range map[string]struct {
		rules              []egress.SecurityRule
		managers, balancer bool
	}{
		"no rule":             {nil, false, true},
		"a rule as Azure's":   {[]egress.SecurityRule{rule(100, allow, "GatewayManager", "65200-65535")}, true, true},
		"of a region":         {[]egress.SecurityRule{rule(100, allow, "gatewaymanager.WestEurope", "*")}, true, true},
		"from the internet":   {[]egress.SecurityRule{rule(100, allow, "Internet", "*")}, true, true},
		"some of the ports":   {[]egress.SecurityRule{rule(100, allow, "*", "65200-65400")}, false, true},
		"to one subnet":       {[]egress.SecurityRule{toSubnet}, false, true},
		"denied first":        {[]egress.SecurityRule{rule(200, allow, "*", "*"), rule(100, deny, "*", "*")}, false, false},
		"denied later":        {[]egress.SecurityRule{rule(200, deny, "*", "*"), rule(100, allow, "*", "*")}, true, true},
		"other ports denied":  {[]egress.SecurityRule{rule(100, deny, "*", "443")}, false, true},
		"by every address":    {[]egress.SecurityRule{rule(100, deny, "0.0.0.0/0", "*")}, false, false},
		"internet is denied":  {[]egress.SecurityRule{rule(100, deny, "Internet", "*")}, false, true},
		"one port of a range": {[]egress.SecurityRule{rule(100, deny, "*", "65300")}, false, false},
	} {
		group := egress.NetworkSecurityGroup{Rules: test.rules}
		assert.Equal(t, test.managers, group.LetsManage(egress.TagGatewayManager), "%s: managers", name)
		assert.Equal(t, test.balancer, group.LetsManage(egress.TagLoadBalancer), "%s: balancer", name)
	}
}
