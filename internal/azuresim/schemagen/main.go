// Command schemagen writes the property trees of the simulated resource types and invokes, read from the source of the
// azure-native Go SDK, so that the simulator knows every property without importing the SDK.
//
//	go run ./internal/azuresim/schemagen
//
// It is not a schema compiler: ranges, patterns and enums are not in the SDK and so not in its output.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	dir := filepath.Join("internal", "azuresim", "schema")
	if len(os.Args) > 1 {
		dir = os.Args[1]
	}
	for _, p := range packages {
		text, err := p.generate()
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, p.fileName()), text, 0o644)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}
