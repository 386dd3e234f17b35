package azuresim

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

const (
	gatewayAddon       = "ingressApplicationGateway"
	gatewayAddonTarget = "AddonProfiles.IngressApplicationGateway"

	// gatewayDelegation is what an application gateway's subnet may, and with overlay pods must, be delegated to.
	gatewayDelegation = "Microsoft.Network/applicationGateways"

	// defaultGatewayName is the lab's: no source has the name that AKS gives where the program gives none.
	defaultGatewayName = "applicationgateway"
)

// addonSpec is one of addonProfiles. Its settings are texts, whatever they mean.
type addonSpec struct {
	Enabled  bool              `json:"enabled"`
	Config   map[string]string `json:"config"`
	Identity any               `json:"identity"` // Azure's answer
}

// gatewaySpec is what a cluster asks of the AGIC add-on: a new application gateway in a subnet of the program's.
type gatewaySpec struct{ name, subnetID string }

// gateway is the add-on that the cluster asks for; nil: none.
func (s *clusterSpec) gateway() *gatewaySpec {
	addon := s.AddonProfiles[gatewayAddon]
	if addon == nil || !addon.Enabled {
		return nil
	}
	g := &gatewaySpec{name: addon.Config["applicationGatewayName"], subnetID: addon.Config["subnetId"]}
	defaultTo(&g.name, defaultGatewayName)
	return g
}

// unsimulatedAddons are the values of addonProfiles that Azure takes and the simulation does not know.
func (c *clusterRequest) unsimulatedAddons() []notSimulatedValue {
	var values []notSimulatedValue
	for _, name := range slices.Sorted(maps.Keys(c.spec.AddonProfiles)) {
		addon := c.spec.AddonProfiles[name]
		values = append(values, notSimulatedValue{
			"addonProfiles." + name, "enabled", name != gatewayAddon && addon != nil && addon.Enabled,
		})
	}
	return append(values, notSimulatedValue{
		"addonProfiles." + gatewayAddon, "with networkPlugin kubenet",
		c.spec.gateway() != nil && c.spec.NetworkProfile.NetworkPlugin == "kubenet",
	})
}

// checkGateway checks the configuration of the AGIC add-on (azure-facts 7.7).
func (c *clusterRequest) checkGateway() error {
	gateway := c.spec.gateway()
	if gateway == nil {
		return nil
	}
	if err := c.checkGatewayConfig(gateway); err != nil {
		return err
	}
	if address := gatewayAddressName(gateway.name); !isResourceName(gateway.name) || !isResourceName(address) {
		return refuseAKSGatewayName.because(gateway.name, address)
	}
	if err := c.checkGatewaySubnet(gateway.subnetID); err != nil {
		return err
	}
	return c.checkGatewayChange(gateway)
}

// checkGatewayConfig refuses keys of the configuration that do not go together, and ones that are not simulated.
func (c *clusterRequest) checkGatewayConfig(gateway *gatewaySpec) error {
	config := c.spec.AddonProfiles[gatewayAddon].Config
	switch existing := config["applicationGatewayId"]; {
	case existing != "" && config["applicationGatewayName"] != "":
		return refuseAKSGatewayAndID.because()
	case config["subnetPrefix"] != "":
		return refuseAKSGatewaySubnetPrefix.because()
	case config["subnetCIDR"] != "" && gateway.subnetID != "":
		return refuseAKSGatewayTwoSubnets.because()
	case existing == "" && config["subnetCIDR"] == "" && gateway.subnetID == "":
		return refuseAKSGatewayNoSubnet.because()
	}
	for _, key := range slices.Sorted(maps.Keys(config)) {
		if !oneOf(key, "applicationGatewayName", "subnetId", "effectiveApplicationGatewayId") && config[key] != "" {
			return notSimulated(c.desired.ID, "addonProfiles."+gatewayAddon+".config."+key)
		}
	}
	return nil
}

// checkGatewaySubnet checks the subnet of the AGIC add-on: it exists, is its own, and with overlay pods small and
// delegated.
func (c *clusterRequest) checkGatewaySubnet(id string) error {
	if !strings.EqualFold(nameOf(id[:max(strings.LastIndexByte(id, '/'), 0)]), "subnets") {
		return refuseAKSGatewaySubnetID.because(id)
	}
	subnet, ok := c.op.get(id)
	if !ok || unversioned(subnet.Token) != subnetToken {
		return refuseAKSGatewaySubnetMissing.because(id)
	}
	if err := c.checkGatewayNetwork(id); err != nil {
		return err
	}
	overlay := c.spec.NetworkProfile.NetworkPluginMode == "overlay"
	for _, h := range c.op.holders(id, subnetUsers...) {
		gateway := unversioned(h.Token) == applicationGatewayToken
		if !gateway || overlay && !sameID(h.Owner, c.desired.ID) {
			return refuseAKSGatewaySubnetShared.because(id, h.ID)
		}
	}
	return checkGatewayDelegation(id, subnet, overlay)
}

// checkGatewayNetwork refuses the nodes' own subnet, and one in another network than theirs.
func (c *clusterRequest) checkGatewayNetwork(id string) error {
	for _, nodes := range c.spec.subnets() {
		if sameID(nodes, id) {
			return refuseAKSGatewaySubnetShared.because(id, "an agent pool")
		}
		if !sameID(parentOf(nodes), parentOf(id)) {
			return c.unsimulatedNetwork()
		}
	}
	if len(c.spec.subnets()) == 0 {
		return c.unsimulatedNetwork()
	}
	return nil
}

// checkGatewayDelegation checks to whom the gateway's subnet is delegated, and with overlay pods its size.
func checkGatewayDelegation(id string, subnet *Record, overlay bool) error {
	delegated := ""
	for _, delegation := range objects(subnet.Outputs, "delegations") {
		delegated = text(delegation, "serviceName")
	}
	switch prefix := subnetRange(subnet); {
	case delegated != "" && !strings.EqualFold(delegated, gatewayDelegation):
		return refuseAKSGatewaySubnetDelegated.because(id, delegated)
	case overlay && prefix.Bits() < 24:
		return refuseAKSGatewaySubnetLarge.because(id, prefix)
	case overlay && delegated == "":
		return refuseAKSGatewaySubnetNotDelegated.because(id)
	}
	return nil
}

// unsimulatedNetwork refuses a gateway in another network than the nodes: with overlay pods Azure cannot, with others
// it depends on peerings.
func (c *clusterRequest) unsimulatedNetwork() error {
	return notSimulated(c.desired.ID, "addonProfiles."+gatewayAddon+".config.subnetId in another virtual network than "+
		"the nodes")
}

// checkGatewayChange refuses to move a gateway that exists.
func (c *clusterRequest) checkGatewayChange(gateway *gatewaySpec) error {
	if c.was == nil || c.was.gateway() == nil {
		return nil
	}
	if was := c.was.gateway(); was.name != gateway.name || !sameID(was.subnetID, gateway.subnetID) {
		return notSimulated(c.desired.ID, fmt.Sprintf("addonProfiles.%s.config, a change from gateway %s in %s",
			gatewayAddon, was.name, was.subnetID))
	}
	return nil
}

// reconcileGateway makes the identity of AGIC, or takes the add-on's identity and gateway away. The gateway itself is
// AGIC's to make, as soon as it may.
func (c *clusterRequest) reconcileGateway() {
	if c.spec.gateway() != nil {
		id := c.gatewayIdentity()
		c.own(id, userAssignedIdentityToken, identityOutputs(id, c.spec.Location, nil))
		return
	}
	if c.was != nil && c.was.gateway() != nil {
		removeGateway(c.op, c.old)
	}
}

// gatewayIdentity is the id of the identity that AKS makes for AGIC (azure-facts 7.7).
func (c *clusterRequest) gatewayIdentity() string {
	return c.group() + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/ingressapplicationgateway-" +
		nameOf(c.desired.ID)
}

// addonsAnswer is addonProfiles as Azure answers it: with the identity of AGIC, and the id of its gateway.
func (c *clusterRequest) addonsAnswer() map[string]any {
	addons := cloneObject(object(c.desired.Inputs, "addonProfiles"))
	gateway := c.spec.gateway()
	if gateway == nil {
		return addons
	}
	addon := object(addons, gatewayAddon)
	config := object(addon, "config")
	config["applicationGatewayName"] = gateway.name
	config["effectiveApplicationGatewayId"] = c.networkID("applicationGateways", gateway.name)
	id := c.gatewayIdentity()
	addon["identity"] = map[string]any{
		"resourceId": id, "clientId": guid("client", id), "objectId": guid("principal", id),
	}
	return addons
}
