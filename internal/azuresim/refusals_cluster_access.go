package azuresim

// Identities (azure-facts 1.3, 1.4, 7.3).
var (
	refuseAKSIdentityMissing = row(Refusal{
		ID: "cluster-identity-missing", Code: "InvalidParameter", Target: "servicePrincipalProfile",
		Knowledge: AzuresCode,
		Message:   "Required parameter servicePrincipalProfile is missing (null).",
		When:      "The cluster has neither a managed identity nor a service principal.",
		Source:    "frame of Azure/ARO-HCP pull request 629; that it is used for servicePrincipalProfile is inferred",
	})
	refuseAKSIdentityType = row(Refusal{
		ID: "cluster-identity-type", Code: "InvalidParameter", Target: "identity.type", Knowledge: LabsWords,
		Message: "The type of a managed identity is SystemAssigned or UserAssigned (got %q).",
		When:    "identity.type is neither SystemAssigned nor UserAssigned.",
		Source:  "azure-facts 1.3",
	})
	refuseAKSIdentityCount = row(Refusal{
		ID: "cluster-identity-count", Code: "InvalidParameter", Target: "identity.userAssignedIdentities",
		Knowledge: LabsWords,
		Message:   "A cluster has exactly one user-assigned identity (got %d).",
		When:      "identity.type is UserAssigned and there is not exactly one identity.",
		Source:    "azure-facts 1.3",
	})
	refuseAKSIdentityNotFound = row(Refusal{
		ID: "cluster-identity-not-found", Code: "FailedIdentityOperation", Knowledge: AzuresCode,
		Message: "Identity operation for resource '%s' failed with error 'Failed to perform resource identity operation. " +
			"Status: 'BadRequest'. Response: '{\"error\":{\"code\":\"BadRequest\",\"message\":\"Resource '%s' was not found.\"" +
			"}}'.'.",
		When: "The user-assigned identity does not exist.",
		Source: "public logs of AKS creation, which have everything but the inner message: " +
			"hashicorp/terraform-provider-azurerm reports such as \"Failed to perform resource identity operation\"",
	})
	refuseAKSKubenetSystemIdentityTable = row(Refusal{
		ID: "cluster-kubenet-route-table-system-identity", Code: "CustomRouteTableWithUnsupportedMSIType",
		Target: "identity.type",
		Message: "Clusters using managed identity type SystemAssigned do not support bringing your own route table. Please " +
			"see https://aka.ms/aks/customrt for more information",
		When:   "A kubenet cluster with a system-assigned identity has a subnet with a route table of one's own.",
		Source: "azure-facts 1.3, 1.4",
	})
	refuseAKSKubenetSystemIdentity = row(Refusal{
		ID: "cluster-kubenet-system-identity", Code: "InvalidParameter", Target: "identity.type", Knowledge: LabsWords,
		Message: "Network plugin kubenet with a custom VNet needs a user-assigned identity (subnet '%s').",
		When:    "A kubenet cluster with a system-assigned identity has a subnet of one's own.",
		Source:  "azure-facts 1.3",
	})
	refuseAKSSubnetJoin = row(Refusal{
		ID: "cluster-identity-without-subnet-role", Status: 403, Code: "LinkedAuthorizationFailed",
		Message: "Reconcile VNet failed. Details: VNetReconciler retry failed: Category: ClientError; SubCode: " +
			"LinkedAuthorizationFailed; Dependency: Microsoft.Network/virtualNetworks; OrginalError: Code=" +
			"\"LinkedAuthorizationFailed\" Message=\"" + joinText + "\"",
		When: "The user-assigned identity may not join a subnet: it has no role there, or has it on another scope. The " +
			"cluster stays, with provisioning state Failed.",
		Source: "azure-facts 1.4, 7.3, 13; SA (error-code-linkedauthorizationfailed); Azure/AKS issue 2673",
	})
	refuseAKSServiceJoin = row(Refusal{
		ID: "service-identity-without-subnet-role", Status: 403, Code: "LinkedAuthorizationFailed",
		Message: joinText,
		When: "A cluster whose identity may not join its subnet, such as a new system-assigned one, makes an internal " +
			"Service of type LoadBalancer.",
		Source: "azure-facts 1.3, 7.3; Azure/AKS issues 1557 and 2673",
	})
	refuseAKSRouteTableRole = row(Refusal{
		ID: "cluster-identity-without-route-table-role", Code: "CustomRouteTableMissingPermission",
		Message: "Managed identity or service principle must be given permission to read and write to custom route table " +
			"%s. Please see https://aka.ms/aks/customrt for more information",
		When:   "A kubenet cluster's identity may not write the route table of its subnet.",
		Source: "azure-facts 1.4, 7.4; Azure/AKS-Construction issue 501",
	})
	refuseAKSTwoRouteTables = row(Refusal{
		ID: "cluster-kubenet-two-route-tables", Code: "TooManyCustomRouteTables", Knowledge: AzuresCode,
		Message: "The cluster's subnets have the route tables '%s' and '%s'; network plugin kubenet needs one for all.",
		When:    "The subnets of a kubenet cluster have different route tables.",
		Source:  "azure-facts 7.4; EC",
	})
	refuseAKSRouteTableChange = row(Refusal{
		ID: "cluster-kubenet-route-table-changed", Code: "CustomRouteTableInvalidUpdateAttempt", Knowledge: AzuresCode,
		Message: "Subnet '%s' has the route table '%s'; the cluster was made with %s, which cannot be changed.",
		When: "A kubenet cluster's subnet has lost the route table of one's own, or has one in place of AKS's. A change " +
			"between two tables of one's own is not noticed here.",
		Source: "azure-facts 1.4 (EC)",
	})
)

// joinText is ARM's text for an identity that may not join a subnet.
const joinText = "The client '%[1]s' with object id '%[1]s' has permission to perform action " +
	"'Microsoft.ContainerService/managedClusters/write' on scope '%[2]s'; however, it does not have permission to " +
	"perform " +
	"action 'Microsoft.Network/virtualNetworks/subnets/join/action' on the linked scope(s) '%[3]s' or the linked " +
	"scope(s) " +
	"are invalid."

// The API server (azure-facts 7.2).
var (
	refuseAKSPrivateRanges = row(Refusal{
		ID: "cluster-authorized-ranges-private", Code: "InvalidParameter",
		Target: "apiServerAccessProfile.authorizedIPRanges", Knowledge: LabsWords,
		Message: "Authorized IP ranges are not for private clusters (got %q).",
		When:    "A private cluster has authorized ranges.",
		Source:  "azure-facts 7.2",
	})
	refuseAKSRangeCount = row(Refusal{
		ID: "cluster-authorized-range-count", Code: "InvalidParameter",
		Target: "apiServerAccessProfile.authorizedIPRanges", Knowledge: LabsWords,
		Message: "%d authorized IP ranges are given; %d are allowed.",
		When:    "There are more than 200 authorized ranges.",
		Source:  "azure-facts 7.2, 11.3",
	})
	refuseAKSAuthorizedRange = row(Refusal{
		ID: "cluster-authorized-range", Code: "InvalidParameter",
		Target: "apiServerAccessProfile.authorizedIPRanges", Knowledge: LabsWords,
		Message: "%q is not an IPv4 address or CIDR.",
		When:    "An authorized range is no IPv4 address or range.",
		Source:  "azure-facts 7.2",
	})
	refuseAKSOnlyBalancerRange = row(Refusal{
		ID: "cluster-authorized-range-only-load-balancer", Code: "InvalidParameter",
		Message: "Setting apiServerAuthorizedIPRange to 0.0.0.0/32 is not allowed with other IP ranges. Refer to " +
			"https://aka.ms/aks/auth-ip-ranges for more details",
		When:   "0.0.0.0/32, which stands for the load balancer's address only, is given beside other ranges.",
		Source: "azure-facts 7.2; Azure/terraform-azurerm-aks issue 378",
	})
	refuseAKSStaticCredential = row(Refusal{
		ID: "cluster-static-credential", Code: "BadRequest",
		Message: "Getting static credential is not allowed because this cluster is set to disable local accounts.",
		When: "The administrator's credentials of a cluster with disableLocalAccounts are asked for, or the user's where " +
			"there is no Entra ID profile.",
		Source: "hashicorp/terraform-provider-azurerm pull request 15489; Azure/bicep issue 11601",
	})
)

// Nodes and services (azure-facts 6.6, 8, 11.3).
var (
	refuseAKSNodesWithoutEgress = row(Refusal{
		ID: "cluster-nodes-without-egress", Code: "VMExtensionProvisioningError",
		Subcode: "VMExtensionError_OutboundConnFail",
		Message: "Unable to establish outbound connection from agents, please see " +
			"https://aka.ms/aks-required-ports-and-addresses for more information." + bootFailure,
		When: "New nodes cannot reach a required endpoint over the network as it is now. The cluster stays, with " +
			"provisioning state Failed. The last line of the text is the lab's: what the network did.",
		Source: "azure-facts 6.2, 6.6; Azure/AKS issue 1918",
	})
	refuseAKSNodesWithoutServer = row(Refusal{
		ID: "cluster-nodes-without-api-server", Code: "VMExtensionProvisioningError",
		Subcode: "VMExtensionError_K8SAPIServerConnFail",
		Message: "Unable to establish connection from agents to Kubernetes API server, please see " +
			"https://aka.ms/aks-required-ports-and-addresses for more information." + bootFailure,
		When: "New nodes reach the internet by an address that is not in the authorized ranges. The cluster stays, with " +
			"provisioning state Failed. The last line of the text is the lab's: what the network did.",
		Source: "azure-facts 6.6, 7.2; Azure/AKS issue 1918",
	})
	refuseAKSNodesWithoutServerName = row(Refusal{
		ID: "cluster-nodes-without-api-server-name", Code: "VMExtensionProvisioningError",
		Subcode: "VMExtensionError_K8SAPIServerDNSLookupFail",
		Message: "Agents are unable to resolve Kubernetes API server name. It's likely custom DNS server is not correctly " +
			"configured, please see https://aka.ms/aks/private-cluster#hub-and-spoke-with-custom-dns for more information." +
			bootFailure,
		When: "New nodes of a private cluster ask DNS servers that do not see its private DNS zone, which AKS links to the " +
			"nodes' virtual network only. The cluster stays, with provisioning state Failed. The last line of the text is " +
			"the lab's: what the network did.",
		Source: "azure-facts 7.2; Azure Kubernetes Service troubleshooting, error K8SAPIServerDNSLookupFail (52)",
	})
	refuseAKSServiceSubnetFull = row(Refusal{
		ID: "service-subnet-full", Code: "SubnetIsFull",
		Message: "Subnet %s with address prefix %s does not have enough capacity for %d IP addresses.",
		When:    "An internal Service of type LoadBalancer finds no free address in the node subnet.",
		Source:  "azure-facts 13; Azure/AKS-Construction issue 403",
	})
	refuseAKSServiceCount = row(Refusal{
		ID: "service-count", Code: "BadRequest", Knowledge: LabsWords,
		Message: "Service %s is one more than the %d services of type LoadBalancer that a cluster can have.",
		When:    "A cluster gets its 301st Service of type LoadBalancer.",
		Source:  "azure-facts 11.3",
	})
)

// bootFailure is how AKS reports a node that cannot boot; its last line is the simulation's.
const bootFailure = " Details: VMSSAgentPoolReconciler retry failed: Category: ClientError; SubCode: %s; " +
	"OrginalError: VM " +
	"has reported a failure when processing extension 'vmssCSE'. Error message: \"Enable failed: failed to execute " +
	"command: " +
	"command terminated with exit status=%d\n[stdout]\n\n[stderr]\n%s\n\".\nsimulated network: %s"
