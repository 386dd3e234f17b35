package kubesim

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// initError says that an object exists but did not become ready: the engine keeps it, with the reasons. Over gRPC it
// carries the object's state, because an error takes the place of the response.
type initError struct {
	init   *plugin.InitError
	status *status.Status
}

// newInitError makes an initError. Inputs are for reads only.
func newInitError(id resource.ID, reasons []string, outputs, inputs resource.PropertyMap) error {
	details := &pulumirpc.ErrorResourceInitFailed{Id: string(id), Reasons: reasons}
	var err error
	if details.Properties, err = plugin.MarshalProperties(outputs, marshalOptions); err != nil {
		return fmt.Errorf("%s: %w", id, err)
	}
	if inputs != nil {
		if details.Inputs, err = plugin.MarshalProperties(inputs, marshalOptions); err != nil {
			return fmt.Errorf("%s: %w", id, err)
		}
	}
	failed, err := status.New(codes.Unknown, reasons[0]).WithDetails(details)
	if err != nil {
		return fmt.Errorf("%s: %w", id, err)
	}
	return &initError{&plugin.InitError{Reasons: reasons}, failed}
}

// Error lists the reasons.
func (e *initError) Error() string { return e.init.Error() }

// Unwrap makes it a plugin.InitError for callers in the same process.
func (e *initError) Unwrap() error { return e.init }

// GRPCStatus is what callers over gRPC get.
func (e *initError) GRPCStatus() *status.Status { return e.status }
