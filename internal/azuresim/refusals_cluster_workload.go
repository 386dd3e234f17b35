package azuresim

// What AKS refuses of workload identity.
var (
	refuseAKSWorkloadIdentity = row(Refusal{
		ID: "cluster-workload-identity-issuer", Code: "BadRequest", Target: "properties.securityProfile.workloadIdentity",
		Message: "Workload identity needs the OIDC issuer: set oidcIssuerProfile.enabled.",
		When:    "A cluster has workload identity without an OIDC issuer.",
		Source:  "azure-cli (Enabling workload identity requires enabling OIDC issuer)", Knowledge: LabsWords,
	})
)
