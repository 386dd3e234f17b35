package azuresim

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
)

func init() { refusalCases = append(refusalCases, trafficCases, credentialCases) }

// delegated is a subnet that is delegated to a service.
func delegated(name, cidr, service string) input {
	return subnetItem(name, cidr, input{"delegations": []any{input{"name": "d", "serviceName": service}}})
}

// trafficSite is a traffic controller, and a network with subnets of all kinds.
func trafficSite(s *site) {
	s.make("network:VirtualNetwork", "vnet", addressSpace("10.0.0.0/16",
		delegated("gateway", "10.0.1.0/24", trafficDelegation), delegated("small", "10.0.2.0/25", trafficDelegation),
		subnetItem("plain", "10.0.3.0/24", nil), delegated("web", "10.0.4.0/24", "Microsoft.Web/serverFarms")))
	s.make("network:VirtualNetwork", "far",
		with(addressSpace("10.1.0.0/16", delegated("gateway", "10.1.1.0/24", trafficDelegation)),
			input{"location": "northeurope"}))
	s.make("servicenetworking:TrafficControllerInterface", "agc", nil)
	s.make("servicenetworking:TrafficControllerInterface", "second", nil)
}

// associated is trafficSite with an association in the subnet gateway.
func associated(s *site) {
	trafficSite(s)
	s.make("servicenetworking:AssociationsInterface", "as", association("agc", "vnet/subnets/gateway"))
}

func association(controller, subnet string) input {
	return input{
		"trafficControllerName": controller, "associationType": "subnets",
		"subnet": input{"id": inNetwork("virtualNetworks/" + subnet)},
	}
}

// associating creates an association; more changes its inputs.
func associating(name, controller, subnet string, more input) func(s *site) error {
	return creating("servicenetworking:AssociationsInterface", name,
		plainly(with(association(controller, subnet), more)))
}

// gatewayWith changes the subnet gateway of the network.
func gatewayWith(name, delegation string) func(s *site) error {
	return creatingSubnet(name, input{"delegations": func() []any {
		if delegation == "" {
			return []any{}
		}
		return []any{input{"name": "d", "serviceName": delegation}}
	}()})
}

// creatingSubnet puts a subnet of the network with other properties, as an az user does.
func creatingSubnet(name string, more input) func(s *site) error {
	return func(s *site) error {
		return s.cloud.do("", "", func(op *operation) error {
			r, _ := op.get(inNetwork("virtualNetworks/vnet/subnets/" + name))
			r.Inputs = with(r.Inputs, more)
			return op.request(r)
		})
	}
}

var (
	ofAGC = func(path string) string {
		return groupID("rg") + "/providers/Microsoft.ServiceNetworking/trafficControllers/" + path
	}
	gatewayID = inNetwork("virtualNetworks/vnet/subnets/gateway")
)

// Application Gateway for Containers (azure-facts 7.8).
var trafficCases = []refusalCase{
	siteCase(refuseNestedResource, "Cannot delete resource while nested resources exist. Some existing nested resource "+
		"IDs include: 'Microsoft.ServiceNetworking/trafficControllers/agc/associations/as'. Please delete all nested "+
		"resources before deleting this resource.", associated, dropping("agc"), inOrder(dropping("as"), dropping("agc"))),
	siteCase(refuseAssociationDelegation, "is not delegated to Microsoft.ServiceNetworking/trafficControllers",
		trafficSite, associating("as", "agc", "vnet/subnets/plain", nil),
		associating("as", "agc", "vnet/subnets/gateway", nil)),
	siteCase(refuseAssociationDelegation, "is not delegated to", trafficSite, // to another service
		associating("as", "agc", "vnet/subnets/web", nil), associating("as", "agc", "vnet/subnets/gateway", nil)),
	siteCase(refuseAssociationSize, "Application Gateway for Containers: Subnet '"+
		inNetwork("virtualNetworks/vnet/subnets/small")+"' does not have enough IPv4 addresses. At least 256 addresses are "+
		"required to create Association '"+ofAGC("agc/associations/as")+"' for this subnet.", trafficSite,
		associating("as", "agc", "vnet/subnets/small", nil), associating("as", "agc", "vnet/subnets/gateway", nil)),
	siteCase(refuseAssociationSize, "to create Association '"+ofAGC("second/associations/other")+"'", associated, // shared
		associating("other", "second", "vnet/subnets/gateway", nil),
		inOrder(dropping("as"), associating("other", "second", "vnet/subnets/gateway", nil))),
	siteCase(refuseSecondAssociation, "can have 1 association, and has '"+ofAGC("agc/associations/as")+"'", associated,
		associating("other", "agc", "vnet/subnets/gateway", nil), changing("as", plainly(input{"tags": input{"a": "b"}}))),
	siteCase(refuseAssociationRegion, "is in northeurope, and its Application Gateway for Containers is in westeurope",
		trafficSite, associating("as", "agc", "far/subnets/gateway", input{"location": "northeurope"}),
		associating("as", "agc", "vnet/subnets/gateway", input{"location": "West Europe"})),
	siteCase(refuseAssociationSubnet, "was not found in its region: '"+inNetwork("virtualNetworks/far/subnets/gateway"),
		trafficSite, associating("as", "agc", "far/subnets/gateway", nil),
		associating("as", "agc", "vnet/subnets/gateway", nil)),
	siteCase(refuseDelegationChange, "Delegations of subnet nodes cannot be changed from [] to "+
		"["+trafficDelegation+"] because it is being used by the resource ", func(s *site) {
		s.make("network:VirtualNetwork", "vnet", addressSpace("10.0.0.0/16", subnetItem("nodes", "10.0.1.0/24", nil)))
		s.hold("network:LoadBalancer", 1, func(int) (string, map[string]any) {
			return inNetwork("loadBalancers/kubernetes-internal"), map[string]any{"frontendIPConfigurations": []any{
				map[string]any{"subnet": reference(inNetwork("virtualNetworks/vnet/subnets/nodes"))},
			}}
		})
	}, gatewayWith("nodes", trafficDelegation), gatewayWith("nodes", "")),
	siteCase(refuseMissingDelegation, "Subnet "+gatewayID+" requires any of the following delegation(s) ["+
		trafficDelegation+"] to reference service association link "+ofAGC("agc/associations/as")+".", associated,
		gatewayWith("gateway", ""), inOrder(dropping("as"), gatewayWith("gateway", ""))),
}

func federation(more input) func(s *site) input {
	return plainly(with(input{
		"resourceName": "control", "audiences": []any{"api://AzureADTokenExchange"}, "issuer": "https://issuer/",
		"subject": "system:serviceaccount:a:b",
	}, more))
}

// Federated identity credentials.
var credentialCases = []refusalCase{
	siteCase(refuseAudiences, "Federated credential one needs exactly one audience (got 0).", controlIdentity,
		creating("managedidentity:FederatedIdentityCredential", "one", federation(input{"audiences": []any{}})),
		creating("managedidentity:FederatedIdentityCredential", "one", federation(nil))),
	siteCase(refuseSecondCredential, "are trusted by federated credential one already", func(s *site) {
		controlIdentity(s)
		s.make("managedidentity:FederatedIdentityCredential", "one", federation(nil)(s))
	}, creating("managedidentity:FederatedIdentityCredential", "two", federation(nil)),
		creating("managedidentity:FederatedIdentityCredential", "two",
			federation(input{"subject": "system:serviceaccount:a:c"}))),
	siteCase(refuseManyCredentials, "has 20 federated credentials, which is the most.", func(s *site) {
		controlIdentity(s)
		s.hold("managedidentity:FederatedIdentityCredential", 20, func(i int) (string, map[string]any) {
			return fmt.Sprintf("%s/federatedIdentityCredentials/c%d", s.id("control"), i), map[string]any{}
		})
	}, creating("managedidentity:FederatedIdentityCredential", "one", federation(nil)),
		inOrder(func(s *site) error {
			return s.cloud.do("", "", func(op *operation) error { op.remove(s.id("held")); return nil })
		}, creating("managedidentity:FederatedIdentityCredential", "one", federation(nil)))),
	clusterCase(refuseAKSWorkloadIdentity, "needs the OIDC issuer",
		map[string]any{"securityProfile": map[string]any{"workloadIdentity": map[string]any{"enabled": true}}},
		map[string]any{
			"securityProfile":   map[string]any{"workloadIdentity": map[string]any{"enabled": true}},
			"oidcIssuerProfile": map[string]any{"enabled": true},
		}),
}

// Names that Azure refuses never reach it: azure-native compares them with the pattern of Microsoft's specifications.
func TestTrafficController_Names(t *testing.T) {
	t.Parallel()
	for name, fine := range map[string]bool{"a": true, "a.b-c_d0": true, "-a": false, "a-": false, "a b": false} {
		found := checkRanges(trafficControllerToken, map[string]any{"trafficControllerName": name})
		assert.Equal(t, fine, len(found) == 0, name)
	}
}

// A frontend's name has Azure's form, is its own, and stays.
func TestTrafficFrontend_Name(t *testing.T) {
	t.Parallel()
	s := &site{newBench(t), map[string]madeResource{}}
	s.make("resources:ResourceGroup", "rg", nil)
	trafficSite(s)
	const short = "servicenetworking:FrontendsInterface"
	one := s.make(short, "one", input{"trafficControllerName": "agc"})
	two := s.make(short, "two", input{"trafficControllerName": "agc"})
	assert.Regexp(t, `^[a-z0-9]{16}\.fz[0-9]{2}\.alb\.azure\.com$`, one.out("fqdn"))
	assert.NotEqual(t, one.out("fqdn"), two.out("fqdn"))
	updated, err := s.update(one, with(s.made["one"].in, input{"tags": input{"a": "b"}}))
	assert.NoError(t, err)
	assert.Equal(t, one.out("fqdn"), updated.out("fqdn"))
}
