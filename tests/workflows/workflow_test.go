package workflows

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
)

// folder holds the workflows.
const folder = "../../.github/workflows"

// workflow is what these tests read of a workflow.
type workflow struct {
	Name        string            `yaml:"name"`
	On          map[string]any    `yaml:"on"`
	Permissions map[string]string `yaml:"permissions"`
	Jobs        map[string]job    `yaml:"jobs"`

	text string
}

type job struct {
	If          string            `yaml:"if"`
	RunsOn      string            `yaml:"runs-on"`
	Environment string            `yaml:"environment"`
	Timeout     int               `yaml:"timeout-minutes"`
	Permissions map[string]string `yaml:"permissions"`
	Env         map[string]string `yaml:"env"`
	Steps       []step            `yaml:"steps"`
}

type step struct {
	ID   string            `yaml:"id"`
	If   string            `yaml:"if"`
	Uses string            `yaml:"uses"`
	Run  string            `yaml:"run"`
	Env  map[string]string `yaml:"env"`
	With map[string]any    `yaml:"with"`
}

// workflows are all of them, by file name.
func workflows(t *testing.T) map[string]workflow {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.yml"))
	require.NoError(t, err)
	all := map[string]workflow{}
	for _, file := range files {
		all[filepath.Base(file)] = readWorkflow(t, file)
	}
	return all
}

func readWorkflow(t *testing.T, file string) workflow {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	w := workflow{text: strings.ReplaceAll(string(text), "\r\n", "\n")}
	require.NoError(t, yaml.Unmarshal([]byte(w.text), &w), file)
	return w
}

// permissions are those of a job's token: its own, or the workflow's.
func (w workflow) permissions(j job) map[string]string {
	if j.Permissions != nil {
		return j.Permissions
	}
	return w.Permissions
}
