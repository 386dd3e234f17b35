package azuresim

// What AKS refuses of its add-on for an application gateway, AGIC. The codes are in AKS's public list (EC); texts are
// Azure's where a log has them.
var (
	refuseAKSGatewayAndID = row(Refusal{
		ID:     "gateway-addon-name-and-id",
		Code:   "IngressAppGwAddonConfigProvideEitherApplicationGatewayIDOrApplicationGatewayName",
		Target: gatewayAddonTarget, Knowledge: AzuresCode,
		Message: "IngressApplicationGateway addon takes applicationGatewayId or applicationGatewayName, not both.",
		When:    "The add-on's configuration names an existing application gateway and a new one.",
		Source:  "azure-facts 7.7; EC",
	})
	refuseAKSGatewayNoSubnet = row(Refusal{
		ID:     "gateway-addon-without-subnet",
		Code:   "IngressAppGwAddonConfigProvideEitherApplicationGatewayIDOrSubnet",
		Target: gatewayAddonTarget, Knowledge: AzuresCode,
		Message: "IngressApplicationGateway addon needs applicationGatewayId, or a subnet for a new gateway.",
		When:    "The add-on's configuration has neither an application gateway nor a subnet for one.",
		Source:  "azure-facts 7.7; EC",
	})
	refuseAKSGatewayTwoSubnets = row(Refusal{
		ID:     "gateway-addon-subnet-twice",
		Code:   "IngressAppGwAddonConfigProvideEitherSubnetCIDROrSubnetId",
		Target: gatewayAddonTarget, Knowledge: AzuresCode,
		Message: "IngressApplicationGateway addon takes subnetCIDR or subnetId, not both.",
		When:    "The add-on's configuration has a subnet to make and an existing one.",
		Source:  "azure-facts 7.7; EC",
	})
	refuseAKSGatewaySubnetPrefix = row(Refusal{
		ID:     "gateway-addon-subnet-prefix",
		Code:   "IngressAppGwAddonConfigProvideUseSubnetCIDRInsteadOfSubnetPrefix",
		Target: gatewayAddonTarget, Knowledge: AzuresCode,
		Message: "IngressApplicationGateway addon takes subnetCIDR instead of subnetPrefix.",
		When:    "The add-on's configuration has subnetPrefix, the word of its preview.",
		Source:  "EC",
	})
	refuseAKSGatewaySubnetID = row(Refusal{
		ID: "gateway-addon-subnet-id", Code: "IngressAppGwAddonConfigInvalidSubnetId", Target: gatewayAddonTarget,
		Knowledge: AzuresCode,
		Message:   "IngressApplicationGateway addon: %q is not the id of a subnet.",
		When:      "subnetId of the add-on's configuration is no ARM id of a subnet.",
		Source:    "EC",
	})
	refuseAKSGatewaySubnetMissing = row(Refusal{
		ID: "gateway-addon-subnet-not-found", Code: "IngressAppGwAddonConfigSubnetNotFound", Target: gatewayAddonTarget,
		Message: "IngressApplicationGateway addon cannot find subnet '%s'.",
		When:    "The subnet of the add-on's configuration does not exist, or not yet.",
		Source:  "Azure/AKS issue 2701; EC",
	})
	refuseAKSGatewaySubnetShared = row(Refusal{
		ID: "gateway-addon-subnet-of-nodes", Code: "IngressAppGwAddonConfigCannotUseSubnet", Target: gatewayAddonTarget,
		Knowledge: LabsWords,
		Message: "IngressApplicationGateway addon cannot use subnet '%s': %s is in it, and a gateway needs a subnet of its " +
			"own.",
		When: "The subnet of the add-on's configuration holds nodes, or anything else than application gateways; where " +
			"pods have overlay addresses, also another gateway.",
		Source: "azure-facts 7.7 (dedicated subnet), azure-docs ingress-controller-overview.md (CNI Overlay); the code is " +
			"in EC, its condition is inferred",
	})
	refuseAKSGatewaySubnetDelegated = row(Refusal{
		ID: "gateway-addon-subnet-delegated", Code: "IngressAppGwAddonConfigCannotUseSubnet", Target: gatewayAddonTarget,
		Knowledge: LabsWords,
		Message:   "IngressApplicationGateway addon cannot use subnet '%s', which is delegated to %s.",
		When:      "The subnet of the add-on's configuration is delegated to something else than application gateways.",
		Source:    "SupportArticles-docs, Application Gateway deployment failures (step 4a)",
	})
	refuseAKSGatewaySubnetNotDelegated = row(Refusal{
		ID: "gateway-addon-subnet-not-delegated", Code: "IngressAppGwAddonConfigCannotUseSubnet",
		Target: gatewayAddonTarget, Knowledge: LabsWords,
		Message: "IngressApplicationGateway addon cannot use subnet '%s' with Azure CNI Overlay: it must be delegated to " +
			gatewayDelegation + ".",
		When: "Pods have overlay addresses, and the gateway's subnet is not delegated to application gateways. The " +
			"documentation demands it; that AKS refuses it at the PUT is inferred.",
		Source: "azure-docs ingress-controller-overview.md of 2026-03-04 (CNI Overlay)",
	})
	refuseAKSGatewaySubnetLarge = row(Refusal{
		ID: "gateway-addon-subnet-too-large", Code: "IngressAppGwAddonConfigInvalidSubnetCIDR", Target: gatewayAddonTarget,
		Knowledge: AzuresCode,
		Message:   "IngressApplicationGateway addon with Azure CNI Overlay needs a subnet of /24 or smaller ('%s' is %s).",
		When:      "Pods have overlay addresses, and the gateway's subnet is larger than /24.",
		Source: "azure-docs ingress-controller-overview.md (CNI Overlay); the code is that of subnetCIDR (azure-cli pull " +
			"request 31713, public logs)",
	})
	refuseAKSGatewayName = row(Refusal{
		ID: "gateway-addon-name", Code: "IngressAppGwAddonConfigInvalid", Target: gatewayAddonTarget,
		Knowledge: LabsWords,
		Message: "Application gateway name %q is invalid: it and %s can be up to 80 characters long, begin with a word " +
			"character, end with a word character or '_', and contain word characters, '.', '-' and '_'.",
		When:   "The name of the new gateway, or of the public IP address that AGIC makes for it, breaks Azure's rule.",
		Source: "azure-facts 11.1; AGIC's deployment template (pkg/azure/client.go)",
	})
)

// What the network resource provider refuses of application gateways, SKU v2, and of what their subnets have.
var (
	refuseGatewayJoin = row(Refusal{
		ID: "gateway-without-subnet-role", Code: "ApplicationGatewayInsufficientPermissionOnSubnet",
		Message: "Client with object id %s does not have permission on the Virtual Network resource %s to perform action " +
			"Microsoft.Network/virtualNetworks/subnets/join/action. For details on the required permissions, please visit " +
			"https://aka.ms/agsubnetjoin.",
		When: "The identity of AGIC has no role on the gateway's subnet, or has it on another scope. AGIC tries again; " +
			"until then the Ingress has no address.",
		Source: "azure-facts 7.3, 7.7; azure-docs issue 118849",
	})
	refuseGatewayRoute = row(Refusal{
		ID: "gateway-default-route", Code: "ApplicationGatewaySubnetUserDefinedRouteNotAllowed",
		Message: "Route Table %s is associated to subnet %s, which contains V2 SKU Application Gateway %s. For routes " +
			"associated to subnet containing Application Gateway V2, please ensure '0.0.0.0/0' uses NextHopType as 'Internet'.",
		When: "The route table of a gateway's subnet sends 0.0.0.0/0 somewhere else than to the internet, at the PUT of " +
			"the gateway, the subnet, the table or the route.",
		Source: "azure-facts 7.7; Azure/terraform-azurerm-avm-ptn-aiml-landing-zone issue 28, public logs (second sentence)",
	})
	refuseGatewayInbound = row(Refusal{
		ID: "gateway-security-group-inbound", Code: "ApplicationGatewaySubnetInboundTrafficBlockedByNetworkSecurityGroup",
		Message: "Network security group %s blocks incoming internet traffic on ports 65200 - 65535 to subnet %s, " +
			"associated with Application Gateway %s. This is not permitted for Application Gateways that have V2 Sku.",
		When: "The network security group of a gateway's subnet does not let GatewayManager and AzureLoadBalancer reach " +
			"TCP ports 65200-65535 of any destination, at the PUT of the gateway, the subnet, the group or a rule.",
		Source: "azure-facts 7.7; Azure/AKS-Construction issue 333, azure-docs issues 58458 and 59107",
	})
	refuseGatewayOutbound = row(Refusal{
		ID: "gateway-security-group-outbound", Code: "ApplicationGatewaySubnetOutboundTrafficBlockedByNetworkSecurityGroup",
		Knowledge: AzuresCode,
		Message:   "Network security group %s blocks outgoing traffic of subnet %s, which holds application gateway %s.",
		When:      "The network security group of a gateway's subnet has an outbound rule that denies TCP.",
		Source:    "azure-docs issue 84599, Azure-Terraform/terraform-azurerm-virtual-network pull request 20",
	})
	refuseGatewayCapacity = row(Refusal{
		ID: "gateway-subnet-full", Code: "BadRequest", Knowledge: LabsWords,
		Message: "Subnet %s with prefix %s has %d addresses besides the five that Azure keeps; its application gateways " +
			"need %d for their instances.",
		When:   "The instances of the gateways in a subnet, two for each that AGIC makes, are more than its addresses.",
		Source: "azure-facts 7.7, 11.2; azure-docs configuration-infrastructure.md and issue 65925",
	})
	refuseGatewayCompany = row(Refusal{
		ID: "gateway-subnet-shared", Code: "ApplicationGatewaySubnetCannotBeUsedByOtherResources", Knowledge: AzuresCode,
		Message: "Subnet %s holds application gateway %s; nothing else than application gateways can be in it.",
		When:    "An agent pool is put into the subnet of an application gateway.",
		Source:  "azure-facts 7.7; public logs (Code: ApplicationGatewaySubnetCannotBeUsedByOtherResources)",
	})
)
