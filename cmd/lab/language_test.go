package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"

	"aks-egress/internal/engine"
)

// languageHost is the part of Pulumi's language plugin for Go that documents need: it compiles a program and runs it.
// An ordinary installation of Pulumi brings the plugin; the module that it is built from is not on the module proxy.
type languageHost struct {
	pulumirpc.UnimplementedLanguageRuntimeServer
	engine string // its address
}

// serveLanguage is the plugin's main function: the engine reads the port from stdout and kills the process at the end.
func serveLanguage(arguments []string) int {
	host := languageHost{engine: arguments[len(arguments)-1]}
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{Init: func(g *grpc.Server) error {
		pulumirpc.RegisterLanguageRuntimeServer(g, host)
		return nil
	}})
	if err == nil {
		fmt.Println(handle.Port)
		err = <-handle.Done
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitFailed
	}
	return exitFine
}

func (languageHost) Handshake(
	context.Context, *pulumirpc.LanguageHandshakeRequest,
) (*pulumirpc.LanguageHandshakeResponse, error) {
	return &pulumirpc.LanguageHandshakeResponse{}, nil
}

func (languageHost) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: engine.Version[1:]}, nil
}

func (languageHost) GetRequiredPackages(
	context.Context, *pulumirpc.GetRequiredPackagesRequest,
) (*pulumirpc.GetRequiredPackagesResponse, error) {
	return &pulumirpc.GetRequiredPackagesResponse{}, nil
}

// Run compiles the program and runs it with what the SDK reads from its environment (sdk/go/pulumi/run.go).
func (h languageHost) Run(ctx context.Context, r *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	folder, err := os.MkdirTemp("", "program-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	program, problem := h.compile(ctx, r.GetInfo().GetProgramDirectory(), folder)
	if problem != "" {
		return &pulumirpc.RunResponse{Error: problem}, nil
	}
	config, err := json.Marshal(r.GetConfig())
	if err != nil {
		return nil, err
	}
	secrets, err := json.Marshal(r.GetConfigSecretKeys())
	if err != nil {
		return nil, err
	}
	program.Dir, program.Stdout, program.Stderr = r.GetPwd(), os.Stderr, os.Stderr
	program.Env = append(os.Environ(),
		pulumi.EnvOrganization+"="+r.GetOrganization(), pulumi.EnvProject+"="+r.GetProject(),
		pulumi.EnvPulumiRootDirectory+"="+r.GetInfo().GetRootDirectory(), pulumi.EnvStack+"="+r.GetStack(),
		pulumi.EnvConfig+"="+string(config), pulumi.EnvConfigSecretKeys+"="+string(secrets),
		pulumi.EnvDryRun+"="+strconv.FormatBool(r.GetDryRun()),
		pulumi.EnvParallel+"="+strconv.Itoa(int(r.GetParallel())),
		pulumi.EnvMonitor+"="+r.GetMonitorAddress(), pulumi.EnvEngine+"="+h.engine,
	)
	var exit *exec.ExitError
	switch err := program.Run(); {
	case errors.As(err, &exit):
		// The SDK has logged the program's error to the engine.
		return &pulumirpc.RunResponse{Error: err.Error(), Bail: true}, nil
	case err != nil:
		return nil, err
	}
	return &pulumirpc.RunResponse{}, nil
}

// compile compiles the program in source. The clone's own is compiled already: this test has it.
func (languageHost) compile(ctx context.Context, source, folder string) (program *exec.Cmd, problem string) {
	module, err := os.ReadFile(filepath.Join(source, "go.mod"))
	if err == nil && strings.HasPrefix(string(module), "module aks-egress\n") {
		self, err := os.Executable()
		if err != nil {
			return nil, err.Error()
		}
		program = exec.CommandContext(ctx, self)
		program.Args[0] = programName
		return program, ""
	}
	executable := filepath.Join(folder, "program.exe")
	build := exec.CommandContext(ctx, "go", "build", "-ldflags", "-s -w", "-o", executable, ".")
	build.Dir = source
	if output, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Sprintf("go build: %v\n%s", err, output)
	}
	return exec.CommandContext(ctx, executable), ""
}
