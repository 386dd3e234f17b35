package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Options say what to run and where.
type Options struct {
	Project *Project
	Dir     string            // state folder; each stack has a folder in it
	Config  map[string]string // overrides of the stack's settings, by full key
	Program pulumi.RunFunc
	Cloud   OpenCloud

	// CLI answers the path of the Pulumi CLI, as FindCLI does. It is asked last, because it may take minutes.
	CLI func(ctx context.Context) (string, error)
	// Validate judges the stack's merged settings, a Pulumi.<stack>.yaml, before anything starts; may be nil.
	Validate func(path string) error

	Display  io.Writer       // Pulumi's own progress display; nil: none
	Color    bool            // in Display
	Progress *Progress       // lines of the engine itself; nil: none
	Kill     <-chan struct{} // closed: the CLI is killed instead of waited for; may be nil
}

// Stack is one stack of a project, open for operations of this run.
type Stack struct {
	name    string
	options Options
	folder  folder
	lock    *stackLock
	journal *journal
	cloud   Cloud
	servers *servers
	command *command
	auto    auto.Stack

	full chan struct{} // closed when the disk is full
	fill sync.Once

	crashed chan struct{} // closed by Crash
	crash   sync.Once
}

// Open takes the stack's folder for this run, starts the simulated cloud and serves its providers. It fails with
// *UnknownStackError and *LockedError. The variables of real Azure, Kubernetes and Pulumi accounts are removed from the
// process's environment, for good: the program runs in this process.
func Open(ctx context.Context, name string, options Options) (*Stack, error) {
	if _, err := options.Project.StackFile(name); err != nil {
		return nil, err
	}
	isolateProcess()
	directory, err := stateFolder(options.Dir)
	if err != nil {
		return nil, err
	}
	options.Dir = directory
	s := &Stack{
		name: name, options: options, folder: folder(filepath.Join(directory, name)), crashed: make(chan struct{}),
		full: make(chan struct{}),
	}
	if err := s.open(ctx); err != nil {
		if ctx.Err() != nil {
			err = fmt.Errorf("stack %s: interrupted before anything was changed", name)
		}
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Stack) open(ctx context.Context) (err error) {
	if err := s.folder.create(); err != nil {
		return err
	}
	if s.lock, err = lockStack(ctx, s.name, s.folder, s.options.Progress); err != nil {
		return err
	}
	// Whoever holds our lock is alone: a lock of Pulumi's own was left by a killed run.
	if err := os.RemoveAll(s.folder.pulumiLocks()); err != nil {
		return folderError(err)
	}
	if err := writeSettings(s.options.Project, s.name, s.folder, s.options.Config); err != nil {
		return err
	}
	if err := s.validate(); err != nil {
		return err
	}
	if err := s.openCloud(); err != nil {
		return fmt.Errorf("stack %s: %w", s.name, err)
	}
	providers := s.cloud.Providers()
	for name, provider := range providers {
		providers[name] = &journaled{provider, s.journal}
	}
	if s.servers, err = serve(providers); err != nil {
		return fmt.Errorf("stack %s: %w", s.name, err)
	}
	return s.openWorkspace(ctx)
}

// openCloud opens the simulated cloud and the journal, which belong to a state that can be read.
func (s *Stack) openCloud() (err error) {
	if s.journal, err = openJournal(s.folder.journal()); err != nil {
		return s.explained(err)
	}
	if err := s.restoreState(); err != nil {
		return err
	}
	if err := s.checkCloud(); err != nil {
		return err
	}
	s.cloud, err = s.options.Cloud(s.folder.cloud())
	return s.explained(err)
}

func (s *Stack) validate() error {
	if s.options.Validate == nil {
		return nil
	}
	return s.options.Validate(filepath.Join(s.folder.work(), stackFileName(s.name)))
}

func (s *Stack) openWorkspace(ctx context.Context) error {
	cli, err := s.options.CLI(ctx)
	if err != nil {
		return err
	}
	s.command = &command{path: cli, lock: s.lock.forCLI, kill: s.options.Kill, crashed: s.crashed, full: s.full}
	local, err := auto.NewLocalWorkspace(ctx,
		auto.WorkDir(s.folder.work()),
		auto.PulumiHome(s.folder.home()),
		auto.Program(s.options.Program),
		auto.Pulumi(s.command),
		auto.EnvVars(cliVariables(s.folder, s.servers.attachment())),
	)
	if err != nil {
		return fmt.Errorf("stack %s: %w", s.name, err)
	}
	_, err = os.Stat(s.stateFile())
	s.auto, err = auto.UpsertStack(ctx, fullName(s.options.Project, s.name), &workspace{local, err == nil})
	if err != nil {
		return fmt.Errorf("stack %s: %w", s.name, err)
	}
	return nil
}

func (s *Stack) stateFile() string { return s.folder.stateFile(s.options.Project.Name, s.name) }

// fullName is a stack's name in a file backend, which has one organization.
func fullName(project *Project, stack string) string {
	return "organization/" + project.Name + "/" + stack
}

// Crash leaves on disk what a kill of this process and of the CLI would leave at this moment: nothing is written any
// more, and the CLI is dead. It is for simulated crashes, and may be called from a provider. Close is still to be
// called.
func (s *Stack) Crash() {
	s.crash.Do(func() {
		// Errors are of no interest: the files are left as they are.
		_ = s.cloud.Close()
		_ = s.journal.close()
		close(s.crashed)
	})
}

// Close ends the providers and gives the folder back.
func (s *Stack) Close() error {
	var problems []error
	if s.servers != nil {
		problems = append(problems, s.servers.stop())
	}
	if s.cloud != nil {
		problems = append(problems, s.cloud.Close())
	}
	if s.journal != nil {
		problems = append(problems, s.journal.close())
	}
	if s.lock != nil {
		problems = append(problems, s.lock.release())
	}
	return errors.Join(problems...)
}

// cliVariables are the settings of the CLI that belong to a stack's folder.
func cliVariables(f folder, attachment string) map[string]string {
	return map[string]string{
		"PULUMI_BACKEND_URL":                            f.backendURL(),
		"PULUMI_CONFIG_PASSPHRASE":                      Passphrase,
		"PULUMI_DEBUG_PROVIDERS":                        attachment,
		"PULUMI_SKIP_UPDATE_CHECK":                      "true",
		"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION":   "true",
		"PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS": "true",
	}
}

// workspace is the Automation API's own, without the runs of the CLI whose answers are known here.
type workspace struct {
	auto.Workspace
	exists bool
}

// SelectStack: the file backend has the stack when its file is there.
func (w *workspace) SelectStack(ctx context.Context, stack string) error {
	if w.exists {
		return nil
	}
	if err := w.CreateStack(ctx, stack); err != nil {
		return err
	}
	w.exists = true
	return nil
}

// StackOutputs: outputs are read from the state file.
func (w *workspace) StackOutputs(context.Context, string) (auto.OutputMap, error) { return nil, nil }
