package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aks-egress/internal/program"
)

// programName is the name by which the test binary is the program of the clone, as main.go is.
const programName = "aks-egress"

// TestMain makes the test binary the programs that documents run, by the name that it is started with: linking the lab
// or the program once more would take longer than all of a document.
func TestMain(m *testing.M) {
	switch strings.TrimSuffix(filepath.Base(os.Args[0]), ".exe") {
	case "lab":
		os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
	case "pulumi-language-go":
		os.Exit(serveLanguage(os.Args[1:]))
	case programName:
		pulumi.Run(program.Deploy)
		return
	}
	os.Exit(m.Run())
}
