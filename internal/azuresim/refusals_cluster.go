package azuresim

// What the AKS resource provider refuses about a cluster's names, pools, versions and changes. Other themes are in
// refusals_cluster_*.go. "EC" in a source is azure-facts' list of AKS's error codes, which has names and no texts.

// Names (azure-facts 11.1).
var (
	refuseAKSClusterName = row(Refusal{
		ID: "cluster-name", Code: "InvalidParameter", Target: "resourceName", Knowledge: AzuresCode,
		Message: "The value of parameter resourceName is invalid: %q must match %s.",
		When:    "The cluster's name has more than 63 characters, or others than letters, digits, - and _.",
		Source:  "azure-facts 11.1; code as in Azure/AKS issue 3300",
	})
	refuseAKSDNSPrefixMissing = row(Refusal{
		ID: "cluster-dns-prefix-missing", Code: "InvalidParameter", Target: "dnsPrefix", Knowledge: AzuresCode,
		Message: "Required parameter dnsPrefix is missing (null).",
		When:    "The cluster has no dnsPrefix.",
		Source:  "frame of Azure/ARO-HCP pull request 629; that it is used for dnsPrefix is inferred",
	})
	refuseAKSDNSPrefix = row(Refusal{
		ID: "cluster-dns-prefix", Code: "InvalidParameter", Target: "dnsPrefix", Knowledge: AzuresCode,
		Message: "The value of parameter dnsPrefix is invalid: %q must match %s.",
		When:    "The dnsPrefix has more than 54 characters, others than letters, digits and -, or - at an end.",
		Source:  "azure-facts 11.1; code as in Azure/AKS issue 3300",
	})
	refuseAKSNodeResourceGroupName = row(Refusal{
		ID: "cluster-node-resource-group-name", Code: "InvalidParameter", Target: "nodeResourceGroup",
		Knowledge: LabsWords,
		Message:   "The node resource group's name %q has %d characters; 80 are allowed.",
		When:      "The name of the node resource group, given or the default MC_<group>_<cluster>_<region>, is too long.",
		Source:    "azure-facts 11.1 (unverified there); Azure/telescope pull request 1056",
	})
	refuseAKSNodeResourceGroupExists = row(Refusal{
		ID: "cluster-node-resource-group-exists", Code: "NodeResourceGroupAlreadyExists",
		Message: "Node resource group '%s' under subscription '%s' already exists, please provide a new one.",
		When:    "A new cluster's node resource group exists already.",
		Source:  "hashicorp/terraform-provider-azurerm issue 7562; EC",
	})
	refuseAKSNodeResourceGroupSame = row(Refusal{
		ID: "cluster-node-resource-group-same", Code: "NodeResourceGroupSameAsResourceGroup",
		Message: "Node resource group '%s' is the same as ResourceGroup '%s', which is not allowed, please provide a " +
			"different node resource group.",
		When:   "A new cluster's node resource group is its own resource group.",
		Source: "Azure/azure-cli issue 27215; EC",
	})
	refuseAKSOverlayNames = row(Refusal{
		ID: "cluster-overlay-names", Code: "InvalidParameter", Target: "agentPoolProfile.vnetSubnetID",
		Knowledge: LabsWords,
		Message: "Network plugin mode overlay allows 63 characters in the names of resource group, virtual network and " +
			"subnet: %q has %d.",
		When:   "An overlay cluster's subnet, virtual network or their resource group has a name of more than 63 characters.",
		Source: "azure-facts 11.1",
	})
)

// Agent pools (azure-facts 11.1, 11.3).
var (
	refuseAKSPoolsMissing = row(Refusal{
		ID: "cluster-pools-missing", Code: "InvalidParameter", Target: "agentPoolProfiles",
		Message: "Required parameter agentPoolProfiles is missing (null).",
		When:    "The cluster has no agent pool.",
		Source:  "Azure/ARO-HCP pull request 629",
	})
	refuseAKSTooManyPools = row(Refusal{
		ID: "cluster-too-many-pools", Code: "InvalidParameter", Target: "agentPoolProfiles", Knowledge: LabsWords,
		Message: "The cluster has %d agent pools; %d are allowed.",
		When:    "The cluster has more than 100 agent pools.",
		Source:  "azure-facts 11.3",
	})
	refuseAKSPoolName = row(Refusal{
		ID: "cluster-pool-name", Code: "InvalidParameter", Target: "agentPoolProfile.name",
		Message: "The value of parameter agentPoolProfile.name is invalid. Please see https://aka.ms/aks-naming-rules " +
			"for more details.",
		When:   "An agent pool's name is not 1 to 12 lower-case letters and digits that begin with a letter.",
		Source: "azure-facts 11.1; Azure/AKS issue 3300",
	})
	refuseAKSPoolNameTwice = row(Refusal{
		ID: "cluster-pool-name-twice", Code: "InvalidParameter", Target: "agentPoolProfile.name", Knowledge: LabsWords,
		Message: "The agent pool name %q is used twice.",
		When:    "Two agent pools of a cluster have the same name.",
		Source:  "azure-facts 11.1: an agent pool is a resource of this name below the cluster",
	})
	refuseAKSVMSizeMissing = row(Refusal{
		ID: "cluster-vm-size-missing", Code: "InvalidParameter", Target: "agentPoolProfile.vmSize",
		Knowledge: AzuresCode,
		Message:   "Required parameter agentPoolProfile.vmSize is missing (null) in agent pool '%s'.",
		When:      "An agent pool has no vmSize.",
		Source:    "frame of Azure/ARO-HCP pull request 629",
	})
	refuseAKSSystemPoolSize = row(Refusal{
		ID: "cluster-system-pool-vm-size", Code: "SystemPoolSkuTooLow",
		Message: "System node pool must use VM sku with more than 2 cores and 4GB memory. Nodepool name: %s.",
		When: "A system pool has a VM size with one vCPU. Azure knows all sizes; the lab knows the small ones by name " +
			"and takes any other.",
		Source: "azure-facts 11.3; MicrosoftDocs/azure-dev-docs issue 213",
	})
	refuseAKSPoolMode = row(Refusal{
		ID: "cluster-pool-mode", Code: "InvalidParameter", Target: "agentPoolProfile.mode", Knowledge: LabsWords,
		Message: "The mode of agent pool '%s' is System or User (got %q).",
		When:    "An agent pool's mode is neither System nor User.",
		Source:  "azure-facts 11.3",
	})
	refuseAKSNoSystemPool = row(Refusal{
		ID: "cluster-no-system-pool", Code: "MustDefineAtLeastOneSystemPool",
		Message: "Must define at least one system pool.",
		When:    "No agent pool has the mode System, which is not the default.",
		Source:  "Azure/AKS issue 1568; EC",
	})
	refuseAKSPoolCount = row(Refusal{
		ID: "cluster-pool-count", Code: "InvalidParameter", Target: "agentPoolProfile.count",
		Message: "agentPoolProfile.count was %d. It must be greater or equal to minCount:%d and less than or equal to " +
			"maxCount:1000. If allowedMinCount was expected to be 0 but is 1: 1) The nodepool is a VMAS pool. 2) api " +
			"Version is less than 2020-03-01. 3) The node is a system pool.",
		When: "A system pool has no node, or a pool has more than 1000.",
		Source: "azure-facts 11.3; text from kubernetes-sigs/cluster-api-provider-azure issue 5947, which lacks the code: " +
			"inferred from Azure/AKS issue 3300",
	})
	refuseAKSClusterNodes = row(Refusal{
		ID: "cluster-too-many-nodes", Code: "InvalidParameter", Target: "agentPoolProfile.count", Knowledge: LabsWords,
		Message: "The cluster has %d nodes; %d are allowed.",
		When:    "The cluster has more than 5000 nodes.",
		Source:  "azure-facts 11.3",
	})
	refuseAKSKubenetNodes = row(Refusal{
		ID: "cluster-too-many-kubenet-nodes", Code: "ValidationError", Subcode: "KubenetNodeCountTotalExceedsLimit",
		Message: "Cluster's upper limit node count is %d which exceeds the limit for Kubenet %d. If Autoscaler is enabled, " +
			"the max-count from each nodepool is counted towards this total. https://aka.ms/aks/kubenet-networking-overview",
		When:   "A cluster with network plugin kubenet has more than 400 nodes.",
		Source: "azure-facts 11.3; kubernetes-sigs/cloud-provider-azure pull request 4158",
	})
	refuseAKSFewPodsPerNode = row(Refusal{
		ID: "cluster-few-pods-per-node", Code: "InsufficientMaxPods", Target: "agentPoolProfile.maxPods",
		Knowledge: AzuresCode,
		Message:   "Agent pool '%s' has maxPods %d; at least %d are needed.",
		When:      "maxPods is less than 10.",
		Source:    "azure-facts 11.3; EC",
	})
	refuseAKSManyPodsPerNode = row(Refusal{
		ID: "cluster-many-pods-per-node", Code: "MaxPodsLimitExceeded", Target: "agentPoolProfile.maxPods",
		Knowledge: AzuresCode,
		Message:   "Agent pool '%s' has maxPods %d; %d are allowed.",
		When:      "maxPods is more than 250.",
		Source:    "azure-facts 11.3; EC",
	})
	refuseAKSFewPodsPerPool = row(Refusal{
		ID: "cluster-few-pods-per-pool", Code: "InsufficientAgentPoolMaxPodsPerAgentPool",
		Target: "agentPoolProfile.maxPods", Knowledge: AzuresCode,
		Message: "Agent pool '%s' has room for %d pods on %d nodes; it needs room for 30.",
		When:    "All nodes of a pool together can run fewer than 30 pods.",
		Source:  "azure-facts 11.3; EC",
	})
	refuseAKSMaxSurge = row(Refusal{
		ID: "cluster-max-surge", Code: "InvalidParameter", Target: "agentPoolProfile.upgradeSettings.maxSurge",
		Knowledge: LabsWords,
		Message:   "maxSurge of agent pool '%s' is a positive number or a percentage from 1%% to 100%% (got %q).",
		When:      "maxSurge is no positive number and no percentage from 1% to 100%.",
		Source:    "azure-facts 2.3; Azure/azure-cli-extensions pull request 1752",
	})
	refuseAKSClusterQuota = row(Refusal{
		ID: "cluster-quota", Code: "ManagedClusterCountExceedsQuotaLimit", Knowledge: AzuresCode,
		Message: "Region %s has %d managed clusters of this subscription; the quota is %d.",
		When:    "One cluster more than the region's quota is created. Azure's quota can be raised; the lab has the default.",
		Source:  "azure-facts 11.3, which has the number 100 with medium confidence; 13",
	})
)

// Versions and changes.
var (
	refuseAKSVersion = row(Refusal{
		ID: "cluster-version", Code: "K8sVersionNotSupported",
		Message: "Managed cluster %s is on version %s which is not supported in this region. Please use [az aks " +
			"get-versions] command to get the supported version list in this region. For more information, please check " +
			"https://aka.ms/supported-version-list",
		When:   "The region does not offer the Kubernetes version. The lab's region has a fixed list.",
		Source: "pulumi/pulumi-azure-native pull request 3550; SA",
	})
	refuseAKSUpgrade = row(Refusal{
		ID: "cluster-upgrade", Code: "OperationNotAllowed",
		Message: "Upgrading Kubernetes version %s to %s is not allowed. Available upgrades: [%s]. Please see " +
			"https://aka.ms/aks-supported-k8s-ver for version details.",
		When:   "The new Kubernetes version is older than the running one, or skips a minor version.",
		Source: "SA (aks-upgrade-blocked); the end of the text, a link there, is inferred",
	})
	refuseAKSPropertyChange = row(Refusal{
		ID: "cluster-property-changed", Code: "PropertyChangeNotAllowed",
		Message: "Changing property '%s' is not allowed.",
		When: "dnsPrefix, nodeResourceGroup, network plugin, service, DNS or pod addresses, enablePrivateCluster, or a " +
			"pool's subnet, maxPods, zones or disk would change on a living cluster. azure-native replaces the cluster for " +
			"most of them before Azure is asked.",
		Source: "Azure/AKS issues 695 and 409; azure-facts 1.6 for subnets",
	})
	refuseAKSPoolIntroduced = row(Refusal{
		ID: "cluster-pool-introduced", Code: "BadRequest", Target: "agentPoolProfiles",
		Message: "A new agent pool was introduced. Adding agent pools to an existing cluster is not allowed through " +
			"managed cluster operations. For agent pool specific change, please use per agent pool operations: " +
			"https://aka.ms/agent-pool-rest-api",
		When: "agentPoolProfiles of a living cluster names a pool that it does not have. A pool is added as a resource of " +
			"its own, AgentPool.",
		Source: "pulumi/pulumi-azure-nextgen issue 168; pulumi/pulumi-azure-native issue 2719",
	})
	refuseAKSVMSizeChange = row(Refusal{
		ID: "cluster-vm-size-changed", Code: "PropertyChangeNotAllowed", Target: "agentPoolProfile.vmSize",
		Message: `Changing property "agentPoolProfile.vmSize" is not allowed in an api-version before "2026-01-02-preview".`,
		When:    "An agent pool's VM size would change.",
		Source:  "Azure/bicep-registry-modules issue 7130",
	})
	refuseAKSIssuerDisabled = row(Refusal{
		ID: "cluster-oidc-issuer-disabled", Code: "OIDCIssuerFeatureCannotBeDisabled",
		Message: "OIDC issuer feature cannot be disabled.",
		When:    "oidcIssuerProfile.enabled becomes false on a cluster that has the issuer.",
		Source:  "Azure/AKS-Construction issue 531",
	})
	refuseAKSOutboundMove = row(Refusal{
		ID: "cluster-outbound-type-changed", Code: "UpdatingOutboundTypeNotAllowed",
		Target: "networkProfile.outboundType", Knowledge: AzuresCode,
		Message: "Updating outbound type from %s to %s is not allowed: %s. Please see " +
			"https://aka.ms/aks/outboundtype for more details.",
		When:   "The outbound type would change in a way that Azure does not make in place.",
		Source: "azure-facts 1.4 (EC), 1.6",
	})
)
