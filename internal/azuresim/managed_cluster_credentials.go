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
		host, err := serverHost(cluster, text(args, "serverFqdn"))
		if err != nil {
			return nil, err
		}
		config := kubeconfig(cluster, user, host)
		return map[string]any{"kubeconfigs": []any{map[string]any{
			"name": user, "value": base64.StdEncoding.EncodeToString([]byte(config)),
		}}}, nil
	}
}

// serverHost is the API server's host name in a kubeconfig: of a private cluster the private one (azure-facts 7.2). Its
// public one, which stands for a private address, is not simulated.
func serverHost(cluster *Record, kind string) (string, error) {
	private := text(cluster.Outputs, "privateFQDN")
	switch {
	case private == "":
		return text(cluster.Outputs, "fqdn"), nil
	case kind == "":
		return private, nil
	}
	return "", fmt.Errorf("serverFqdn %s of private cluster %s: not simulated; leave it out", kind, nameOf(cluster.ID))
}

// kubeconfig is what a Kubernetes client needs. Its token proves nothing to anybody but the simulation.
func kubeconfig(cluster *Record, user, host string) string {
	name := nameOf(cluster.ID)
	login := fmt.Sprintf("%s_%s_%s", user, groupOf(cluster.ID), name)
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
