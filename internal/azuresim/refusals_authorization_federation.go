package azuresim

// What Azure refuses of federated identity credentials.
var (
	refuseAudiences = row(Refusal{
		ID: "federated-credential-audiences", Code: "BadRequest",
		Message: "Federated credential %s needs exactly one audience (got %d).",
		When:    "A federated credential has no audience, or several.",
		Source:  "Microsoft Graph docs, federatedIdentityCredential (a single value)", Knowledge: LabsWords,
	})
	refuseSecondCredential = row(Refusal{
		ID: "federated-credential-exists", Code: "BadRequest",
		Message: "Issuer %s and subject %s are trusted by federated credential %s already.",
		When:    "Two federated credentials of one identity have the same issuer and subject.",
		Source:  "Microsoft Graph docs, federatedIdentityCredential (the combination is unique)", Knowledge: LabsWords,
	})
	refuseManyCredentials = row(Refusal{
		ID: "federated-credential-count", Code: "BadRequest",
		Message: "Identity %s has %d federated credentials, which is the most.",
		When:    "An identity gets more than 20 federated credentials.",
		Source:  "Entra docs, workload identity federation, important considerations", Knowledge: LabsWords,
	})
)
