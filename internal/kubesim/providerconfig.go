package kubesim

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"k8s.io/client-go/tools/clientcmd"
	clientapi "k8s.io/client-go/tools/clientcmd/api"
)

// providerKeys are the provider's inputs that are understood, or that change nothing here.
var providerKeys = map[resource.PropertyKey]bool{
	"kubeconfig": true, "clusterIdentifier": true, "namespace": true, "context": true, "cluster": true,
	"enableConfigMapMutable": true, "enableSecretMutable": true, "deleteUnreachable": true, "skipUpdateUnreachable": true,
	"enableServerSideApply": true, "suppressDeprecationWarnings": true, "suppressHelmHookWarnings": true,
	"kubeClientSettings": true, "version": true, "pluginDownloadURL": true,
}

// instance is one configured provider.
type instance struct {
	unknown     bool   // a kubeconfig that is not known yet: everything previews as it is
	unreachable string // why no API server answers; empty if one does
	cluster     Cluster
	url, server string // of the API server; server is the host name
	port        uint16
	namespace   string // for objects that name none

	configMapMutable, secretMutable          bool
	deleteUnreachable, skipUpdateUnreachable bool
}

// CheckConfig refuses what is not simulated, by name.
func (p *provider) CheckConfig(
	_ context.Context, req plugin.CheckConfigRequest,
) (plugin.CheckConfigResponse, error) {
	var failures []plugin.CheckFailure
	for _, name := range req.News.StableKeys() {
		if !providerKeys[name] && !strings.HasPrefix(string(name), "__") {
			failures = append(failures, plugin.CheckFailure{Property: name, Reason: "not simulated"})
		}
	}
	if value := plainText(req.News["enableServerSideApply"]); value == "false" {
		failures = append(failures, plugin.CheckFailure{
			Property: "enableServerSideApply", Reason: "client-side apply is not simulated",
		})
	}
	return plugin.CheckConfigResponse{Properties: req.News, Failures: failures}, nil
}

// DiffConfig replaces the provider, and with it every object, when the cluster is another one. A cluster is known by
// its clusterIdentifier, if both sides have one; else by the server in the kubeconfig.
func (p *provider) DiffConfig(
	_ context.Context, req plugin.DiffConfigRequest,
) (plugin.DiffConfigResponse, error) {
	olds, news := req.OldInputs, req.NewInputs
	var changed []resource.PropertyKey
	if diff := withoutSecrets(olds).Diff(withoutSecrets(news)); diff != nil {
		changed = diff.ChangedKeys()
	}
	changed = slices.DeleteFunc(changed, func(name resource.PropertyKey) bool {
		return name == "version" || name == "pluginDownloadURL"
	})
	if len(changed) == 0 {
		return plugin.DiffResult{Changes: plugin.DiffNone}, nil
	}
	slices.Sort(changed)
	result := plugin.DiffResult{Changes: plugin.DiffSome, ChangedKeys: changed}
	if anotherCluster(olds, news) {
		result.ReplaceKeys = changed
	}
	return result, nil
}

func anotherCluster(olds, news resource.PropertyMap) bool {
	before, after := plainText(olds["clusterIdentifier"]), plainText(news["clusterIdentifier"])
	if before != "" && after != "" {
		return before != after
	}
	for _, name := range []resource.PropertyKey{"kubeconfig", "context", "cluster"} {
		if isUnknown(news[name]) {
			return true
		}
	}
	was, is := activeCluster(olds), activeCluster(news)
	return was != nil && is != nil && !reflect.DeepEqual(was, is)
}

// activeCluster is the cluster that a provider's inputs choose; nil if there is none.
func activeCluster(inputs resource.PropertyMap) *clientapi.Cluster {
	config, err := clientcmd.Load([]byte(plainText(inputs["kubeconfig"])))
	if err != nil {
		return nil
	}
	name := plainText(inputs["cluster"])
	if name == "" {
		current := config.CurrentContext
		if chosen := plainText(inputs["context"]); chosen != "" {
			current = chosen
		}
		if active := config.Contexts[current]; active != nil {
			name = active.Cluster
		}
	}
	return config.Clusters[name]
}

// Configure connects an instance to its cluster. It never fails on a cluster that is not there: as with the real
// provider the operations do.
func (p *provider) Configure(
	ctx context.Context, req plugin.ConfigureRequest,
) (plugin.ConfigureResponse, error) {
	inputs := req.Inputs
	i := &instance{
		namespace:         plainText(inputs["namespace"]),
		configMapMutable:  plainText(inputs["enableConfigMapMutable"]) == "true",
		secretMutable:     plainText(inputs["enableSecretMutable"]) == "true",
		deleteUnreachable: option(inputs["deleteUnreachable"], "PULUMI_K8S_DELETE_UNREACHABLE"),

		skipUpdateUnreachable: option(inputs["skipUpdateUnreachable"], "PULUMI_K8S_SKIP_UPDATE_UNREACHABLE"),
	}
	if inputs["kubeconfig"].ContainsUnknowns() {
		i.unknown = true
	} else {
		i.configure(inputs)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.instances[peerOf(ctx)] = i
	p.latest = i
	return plugin.ConfigureResponse{}, nil
}

// option is a provider's input, or without one the environment variable that stands for it.
func option(input resource.PropertyValue, variable string) bool {
	if input.HasValue() {
		return plainText(input) == "true"
	}
	return os.Getenv(variable) == "true"
}

// configure reads the kubeconfig. Credentials in it are not checked: the simulated API server trusts everybody.
func (i *instance) configure(inputs resource.PropertyMap) {
	text := plainText(inputs["kubeconfig"])
	if text == "" {
		i.unreachable = "unable to load Kubernetes client configuration from kubeconfig file: " +
			"no kubeconfig is given, and the simulation uses no other"
		return
	}
	config, err := clientcmd.Load([]byte(text))
	if err != nil {
		i.unreachable = fmt.Sprintf("failed to parse kubeconfig data in `kubernetes:config:kubeconfig`- %v", err)
		return
	}
	client := clientcmd.NewDefaultClientConfig(*config, &clientcmd.ConfigOverrides{
		Context:        clientapi.Context{Cluster: plainText(inputs["cluster"]), Namespace: i.namespace},
		CurrentContext: plainText(inputs["context"]),
	})
	rest, err := client.ClientConfig()
	if err != nil {
		i.unreachable = fmt.Sprintf("unable to load Kubernetes client configuration from kubeconfig file: %v", err)
		return
	}
	if namespace, _, err := client.Namespace(); err == nil {
		i.namespace = namespace
	}
	server, err := url.Parse(rest.Host)
	if err != nil {
		i.unreachable = fmt.Sprintf("unable to load Kubernetes client configuration from kubeconfig file: %v", err)
		return
	}
	i.url, i.server, i.port = strings.TrimSuffix(rest.Host, "/"), server.Hostname(), httpsPort
	if port, err := strconv.ParseUint(server.Port(), 10, 16); err == nil {
		i.port = uint16(port)
	}
}

// reach asks whether the API server answers now; clusters come and go between two operations, and so do ways to them.
func (i *instance) reach(k *Kubernetes) {
	if i.server == "" {
		return
	}
	var err error
	if i.cluster, err = k.Reach(i.server, i.port); err != nil {
		i.unreachable = fmt.Sprintf(
			"unable to load schema information from the API server: Get \"%s/openapi/v2?timeout=32s\": %v", i.url, err)
	}
}
