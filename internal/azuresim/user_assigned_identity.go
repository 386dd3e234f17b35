package azuresim

import (
	"crypto/sha256"
	"fmt"
	"regexp"
	"strings"
)

const userAssignedIdentityToken = "azure-native:managedidentity:UserAssignedIdentity"

// userAssignedIdentityKind is Microsoft.ManagedIdentity/userAssignedIdentities (azure-native.md, appendix). Azure
// deletes an identity that a cluster still uses without a word, and so does this.
func userAssignedIdentityKind() kind {
	return kind{
		token: userAssignedIdentityToken,
		path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers" +
			"/Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}",
		autoname: "resourceName",
		naming:   randomName,
		replace:  []string{"location"},
		put: func(_ *operation, _, desired *Record) error {
			if name := nameOf(desired.ID); !identityName.MatchString(name) {
				return refuseIdentityName.because(name)
			}
			desired.Outputs = identityOutputs(desired.ID, text(desired.Inputs, "location"), desired.Inputs["tags"])
			return nil
		},
	}
}

// identityName is the rule for the names of user-assigned identities (az-docs resource-name-rules.md).
var identityName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{2,127}$`)

// identityOutputs is what Azure answers for a user-assigned identity.
func identityOutputs(id, region string, tags any) map[string]any {
	outputs := map[string]any{
		"name":        nameOf(id),
		"type":        "Microsoft.ManagedIdentity/userAssignedIdentities",
		"location":    location(region),
		"principalId": guid("principal", id),
		"clientId":    guid("client", id),
		"tenantId":    TenantID,
	}
	if tags != nil {
		outputs["tags"] = tags
	}
	return outputs
}

// principalExists tells whether an object id belongs to an identity: a user-assigned one, AKS's kubelet identities
// among them, or a cluster's system-assigned one. They are all service principals.
func principalExists(op *operation, principalID string) bool {
	for _, r := range op.list(userAssignedIdentityToken) {
		if strings.EqualFold(text(r.Outputs, "principalId"), principalID) {
			return true
		}
	}
	for _, r := range op.list(managedClusterToken) {
		if strings.EqualFold(text(r.Outputs, "identity", "principalId"), principalID) {
			return true
		}
	}
	return false
}

// guid is a UUID (version 4 in form) that depends on its parts only, compared without case.
func guid(parts ...string) string {
	h := sha256.Sum256([]byte(strings.ToLower(strings.Join(parts, "\x00"))))
	h[6], h[8] = h[6]&0x0f|0x40, h[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[0:4], h[4:6], h[6:8], h[8:10], h[10:16])
}

// hex8 is eight hexadecimal digits that depend on the parts only, as AKS puts them into names.
func hex8(parts ...string) string { return guid(parts...)[:8] }

// digits8 is eight decimal digits that depend on the parts only, as in aks-vnet-12345678.
func digits8(parts ...string) string {
	h := sha256.Sum256([]byte(strings.ToLower(strings.Join(parts, "\x00"))))
	n := uint32(h[0])<<24 | uint32(h[1])<<16 | uint32(h[2])<<8 | uint32(h[3])
	return fmt.Sprintf("%08d", n%100_000_000)
}
