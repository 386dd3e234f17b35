package azuresim

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"time"
)

// Refusals that come from what Azure is doing at the moment, or from a fault plan (internal/faults).

var (
	refuseAnotherOperation = row(Refusal{
		ID: "another-operation-in-progress", Status: 409, Code: "AnotherOperationInProgress",
		Message: "Another operation on this or dependent resource is in progress. To retrieve status of the operation use " +
			"uri: https://management.azure.com/subscriptions/%s/providers/Microsoft.Network/locations/%s/operations/%s" +
			"?api-version=%s.",
		When: "A write in a virtual network (network, subnets, peerings) or in the tree of a firewall policy (policy, rule " +
			"collection groups, firewalls that use it) while another one runs there; azure-native tries it again.",
		Source: "azure-facts 5.4, 13; Azure/terraform-provider-azapi issue 503",
	})
	refuseClusterOperation = row(Refusal{
		ID: "cluster-operation-in-progress", Status: 409, Code: "OperationNotAllowed",
		Message: "Operation is not allowed: Another operation (%s) is in progress, please wait for it to finish before " +
			"starting a new operation. See https://aka.ms/aks-pending-operation for more details",
		When: "A write of a cluster while another one of the same cluster runs; azure-native does not try it again.",
		Source: "azure-facts 13; Azure/azure-workload-identity issue 417; " +
			"Azure/terraform-azurerm-avm-ptn-aks-production pull request 25",
	})
	refuseReferenceNotProvisioned = row(Refusal{
		ID: "referenced-resource-not-succeeded", Status: 429, Code: "RetryableError",
		//nolint:misspell // Azure's spelling
		Message: "A retryable error occured. (ReferencedResourceNotProvisioned: Cannot proceed with operation because " +
			"resource %s used by resource %s is not in Succeeded state. Resource is in %s state.)",
		When: "A network resource refers to another one that failed, or that is still being created or changed; " +
			"azure-native tries it again, and shows only the first sentence. The rest is in the answer's details.",
		Source: "azure-facts 13; hashicorp/terraform issue 7986",
	})
	refuseClusterNetworkNotProvisioned = row(Refusal{
		ID: "cluster-network-not-succeeded", Code: "VirtualNetworkNotInSucceededState", Knowledge: AzuresCode,
		Message: "%s of cluster %s is in state %s. Bring it to Succeeded first: write it again.",
		When:    "A cluster refers to a network resource that failed, or that is still being created or changed.",
		Source:  "azure-facts 13",
	})
	refuseGroupBeingDeleted = row(Refusal{
		ID: "resource-group-being-deleted", Status: 409, Code: "ResourceGroupBeingDeleted", Knowledge: AzuresCode,
		Message: "The resource group '%s' is being deleted and nothing can be created in it.",
		When:    "A write in a resource group whose deletion still runs.",
		Source:  "azure-facts 13",
	})
	refuseTooManyRequests = row(Refusal{
		ID: "too-many-requests", Status: 429, Code: "TooManyRequests", Knowledge: AzuresCode,
		Message: "Too many requests for subscription '%s'. Please try again after '%d' seconds.",
		When:    "The fault throttled, for a type that is not AKS's. The answer has a Retry-After.",
		Source:  "azure-facts 13",
	})
	refuseThrottled = row(Refusal{
		ID: "cluster-throttled", Status: 429, Code: "Throttled", Knowledge: AzuresCode,
		Message: "Too many requests for the AKS resource provider in subscription '%s'. Please try again after '%d' seconds.",
		When:    "The fault throttled, for clusters. The answer has a Retry-After.",
		Source:  "azure-facts 13",
	})
	refuseInternalError = row(Refusal{
		ID: "internal-server-error", Status: 500, Code: "InternalServerError",
		Message: "An error occurred.",
		When:    "The fault error: the request is not accepted.",
		Source:  "hashicorp/terraform-provider-azurerm issue 815",
	})
	refuseOperationFailed = row(Refusal{
		ID: "operation-failed", Status: 200, Code: "InternalServerError",
		Message: "An error occurred.",
		When: "The fault failed: the write was accepted and its operation ends with status Failed. The resource is there " +
			"with provisioning state Failed; a deleted one is still there.",
		Source: "hashicorp/terraform-provider-azurerm issues 815, and the status in coreos/tectonic-installer issue 1457",
	})
)

// retryAfter is the Retry-After header of answers that have one. Its length is the lab's.
var retryAfter = map[*Refusal]time.Duration{
	refuseTooManyRequests: 30 * time.Second,
	refuseThrottled:       30 * time.Second,
}

// alreadyRunning is the refusal of a write while another one runs in its scope.
func alreadyRunning(w armWrite, b busy) *armError {
	if w.pace.name == containerService {
		return refuseClusterOperation.because(b.state)
	}
	return anotherOperation(w)
}

func anotherOperation(w armWrite) *armError {
	id := sha256.Sum256([]byte(w.scopes[len(w.scopes)-1]))
	operation := fmt.Sprintf("%x-%x-%x-%x-%x", id[0:4], id[4:6], id[6:8], id[8:10], id[10:16])
	region := location(text(w.inputs, "location"))
	if region == "" {
		region = "westeurope" // of a child, whose location is its parent's
	}
	return refuseAnotherOperation.because(SubscriptionID, region, operation, operationVersion(w.token))
}

// operationVersion is the API version of a request as ARM writes it: v20240501 is 2024-05-01. A token without one
// means the SDK's default of Microsoft.Network, 2023-02-01 (azure-native.md, appendix).
func operationVersion(token string) string {
	version := apiVersion(token)
	if len(version) < len("v20240501") {
		return "2023-02-01"
	}
	return version[1:5] + "-" + version[5:7] + "-" + version[7:]
}

// notSucceeded is the refusal of a write that refers to a resource which is not usable.
func notSucceeded(w armWrite, referenced, state string) *armError {
	if w.pace.name == containerService {
		return refuseClusterNetworkNotProvisioned.because(referenced, w.id, state)
	}
	return refuseReferenceNotProvisioned.because(referenced, w.id, state)
}

// throttled is what a fault plan's 429 says.
func throttled(token string) *armError {
	r := refuseTooManyRequests
	if paces[unversioned(token)].name == containerService || strings.Contains(token, ":containerservice") {
		r = refuseThrottled
	}
	return r.because(SubscriptionID, int(retryAfter[r].Seconds()))
}
