package azuresim

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"aks-egress/internal/kubesim"
)

// What AGIC gives a gateway where no Ingress says otherwise: a pool without addresses, which answers 502.
const (
	defaultGatewayPool     = "defaultaddresspool"
	defaultGatewaySettings = "defaulthttpsetting"
	defaultGatewayProbe    = "defaultprobe-Http"

	gatewayPort          = 80
	firstGatewayPriority = 19000 // of AGIC's routing rules
)

// gatewayConfig is the configuration of a gateway while AGIC builds it. Parts are named as AGIC names them
// (pkg/appgw/internaltypes.go); where a name holds a hash, it is another one than AGIC's.
type gatewayConfig struct {
	id                                      string
	pools, settings, listeners, rules, maps map[string]map[string]any // by name
}

// program writes what AGIC makes of all Ingresses into its gateway: it owns the whole configuration.
func program(gateway *Record, routes []kubesim.GatewayRoute) {
	c := &gatewayConfig{
		id: gateway.ID, pools: map[string]map[string]any{}, settings: map[string]map[string]any{},
		listeners: map[string]map[string]any{}, rules: map[string]map[string]any{}, maps: map[string]map[string]any{},
	}
	c.pool(defaultGatewayPool, nil)
	c.setting(defaultGatewaySettings, gatewayPort)
	byHost := map[string][]kubesim.GatewayRoute{}
	for _, route := range routes {
		byHost[route.Host] = append(byHost[route.Host], route)
	}
	if len(byHost) == 0 {
		byHost[""] = nil
	}
	for i, host := range slices.Sorted(maps.Keys(byHost)) {
		c.listen(host, byHost[host], firstGatewayPriority+5*(i+1))
	}
	out := gateway.Outputs
	out["frontendPorts"] = []any{part(c.id, "frontendPorts", fmt.Sprintf("fp-%d", gatewayPort), map[string]any{
		"port": float64(gatewayPort),
	})}
	out["probes"] = []any{part(c.id, "probes", defaultGatewayProbe, map[string]any{
		"protocol": "Http", "host": "localhost", "path": "/", "interval": 30.0, "timeout": 30.0, "unhealthyThreshold": 3.0,
	})}
	out["backendAddressPools"], out["backendHttpSettingsCollection"] = inOrderOfName(c.pools), inOrderOfName(c.settings)
	out["httpListeners"], out["requestRoutingRules"] = inOrderOfName(c.listeners), inOrderOfName(c.rules)
	out["urlPathMaps"] = inOrderOfName(c.maps)
}

func inOrderOfName(parts map[string]map[string]any) []any {
	list := []any{}
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		list = append(list, parts[name])
	}
	return list
}

func (c *gatewayConfig) reference(list, name string) map[string]any {
	return reference(c.id + "/" + list + "/" + name)
}

func (c *gatewayConfig) pool(name string, routes []kubesim.GatewayRoute) {
	addresses := []any{}
	for _, route := range routes {
		for _, pod := range route.Pods {
			addresses = append(addresses, map[string]any{"ipAddress": pod.String()})
		}
	}
	c.pools[name] = part(c.id, "backendAddressPools", name, map[string]any{"backendAddresses": addresses})
}

func (c *gatewayConfig) setting(name string, port int) {
	c.settings[name] = part(c.id, "backendHttpSettingsCollection", name, map[string]any{
		"port": float64(port), "protocol": "Http", "cookieBasedAffinity": "Disabled", "requestTimeout": 30.0,
		"probe": c.reference("probes", defaultGatewayProbe),
	})
}

// backend makes the pool and the settings of a route and answers the properties that refer to them.
func (c *gatewayConfig) backend(route *kubesim.GatewayRoute) map[string]any {
	pool, settings := defaultGatewayPool, defaultGatewaySettings
	if route != nil {
		service := strings.ReplaceAll(route.Service, "/", "-")
		_, ingress, _ := strings.Cut(route.Ingress, "/")
		pool = shortened(fmt.Sprintf("pool-%s-%s-bp-%d", service, route.ServicePort, route.TargetPort))
		settings = shortened(fmt.Sprintf("bp-%s-%s-%d-%s", service, route.ServicePort, route.TargetPort, ingress))
		c.pool(pool, []kubesim.GatewayRoute{*route})
		c.setting(settings, int(route.TargetPort))
	}
	return map[string]any{
		"backendAddressPool":  c.reference("backendAddressPools", pool),
		"backendHttpSettings": c.reference("backendHttpSettingsCollection", settings),
	}
}

// shortened is a name of at most 80 characters.
func shortened(name string) string {
	if len(name) <= longestName {
		return name
	}
	return name[:longestName-9] + "-" + hex8("gateway part", name)
}

// listen makes the listener of a host and the rule that leads from it to pods.
func (c *gatewayConfig) listen(host string, routes []kubesim.GatewayRoute, priority int) {
	hash := undashed(guid("listener", host))
	listener := map[string]any{
		"protocol": "Http", "frontendPort": c.reference("frontendPorts", fmt.Sprintf("fp-%d", gatewayPort)),
		"frontendIPConfiguration": c.reference("frontendIPConfigurations", gatewayFrontend),
	}
	if host != "" {
		listener["hostNames"] = []any{host}
	}
	c.listeners["fl-"+hash] = part(c.id, "httpListeners", "fl-"+hash, listener)
	var byDefault *kubesim.GatewayRoute
	paths := []any{}
	for i := range routes {
		route := &routes[i]
		if len(route.Paths) == 0 {
			byDefault = route
			continue
		}
		name := shortened(fmt.Sprintf("pr-%s-path-%d", strings.ReplaceAll(route.Ingress, "/", "-"), i))
		rule := part(c.id, "urlPathMaps/url-"+hash+"/pathRules", name, c.backend(route))
		rule["paths"] = anyTexts(route.Paths)
		paths = append(paths, rule)
	}
	rule := map[string]any{"ruleType": "Basic", "priority": float64(priority)}
	if len(paths) == 0 {
		maps.Copy(rule, c.backend(byDefault))
	} else {
		backend := c.backend(byDefault)
		rule["ruleType"], rule["urlPathMap"] = "PathBasedRouting", c.reference("urlPathMaps", "url-"+hash)
		c.maps["url-"+hash] = part(c.id, "urlPathMaps", "url-"+hash, map[string]any{
			"defaultBackendAddressPool":  backend["backendAddressPool"],
			"defaultBackendHttpSettings": backend["backendHttpSettings"], "pathRules": paths,
		})
	}
	rule["httpListener"] = c.reference("httpListeners", "fl-"+hash)
	c.rules["rr-"+hash] = part(c.id, "requestRoutingRules", "rr-"+hash, rule)
}

func anyTexts(list []string) []any {
	values := make([]any, len(list))
	for i, s := range list {
		values[i] = s
	}
	return values
}
