package components

import (
	"strconv"
	"strings"

	"aks-egress/egress/migration"
)

// difference is one setting that is not as wanted.
type difference struct {
	field         string // as Azure names it, below the cluster's properties
	azure, wanted string
	flag, value   string // of az aks update; no flag: no source knows a change in place
}

// differences compares what is wanted with what Azure has. The profile of an outbound type counts only when the cluster
// has that type. migrateFrom is an outbound type that the cluster may still have; empty: none.
func (w clusterSettings) differences(azure clusterSettings, migrateFrom string) []difference {
	var list []difference
	add := func(differs bool, d difference) {
		if differs {
			list = append(list, d)
		}
	}
	from, to := azure.place.OutboundType, w.place.OutboundType
	if from != to && string(from) != migrateFrom {
		list = append(list, difference{
			field: "networkProfile.outboundType", azure: string(from), wanted: string(to),
			flag: "--outbound-type", value: string(to),
		})
	}
	if from == to {
		list = append(list, w.profileDifferences(azure)...)
	}
	if azure.place.Network != w.place.Network {
		list = append(list, difference{
			field: "agentPoolProfiles[0].vnetSubnetID", azure: azure.place.Network.String(), wanted: w.place.Network.String(),
		})
	}
	for _, fixed := range []difference{
		{field: "networkPlugin", azure: azure.plugin, wanted: w.plugin},
		{field: "networkPluginMode", azure: azure.pluginMode, wanted: w.pluginMode},
		{field: "serviceCidr", azure: azure.serviceCIDR, wanted: w.serviceCIDR},
		{field: "dnsServiceIP", azure: azure.dnsIP, wanted: w.dnsIP},
		{field: "podCidr", azure: azure.podCIDR, wanted: w.podCIDR},
	} {
		fixed.field = "networkProfile." + fixed.field
		// Whether there is a pod range follows from plugin and mode, which are told already.
		implied := fixed.field == "networkProfile.podCidr" && (fixed.azure == "" || fixed.wanted == "")
		add(!implied && !strings.EqualFold(fixed.azure, fixed.wanted), fixed)
	}
	return list
}

// profileDifferences compares the profile of the outbound type that both have.
func (w clusterSettings) profileDifferences(azure clusterSettings) []difference {
	var list []difference
	number := func(field string, azure, wanted int, flag string) {
		if azure != wanted {
			list = append(list, difference{
				"networkProfile." + field, strconv.Itoa(azure), strconv.Itoa(wanted), flag, strconv.Itoa(wanted),
			})
		}
	}
	switch w.place.OutboundType {
	case migration.LoadBalancer:
		if !w.source.same(azure.source) {
			list = append(list, w.source.difference(azure.source))
		}
		number("loadBalancerProfile.allocatedOutboundPorts", azure.outboundPorts, w.outboundPorts,
			"--load-balancer-outbound-ports")
		number("loadBalancerProfile.idleTimeoutInMinutes", azure.balancerIdle, w.balancerIdle,
			"--load-balancer-idle-timeout")
	case migration.ManagedNATGateway:
		number("natGatewayProfile.managedOutboundIPProfile.count", azure.natIPs, w.natIPs,
			"--nat-gateway-managed-outbound-ip-count")
		number("natGatewayProfile.idleTimeoutInMinutes", azure.natIdle, w.natIdle, "--nat-gateway-idle-timeout")
	default: // AKS has no profile for it
	}
	return list
}

// difference names both fields where the addresses come from another one.
func (s addressSource) difference(azure addressSource) difference {
	d := difference{"networkProfile.loadBalancerProfile." + s.field, azure.value, s.value, s.flag, s.value}
	if s.field != azure.field {
		d.field = "networkProfile.loadBalancerProfile"
		d.azure, d.wanted = azure.field+" "+azure.value, s.field+" "+s.value
	}
	return d
}
