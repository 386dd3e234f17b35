// Command crdgen writes the custom resource definitions of the Gateway API that the simulated clusters know, from the
// Go module sigs.k8s.io/gateway-api of go.mod: run it at the root of the repository as
//
//	go run ./internal/kubesim/crdgen
//
// The files are those of the module's standard channel, without what nobody needs for a simulation: descriptions,
// managed fields and served versions other than v1. They are under the module's license, Apache 2.0.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"sigs.k8s.io/yaml"
)

const (
	module    = "sigs.k8s.io/gateway-api"
	directory = "internal/kubesim/crd"
)

// resources are the plural names of the kinds that the simulation knows.
var resources = []string{"gatewayclasses", "gateways", "httproutes"}

func main() {
	if err := generate(directory); err != nil {
		fmt.Fprintln(os.Stderr, "crdgen:", err)
		os.Exit(1)
	}
}

// generate writes one file for each kind.
func generate(directory string) error {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		return fmt.Errorf("go list -m %s: %w", module, err)
	}
	for _, resource := range resources {
		source := filepath.Join(strings.TrimSpace(string(out)), "config", "crd", "standard",
			"gateway.networking.k8s.io_"+resource+".yaml")
		text, err := os.ReadFile(source)
		if err != nil {
			return err
		}
		small, err := reduce(text)
		if err != nil {
			return fmt.Errorf("%s: %w", source, err)
		}
		if err := os.WriteFile(filepath.Join(directory, resource+".json"), small, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// reduce takes from a definition what nobody needs for a simulation.
func reduce(text []byte) ([]byte, error) {
	var crd map[string]any
	if err := yaml.Unmarshal(text, &crd); err != nil {
		return nil, err
	}
	spec := crd["spec"].(map[string]any)
	var versions []any
	for _, version := range spec["versions"].([]any) {
		if version.(map[string]any)["name"] == "v1" {
			versions = append(versions, version)
		}
	}
	spec["versions"] = versions
	delete(crd, "status")
	dropDescriptions(crd)
	return json.MarshalIndent(crd, "", " ")
}

// dropDescriptions removes the texts of a schema, but no property of that name.
func dropDescriptions(v any) {
	switch v := v.(type) {
	case map[string]any:
		if _, isText := v["description"].(string); isText {
			delete(v, "description")
		}
		for _, item := range v {
			dropDescriptions(item)
		}
	case []any:
		for _, item := range v {
			dropDescriptions(item)
		}
	}
}
