package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

const (
	secretText  = "[secret]"
	unknownText = "[unknown]"
)

// ErrNotDeployed says that nothing was deployed in this folder.
var ErrNotDeployed = errors.New("nothing is deployed")

// damagedStateError says that a file is no state: cut off, empty, or written over.
type damagedStateError struct {
	path string
	err  error
}

func (e *damagedStateError) Error() string {
	return fmt.Sprintf("state %s is damaged (%v): the next up restores it", e.path, e.err)
}

// readState is a stack's state as Pulumi's file backend keeps it, nil when there is none. It saves starting the CLI.
func readState(path string) (*apitype.DeploymentV3, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, folderError(err)
	}
	var file struct {
		Version    int                  `json:"version"`
		Checkpoint apitype.CheckpointV3 `json:"checkpoint"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, &damagedStateError{path, err}
	}
	if file.Version != apitype.DeploymentSchemaVersionCurrent {
		return nil, fmt.Errorf("state %s: version %d is not known (want %d)", path, file.Version,
			apitype.DeploymentSchemaVersionCurrent)
	}
	return file.Checkpoint.Latest, nil
}

// hasResources reports whether anything of a cloud is in a state, which may be nil. Outputs do not say so: a failed
// update drops them.
func hasResources(state *apitype.DeploymentV3) bool {
	return state != nil && slices.ContainsFunc(state.Resources, func(r apitype.ResourceV3) bool {
		return r.Custom && r.Type.Package() != "pulumi"
	})
}

// stackOutputs are the outputs in a state, with secrets masked.
func stackOutputs(state *apitype.DeploymentV3) map[string]any {
	if state != nil {
		for _, r := range state.Resources {
			if string(r.Type) == stackType && !r.Delete {
				return masked(r.Outputs).(map[string]any)
			}
		}
	}
	return map[string]any{}
}

// masked is a value of a state or an event with secrets and unknowns replaced by words.
func masked(value any) any {
	switch v := value.(type) {
	case map[string]any:
		switch v[resource.SigKey] {
		case resource.SecretSig:
			return secretText
		case resource.OutputValueSig:
			return unknownText
		}
		object := make(map[string]any, len(v))
		for key, element := range v {
			object[key] = masked(element)
		}
		return object
	case []any:
		list := make([]any, len(v))
		for i, element := range v {
			list[i] = masked(element)
		}
		return list
	case string:
		if v == unknownSentinel {
			return unknownText
		}
	}
	return value
}

// unknownSentinel stands for an unknown string in the engine's events (plugin.UnknownStringValue).
const unknownSentinel = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
