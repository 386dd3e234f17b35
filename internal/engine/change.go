package engine

import (
	"context"
	"errors"
	"fmt"
)

// Change lets f change the simulated cloud of a deployed stack behind Pulumi's back: Pulumi and its state take no part,
// and the Pulumi CLI is not needed. While f runs the stack is locked for others. It fails with *UnknownStackError,
// ErrNotDeployed, *LockedError, or with what f answers.
func Change(ctx context.Context, name string, options Options, f func(Cloud) error) (err error) {
	stackFolder, err := inspect(name, options)
	if err != nil {
		return err
	}
	lock, err := lockStack(ctx, name, stackFolder, options.Progress)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.release()) }()
	cloud, err := options.Cloud(stackFolder.cloud())
	if err != nil {
		return fmt.Errorf("stack %s: %w", name, err)
	}
	defer func() { err = errors.Join(err, cloud.Close()) }()
	return f(cloud)
}
