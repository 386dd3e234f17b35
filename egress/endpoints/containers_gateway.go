package endpoints

// ApplicationGatewayForContainersSource is where the list of what the ALB Controller calls comes from, in its version
// of 2026-03-25.
const ApplicationGatewayForContainersSource = "https://learn.microsoft.com/azure/application-gateway/for-containers" +
	"/application-gateway-for-containers-components"

// ApplicationGatewayForContainers is what the ALB Controller pulls and calls from inside the cluster. Its Helm chart
// comes to whoever installs it, and so takes no rule.
func ApplicationGatewayForContainers() []Endpoint {
	return append(mcr(),
		https("management.azure.com", "ALB Controller reads the traffic controller and the nodes."),
		https("login.microsoftonline.com", "ALB Controller gets tokens from Microsoft Entra ID."),
		https("*.oic.prod-aks.azure.com", "Issuer of the cluster's workload identity tokens."),
		https("*.alb.azure.com", "ALB Controller configures Application Gateway for Containers."),
	)
}
