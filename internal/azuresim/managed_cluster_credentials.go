package azuresim

import (
	"encoding/base64"
	"fmt"
)

// managedClusterInvokes are the questions about a cluster's credentials, by token without API version. Their results
// are secrets.
func managedClusterInvokes() map[string]invoke {
	return map[string]invoke{
		"azure-native:containerservice:getManagedCluster":                  lookup(managedClusterToken),
		"azure-native:containerservice:listManagedClusterUserCredentials":  credentials("clusterUser"),
		"azure-native:containerservice:listManagedClusterAdminCredentials": credentials("clusterAdmin"),
	}
}

// credentials answers with one kubeconfig. With local accounts disabled there is only the user's, which then asks Entra
// ID.
func credentials(user string) invoke {
	return func(op *operation, args map[string]any) (map[string]any, error) {
		id := groupID(text(args, "resourceGroupName")) +
			"/providers/Microsoft.ContainerService/managedClusters/" + text(args, "resourceName")
		cluster, ok := op.get(id)
		if !ok {
			return nil, resourceNotFound(id)
		}
		static := user == "clusterAdmin" || object(cluster.Outputs, "aadProfile") == nil
		if flag(cluster.Outputs, "disableLocalAccounts") && static {
			return nil, refuseAKSStaticCredential.because()
		}
		config := kubeconfig(cluster, user)
		return map[string]any{"kubeconfigs": []any{map[string]any{
			"name": user, "value": base64.StdEncoding.EncodeToString([]byte(config)),
		}}}, nil
	}
}

// kubeconfig is what a Kubernetes client needs. Its server is the public host name of the API server, or the private
// one of a cluster without; its token proves nothing to anybody but the simulation.
func kubeconfig(cluster *Record, user string) string {
	name := nameOf(cluster.ID)
	login := fmt.Sprintf("%s_%s_%s", user, groupOf(cluster.ID), name)
	host := text(cluster.Outputs, "fqdn")
	if host == "" {
		host = text(cluster.Outputs, "privateFQDN")
	}
	token := undashed(guid("token", cluster.ID, user) + guid("token2", cluster.ID, user))
	return fmt.Sprintf(`apiVersion: v1
kind: Config
clusters:
- name: %[1]s
  cluster:
    server: https://%[2]s:443
contexts:
- name: %[1]s
  context:
    cluster: %[1]s
    user: %[3]s
current-context: %[1]s
users:
- name: %[3]s
  user:
    token: %[4]s
`, name, host, login, token)
}
