package topology

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// ErrNotADeployment says that a file is not what `pulumi stack export` writes.
var ErrNotADeployment = errors.New("not what `pulumi stack export` writes")

// FromDeployment reads the azure-native resources from what `pulumi stack export` writes. Resources that wait for
// deletion or have no id yet are left out. The error wraps ErrNotADeployment, or is the reader's.
func FromDeployment(r io.Reader) ([]Resource, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("reading the deployment: %w", err)
	}
	var file struct {
		Deployment *struct {
			Resources []struct {
				Type    string         `json:"type"`
				ID      string         `json:"id"`
				Delete  bool           `json:"delete"`
				Outputs map[string]any `json:"outputs"`
			} `json:"resources"`
		} `json:"deployment"`
		Checkpoint json.RawMessage `json:"checkpoint"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("deployment: %w: %w", ErrNotADeployment, err)
	}
	if file.Deployment == nil {
		hint := "there is no `deployment` in it"
		if file.Checkpoint != nil {
			hint = "it is a checkpoint of the state backend; export the stack instead"
		}
		return nil, fmt.Errorf("deployment: %w: %s", ErrNotADeployment, hint)
	}
	var out []Resource
	for _, res := range file.Deployment.Resources {
		if !strings.HasPrefix(res.Type, "azure-native:") || res.Delete || res.ID == "" {
			continue
		}
		out = append(out, Resource{Type: res.Type, ID: res.ID, Properties: res.Outputs})
	}
	return out, nil
}
