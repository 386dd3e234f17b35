package azuresim

import (
	"errors"
	"fmt"
	"slices"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"aks-egress/internal/kubesim"
)

// tokenAudience is for whom AKS's workload identity issues tokens.
const tokenAudience = "api://AzureADTokenExchange"

// What the ALB Controller's identity needs (azure-facts 7.3, 7.8). Owner and Contributor have no data actions, so that
// they do not replace the configuration manager (AGC docs, components).
const (
	roleReader               = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
	roleConfigurationManager = "fbc52c3f-28ad-4303-a892-8a056630b8f1"
)

// TrafficFrontend lets a workload read a frontend of an Application Gateway for Containers, if Entra takes its token
// and its identity has the roles that the ALB Controller needs. Entra's and Resource Manager's words are theirs, as the
// AGC docs and public logs have them.
func (i infrastructure) TrafficFrontend(
	as kubesim.Workload, controllerID, frontend string,
) (found kubesim.TrafficFrontend, err error) {
	err = i.cloud.do("", "", func(op *operation) error {
		cluster, ok := op.get(as.ClusterID)
		if !ok {
			return resourceNotFound(as.ClusterID)
		}
		request := &controllerRequest{op: op, cluster: cluster, id: controllerID}
		if request.principal, err = exchanged(op, cluster, as); err != nil {
			return err
		}
		found, err = request.frontend(frontend)
		return err
	})
	return found, err
}

// exchanged exchanges the token of a service account for one of an identity, and answers the identity's object id.
func exchanged(op *operation, cluster *Record, as kubesim.Workload) (principal string, err error) {
	if !workloadIdentity(cluster.Inputs) {
		return "", errors.New("failed to get token from credential chain: the pod has no token of its service account, " +
			"since workload identity is not enabled on the cluster")
	}
	issuer := text(cluster.Outputs, "oidcIssuerProfile", "issuerURL")
	subject := fmt.Sprintf("system:serviceaccount:%s:%s", as.Namespace, as.ServiceAccount)
	identity, trusted := federated(op, as.ClientID, issuer, subject, tokenAudience)
	switch {
	case identity == nil:
		return "", credentialFailure("AADSTS700016: Application with identifier '%s' was not found in the directory '%s'.",
			as.ClientID, TenantID)
	case !trusted:
		return "", credentialFailure("AADSTS70021: No matching federated identity record found for presented assertion. "+
			"Assertion Issuer: '%s'. Assertion Subject: '%s'. Assertion Audience: '%s'.", issuer, subject, tokenAudience)
	}
	return text(identity.Outputs, "principalId"), nil
}

// credentialFailure is how the controller reports Entra's answer (AGC docs, troubleshooting guide).
func credentialFailure(format string, args ...any) error {
	return fmt.Errorf("failed to get token from credential chain: [FromAssertion(): http call("+
		"https://login.microsoftonline.com/%s/oauth2/v2.0/token)(POST) error: reply status code was 401: "+
		"{\"error\":\"unauthorized_client\",\"error_description\":\"%s\"}]", TenantID, fmt.Sprintf(format, args...))
}

// controllerRequest is what the ALB Controller asks of Azure with its identity.
type controllerRequest struct {
	op        *operation
	cluster   *Record
	principal string // object id
	id        string // of the traffic controller
}

func (c *controllerRequest) frontend(name string) (kubesim.TrafficFrontend, error) {
	var none kubesim.TrafficFrontend
	controller, ok := c.op.get(c.id)
	switch {
	case !c.may(c.id, roleOwner, roleContributor, roleReader, roleConfigurationManager):
		return none, c.unauthorized("Microsoft.ServiceNetworking/trafficControllers/read", c.id)
	case !ok || unversioned(controller.Token) != trafficControllerToken:
		return none, resourceNotFound(c.id)
	case !c.may(c.id, roleConfigurationManager):
		return none, status.Errorf(codes.PermissionDenied, "ALB Controller with object id '%s' does not have "+
			"authorization to perform action on Application Gateway for Containers resource.Please check RBAC delegations to "+
			"the Application Gateway for Containers resource.", c.principal)
	}
	nodes := groupID(text(c.cluster.Outputs, "nodeResourceGroup"))
	if !c.may(nodes, roleOwner, roleContributor, roleReader) {
		return none, c.unauthorized("Microsoft.Compute/virtualMachineScaleSets/read", nodes)
	}
	if err := c.checkAssociation(controller); err != nil {
		return none, err
	}
	id := c.id + "/frontends/" + name
	frontend, ok := c.op.get(id)
	if !ok {
		return none, resourceNotFound(id)
	}
	return kubesim.TrafficFrontend{
		FQDN: text(frontend.Outputs, "fqdn"), Configuration: texts(controller.Outputs, "configurationEndpoints")[0],
	}, nil
}

// checkAssociation refuses a traffic controller without a data plane that reaches the cluster's pods.
func (c *controllerRequest) checkAssociation(controller *Record) error {
	associations := c.op.children(controller, trafficAssociationToken)
	if len(associations) == 0 {
		return fmt.Errorf("application gateway for containers %s has no association", nameOf(c.id))
	}
	id := text(associations[0].Outputs, "subnet", "id")
	subnet, ok := c.op.get(id)
	if !ok {
		return resourceNotFound(id)
	}
	if !slices.ContainsFunc(nodeSubnets(c.op, c.cluster), func(node string) bool {
		return sameID(parentOf(node), parentOf(id))
	}) {
		return fmt.Errorf("subnet %s of application gateway for containers %s is in another virtual network than the nodes "+
			"of the cluster", id, nameOf(c.id))
	}
	if text(c.cluster.Outputs, "networkProfile", "networkPlugin") == "kubenet" {
		return errors.New("network plugin kubenet is not supported by Application Gateway for Containers")
	}
	return c.checkOverlay(subnet)
}

// checkOverlay: with overlay pods the controller extends their network into the subnet, which must be a /24 (AGC docs,
// container networking; Azure/AKS issue 5170), and joins it.
func (c *controllerRequest) checkOverlay(subnet *Record) error {
	if text(c.cluster.Outputs, "networkProfile", "networkPluginMode") != "overlay" {
		return nil
	}
	ranges, err := subnetPrefixes(subnet)
	if err != nil {
		return err
	}
	if bits := ranges[0].Bits(); bits < 24 {
		//nolint:staticcheck,revive // Azure's words
		return fmt.Errorf("extensionIPRange prefix length too short (/%d). Must be 24 or higher.", bits)
	}
	if !c.may(subnet.ID, roleOwner, roleContributor, roleNetworkContributor) {
		return c.unauthorized("Microsoft.Network/virtualNetworks/subnets/join/action", subnet.ID)
	}
	return nil
}

func (c *controllerRequest) may(scope string, roles ...string) bool {
	return hasRole(c.op, c.principal, scope, roles...)
}

// unauthorized is Resource Manager's refusal of an action.
func (c *controllerRequest) unauthorized(action, scope string) error {
	//nolint:staticcheck // Azure's words
	return fmt.Errorf("RESPONSE 403: 403 Forbidden ERROR CODE: AuthorizationFailed: The client '%s' with object id '%s' "+
		"does not have authorization to perform action '%s' over scope '%s' or the scope is invalid. If access was recently "+
		"granted, please refresh your credentials.", c.principal, c.principal, action, scope)
}
