package main

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// attendedVariable tells the test below that it is the command that serve runs.
const attendedVariable = "AKS_EGRESS_ATTENDED"

// serve gives its settings to a command, and ends as it ends; the command's environment is otherwise the caller's.
func TestServe_Command(t *testing.T) {
	t.Setenv("PULUMI_HOME", "kept")
	t.Setenv("PULUMI_BACKEND_URL", "https://not.this.one")
	t.Setenv(attendedVariable, "yes")
	self, err := os.Executable()
	require.NoError(t, err)
	directory := t.TempDir()
	code, stdout, stderr := call("serve", "--dir", directory, "--", self, "-test.run", "^TestServe_Attended$")
	assert.Equal(t, 7, code, stderr)
	assert.Equal(t, "attached, home kept\n", stdout)

	t.Setenv("PULUMI_HOME", "kept") // the engine has removed it from this process
	_, stdout, _ = call("serve", "--dir", directory, "--backend", "file://elsewhere", "--", self,
		"-test.run", "^TestServe_Attended$")
	assert.Equal(t, "attached, home kept\nelsewhere\n", stdout)

	code, _, stderr = call("serve", "--dir", directory, "--", "no-such-program")
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, stderr, "no-such-program")

	code, stdout, stderr = call("serve", "--dir", directory, "--", "go", "env", "GOVERSION")
	assert.Equal(t, exitFine, code, stderr)
	assert.Contains(t, stdout, "go1")
}

// TestServe_Attended is that command.
func TestServe_Attended(*testing.T) {
	if os.Getenv(attendedVariable) == "" {
		return
	}
	if strings.HasPrefix(os.Getenv("PULUMI_BACKEND_URL"), "file://") &&
		strings.Contains(os.Getenv("PULUMI_DEBUG_PROVIDERS"), "azure-native:") {
		os.Stdout.WriteString("attached, home " + os.Getenv("PULUMI_HOME") + "\n")
	}
	if os.Getenv("PULUMI_BACKEND_URL") == "file://elsewhere" {
		os.Stdout.WriteString("elsewhere\n")
	}
	os.Exit(7)
}
