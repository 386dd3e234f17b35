package azcli

import (
	"fmt"

	"aks-egress/internal/azuresim"
)

// UsageError is a command line that az itself, or its interpreter here, does not accept. Nothing was sent to Azure.
type UsageError struct{ text string }

func (e *UsageError) Error() string { return e.text }

// usage is a *UsageError about a command.
func (c *command) usage(format string, values ...any) error {
	return &UsageError{"az " + c.name + ": " + fmt.Sprintf(format, values...)}
}

// RefusedError is a refusal of Azure.
type RefusedError struct {
	azuresim.Answer
	err error
}

// Error has the shape in which az prints it (ODataV4Format of azure-core).
func (e *RefusedError) Error() string {
	text := fmt.Sprintf("(%s) %s\nCode: %s\nMessage: %s", e.Code, e.Message, e.Code, e.Message)
	if e.Target != "" {
		text += "\nTarget: " + e.Target
	}
	return text
}

// Unwrap is the error of the simulation.
func (e *RefusedError) Unwrap() error { return e.err }

// explain makes a refusal a *RefusedError and leaves other errors alone.
func explain(err error) error {
	if answer, ok := azuresim.Refused(err); ok {
		return &RefusedError{answer, err}
	}
	return err
}
