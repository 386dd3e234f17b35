package engine

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Outputs answers a stack's outputs as the last operation left them, without running or locking anything. It fails with
// *UnknownStackError, or ErrNotDeployed when there is nothing to show.
func Outputs(name string, options Options) Result {
	f, err := inspect(name, options)
	if err != nil {
		return Failed(err)
	}
	state, err := readState(f.stateFile(options.Project.Name, name))
	if err != nil {
		return Failed(err)
	}
	result := newResult()
	result.OK, result.Outputs = true, stackOutputs(state)
	return result
}

// Settings is the file of a deployed stack's settings as the last operation had them, be it a preview: the user's stack
// file with the overrides of that run.
func Settings(name string, options Options) (string, error) {
	f, err := inspect(name, options)
	if err != nil {
		return "", err
	}
	return filepath.Join(f.work(), stackFileName(name)), nil
}

// Export writes a stack's state as `pulumi stack export` does: secrets stay encrypted.
func Export(ctx context.Context, name string, options Options, out io.Writer) error {
	f, err := inspect(name, options)
	if err != nil {
		return err
	}
	cli, err := options.CLI(ctx)
	if err != nil {
		return err
	}
	environment := []string{"PULUMI_HOME=" + f.home()}
	for key, value := range cliVariables(f, "") {
		environment = append(environment, key+"="+value)
	}
	pulumi := &command{path: cli, kill: options.Kill}
	stdout, stderr, _, err := pulumi.Run(ctx, f.work(), nil, nil, nil, environment,
		"stack", "export", "--stack", fullName(options.Project, name))
	if err != nil {
		return fmt.Errorf("stack %s: %s", name, cliProblem(stderr, err))
	}
	_, err = io.Copy(out, strings.NewReader(stdout))
	return err
}

// inspect is the folder of a stack that has resources.
func inspect(name string, options Options) (folder, error) {
	if _, err := options.Project.StackFile(name); err != nil {
		return "", err
	}
	directory, err := filepath.Abs(options.Dir)
	if err != nil {
		return "", folderError(err)
	}
	f := folder(filepath.Join(directory, name))
	state, err := readState(f.stateFile(options.Project.Name, name))
	if err != nil {
		return "", err
	}
	if state == nil || len(state.Resources) == 0 {
		return "", fmt.Errorf("stack %s: %w in %s: run up first", name, ErrNotDeployed, f)
	}
	if _, err := os.Stat(f.work()); err != nil {
		return "", folderError(err)
	}
	return f, nil
}
