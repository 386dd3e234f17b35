package azuresim

import (
	"fmt"
	"net/netip"
	"strings"

	"aks-egress/egress"
	"aks-egress/internal/kubesim"
)

// ingressController is AGIC, the pod that the add-on runs in a cluster. It works as an identity of its own, makes the
// application gateway when it may, and writes into it what the Ingresses say (azure-facts 7.7; AGIC,
// pkg/azure/client.go and pkg/appgw). Where it may not, it tries again.
type ingressController struct {
	op      *operation
	cluster *Record
	gateway gatewaySpec
}

// controllerOf is AGIC of a cluster; nil: the cluster does not have the add-on, or no nodes to run it.
func controllerOf(op *operation, cluster *Record) *ingressController {
	addon := object(cluster.Outputs, "addonProfiles", gatewayAddon)
	if !flag(addon, "enabled") || text(cluster.Outputs, "provisioningState") == "Failed" {
		return nil
	}
	return &ingressController{op, cluster, gatewaySpec{
		name: text(addon, "config", "applicationGatewayName"), subnetID: text(addon, "config", "subnetId"),
	}}
}

// runIngressControllers lets AGIC of every cluster try again.
func runIngressControllers(op *operation) {
	for _, cluster := range op.list(managedClusterToken) {
		runIngressController(op, cluster)
	}
}

// runIngressController lets AGIC make its gateway where it lacks. What keeps it from that is in its log only, and in
// the events of an Ingress that waits.
func runIngressController(op *operation, cluster *Record) {
	controller := controllerOf(op, cluster)
	if controller == nil || op.exists(controller.id()) {
		return
	}
	_ = op.attempt(func() error {
		_, err := controller.open()
		return err
	})
}

// removeGateway removes what the add-on and AGIC made for a cluster.
func removeGateway(op *operation, cluster *Record) {
	addon := object(cluster.Outputs, "addonProfiles", gatewayAddon)
	group, name := text(cluster.Outputs, "nodeResourceGroup"), text(addon, "config", "applicationGatewayName")
	for _, id := range []string{
		networkID(group, "applicationGateways", name), networkID(group, "publicIPAddresses", gatewayAddressName(name)),
		text(addon, "identity", "resourceId"),
	} {
		if op.exists(id) {
			op.remove(id)
		}
	}
	op.release(gatewayKey(cluster.ID))
}

// gatewayAddressName is AGIC's name for the public IP address of its gateway.
func gatewayAddressName(gateway string) string { return gateway + "-appgwpip" }

// gatewayKey is the allocation key of that address.
func gatewayKey(clusterID string) string { return clusterID + "/gateway" }

func (a *ingressController) id() string {
	return networkID(text(a.cluster.Outputs, "nodeResourceGroup"), "applicationGateways", a.gateway.name)
}

func (a *ingressController) address() address {
	return address{
		id: networkID(text(a.cluster.Outputs, "nodeResourceGroup"), "publicIPAddresses",
			gatewayAddressName(a.gateway.name)),
		key: gatewayKey(a.cluster.ID),
	}
}

// open reads the gateway, or makes it. Azure asks at every PUT whether the identity may join the subnet.
func (a *ingressController) open() (*Record, error) {
	gateway, made := a.op.get(a.id())
	if !made { // the pod starts
		if err := a.reach("mcr.microsoft.com"); err != nil {
			return nil, err
		}
		gateway = &Record{Token: applicationGatewayToken, ID: a.id(), Owner: a.cluster.ID, Outputs: a.template()}
		program(gateway, nil)
	}
	if err := a.reach("management.azure.com"); err != nil {
		return nil, err
	}
	identity := text(a.cluster.Outputs, "addonProfiles", gatewayAddon, "identity", "objectId")
	if !mayWrite(a.op, identity, a.gateway.subnetID) {
		return nil, refuseGatewayJoin.because(identity, a.gateway.subnetID)
	}
	a.op.put(gateway)
	if err := a.op.checkApplicationGateway(gateway); err != nil {
		return nil, err
	}
	return gateway, a.makeAddress()
}

// makeAddress makes the gateway's public IP address. The choice must not depend on the cluster's random name.
func (a *ingressController) makeAddress() error {
	id, seed := a.op.id, a.op.seed
	a.op.id, a.op.seed = strings.ToLower(a.cluster.ID), text(a.cluster.Outputs, "dnsPrefix")
	defer func() { a.op.id, a.op.seed = id, seed }()
	return makeAddress(a.op, a.cluster.ID, text(a.cluster.Outputs, "location"), a.address())
}

// reach asks the model whether AGIC's pod gets to a host of Azure's.
func (a *ingressController) reach(host string) error {
	network, err := a.op.buildNetwork()
	if err != nil {
		return fmt.Errorf("%s %s: %w", managedClusterToken, nameOf(a.cluster.ID), err)
	}
	trace := egress.Compile(network).Trace(egress.Flow{
		From: a.cluster.ID, Pod: true, Host: host, Port: 443, Protocol: egress.HTTPS,
	})
	if trace.Disposition.Arrives() {
		return nil
	}
	cause := "dial tcp: i/o timeout"
	if trace.Refusal == egress.RefusedTLSReset {
		cause = "read: connection reset by peer"
	}
	return fmt.Errorf("Get \"https://%s/\": %s (%s)", host, cause, trace.Reason)
}

// template is the gateway as AGIC deploys it (pkg/azure/client.go, getTemplate).
func (a *ingressController) template() map[string]any {
	id := a.id()
	return map[string]any{
		"name": a.gateway.name, "type": "Microsoft.Network/applicationGateways",
		"location": location(text(a.cluster.Outputs, "location")),
		"tags":     map[string]any{"managed-by-k8s-ingress": "true", "created-by": "ingress-appgw"},
		"sku":      map[string]any{"name": "Standard_v2", "tier": "Standard_v2", "capacity": 2.0},
		"gatewayIPConfigurations": []any{part(id, "gatewayIPConfigurations", "appGatewayIpConfig", map[string]any{
			"subnet": reference(a.gateway.subnetID),
		})},
		"frontendIPConfigurations": []any{part(id, "frontendIPConfigurations", gatewayFrontend, map[string]any{
			"publicIPAddress": reference(a.address().id), "privateIPAllocationMethod": "Dynamic",
		})},
		"operationalState": "Running", "provisioningState": "Succeeded",
	}
}

// gatewayFrontend is AGIC's name for the frontend of its gateway.
const gatewayFrontend = "appGatewayFrontendIP"

// part is a named part of a gateway, with its id.
func part(gateway, list, name string, o map[string]any) map[string]any {
	o["name"], o["id"], o["provisioningState"] = name, gateway+"/"+list+"/"+name, "Succeeded"
	return o
}

// ProgramGateway is what AGIC does with the Ingresses of its class: it writes the whole configuration of its gateway,
// and answers the gateway's address.
func (i infrastructure) ProgramGateway(clusterID string, routes []kubesim.GatewayRoute) (netip.Addr, error) {
	var addr netip.Addr
	err := i.cloud.do(clusterID, "", func(op *operation) error {
		cluster, ok := op.get(clusterID)
		if !ok {
			return resourceNotFound(clusterID)
		}
		controller := controllerOf(op, cluster)
		if controller == nil {
			return fmt.Errorf("cluster %s does not run the ingress controller of an application gateway", nameOf(clusterID))
		}
		gateway, err := controller.open()
		if err != nil {
			return err
		}
		program(gateway, routes)
		op.put(gateway)
		address, _ := op.get(controller.address().id)
		addr, err = netip.ParseAddr(text(address.Outputs, "ipAddress"))
		return err
	})
	return addr, err
}
