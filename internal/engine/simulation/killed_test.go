package simulation_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/internal/engine"
	"aks-egress/internal/engine/simulation"
	"aks-egress/internal/program"
)

// childVariable makes the test binary a lab run of "up": folder, stack, and the type of resource after whose creation
// it kills itself, or nothing.
const childVariable = "SIMULATION_TEST_CHILD"

func TestMain(m *testing.M) {
	if arguments := os.Getenv(childVariable); arguments != "" {
		parts := strings.Split(arguments, "|")
		if err := runUntilKilled(parts[0], parts[1], parts[2]); err != nil {
			panic(err)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// dying is a provider whose process is killed after the cloud made a resource of a type, before the engine hears of it.
type dying struct {
	plugin.Provider
	resourceType string
}

func (d dying) Create(ctx context.Context, request plugin.CreateRequest) (plugin.CreateResponse, error) {
	response, err := d.Provider.Create(ctx, request)
	dies := d.resourceType != "" && strings.HasSuffix(string(request.Type), ":"+d.resourceType)
	if dies && err == nil && !request.Preview {
		self, err := os.FindProcess(os.Getpid())
		if err == nil {
			err = self.Kill()
		}
		if err != nil {
			panic(err)
		}
		select {}
	}
	return response, err
}

type dyingCloud struct {
	engine.Cloud
	resourceType string
}

func (c dyingCloud) Providers() map[string]plugin.Provider {
	providers := c.Cloud.Providers()
	for name, provider := range providers {
		providers[name] = dying{provider, c.resourceType}
	}
	return providers
}

func options(directory string) (engine.Options, error) {
	project, err := engine.FindProject(".")
	return engine.Options{
		Project: project, Dir: directory, Program: program.Deploy, Cloud: simulation.Open,
		CLI: func(ctx context.Context) (string, error) {
			return engine.FindCLI(ctx, project, filepath.Join(directory, "cache"), nil)
		},
	}, err
}

func runUntilKilled(directory, stack, resourceType string) error {
	o, err := options(directory)
	if err != nil {
		return err
	}
	o.Cloud = func(path string) (engine.Cloud, error) {
		cloud, err := simulation.Open(path)
		return dyingCloud{cloud, resourceType}, err
	}
	s, err := engine.Open(context.Background(), stack, o)
	if err != nil {
		return err
	}
	s.Up(context.Background())
	return s.Close()
}

// child is a lab run in a process of its own.
func child(t *testing.T, directory, stack, resourceType string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	command := exec.CommandContext(t.Context(), self)
	command.Env = append(os.Environ(), childVariable+"="+strings.Join([]string{directory, stack, resourceType}, "|"))
	return command
}

func TestKilledRun_TheNextUpContinues(t *testing.T) {
	t.Parallel()
	for _, resourceType := range []string{
		"FirewallPolicyRuleCollectionGroup", "VirtualNetworkPeering", "RoleAssignment", "ManagedCluster",
		"Namespace", "StatefulSet",
	} {
		t.Run(resourceType, func(t *testing.T) {
			t.Parallel()
			directory := t.TempDir()
			output, err := child(t, directory, "udr", resourceType).CombinedOutput()
			require.Error(t, err, "it was killed")
			require.Empty(t, string(output))

			o, err := options(directory)
			require.NoError(t, err)
			var told strings.Builder
			o.Progress = engine.NewProgress(&told, false)
			s, err := engine.Open(t.Context(), "udr", o)
			require.NoError(t, err)
			up := s.Up(t.Context())
			assert.Empty(t, up.Errors)
			assert.Equal(t, true, up.Outputs["egressVerified"])
			assert.Zero(t, up.Changes["update"]+up.Changes["replace"]+up.Changes["delete"], "what was adopted is right")
			assert.Contains(t, told.String(), "was created: adopted into the state")
			assert.Empty(t, s.Destroy(t.Context()).Errors, "nothing was orphaned")
			require.NoError(t, s.Close())
		})
	}
}
