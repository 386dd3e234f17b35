package azuresim

import (
	"regexp"
	"slices"
	"strings"
)

const federatedCredentialToken = "azure-native:managedidentity:FederatedIdentityCredential"

// mostCredentials is how many federated credentials an identity can have (Entra docs, workload identity federation,
// important considerations).
const mostCredentials = 20

// credentialName is the rule for the names of federated credentials (bicep, Microsoft.ManagedIdentity).
var credentialName = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9-_]{2,119}$`)

// federatedCredentialKind is Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials: whose
// tokens of which issuer are taken for the identity.
func federatedCredentialKind() kind {
	return kind{
		token: federatedCredentialToken,
		path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers" +
			"/Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}" +
			"/federatedIdentityCredentials/{federatedIdentityCredentialResourceName}",
		autoname: "federatedIdentityCredentialResourceName",
		naming:   copiedName,
		put:      putFederatedCredential,
	}
}

func putFederatedCredential(op *operation, _, desired *Record) error {
	identity, ok := op.get(parentOf(desired.ID))
	if !ok {
		return refuseMissingParent.because(nameOf(parentOf(desired.ID)))
	}
	in := desired.Inputs
	if n := len(texts(in, "audiences")); n != 1 {
		return refuseAudiences.because(nameOf(desired.ID), n)
	}
	others := 0
	for _, other := range op.children(identity, federatedCredentialToken) {
		if sameID(other.ID, desired.ID) {
			continue
		}
		others++
		if text(other.Inputs, "issuer") == text(in, "issuer") && text(other.Inputs, "subject") == text(in, "subject") {
			return refuseSecondCredential.because(text(in, "issuer"), text(in, "subject"), nameOf(other.ID))
		}
	}
	if others >= mostCredentials {
		return refuseManyCredentials.because(identity.ID, mostCredentials)
	}
	desired.Outputs = answer(desired, "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials")
	delete(desired.Outputs, "provisioningState")
	return nil
}

// federated is the identity with this client id, if one of its credentials trusts the subject of the issuer for the
// audience. Entra compares all three with case; an issuer's last slash counts, too.
func federated(op *operation, clientID, issuer, subject, audience string) (identity *Record, trusted bool) {
	for _, r := range op.list(userAssignedIdentityToken) {
		if strings.EqualFold(text(r.Outputs, "clientId"), clientID) {
			identity = r
		}
	}
	if identity == nil {
		return nil, false
	}
	return identity, slices.ContainsFunc(op.children(identity, federatedCredentialToken), func(c *Record) bool {
		return text(c.Outputs, "issuer") == issuer && text(c.Outputs, "subject") == subject &&
			slices.Contains(texts(c.Outputs, "audiences"), audience)
	})
}
