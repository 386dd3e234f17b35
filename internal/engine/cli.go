package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// CacheVariable names the environment variable that overrides the folder where built CLIs are kept.
const CacheVariable = "AKS_EGRESS_CACHE"

// FindCLI answers the path of a Pulumi CLI of exactly Version: the one on PATH, else one built earlier, else one built
// now from the tools module of the project, which takes minutes and is told on progress. The fallback is the cache
// folder for users without a cache folder of their own.
func FindCLI(ctx context.Context, project *Project, fallback string, progress *Progress) (string, error) {
	if path, err := exec.LookPath("pulumi"); err == nil {
		if cliVersion(ctx, path) == Version {
			return filepath.Abs(path)
		}
	}
	folders, err := cacheFolders(fallback)
	if err != nil {
		return "", err
	}
	for _, folder := range folders {
		path := filepath.Join(folder, cliFileName())
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return path, nil
		}
	}
	folder, err := firstWritable(folders)
	if err != nil {
		return "", err
	}
	b := builder{folder: folder, tools: filepath.Join(project.Root, "tools"), progress: progress}
	return b.build(ctx)
}

// cliFileName carries the version, so that a cached CLI need not be asked for it.
func cliFileName() string {
	if runtime.GOOS == "windows" {
		return "pulumi-" + Version + ".exe"
	}
	return "pulumi-" + Version
}

// cliVersion is what a CLI says it is; empty when it does not run.
func cliVersion(ctx context.Context, path string) string {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	command := exec.CommandContext(ctx, path, "version")
	command.Env = append(withoutForeign(os.Environ()), "PULUMI_SKIP_UPDATE_CHECK=true")
	output, err := command.Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(output))
}

// cacheFolders are the folders that may hold a built CLI, best first.
func cacheFolders(fallback string) ([]string, error) {
	if folder := os.Getenv(CacheVariable); folder != "" {
		absolute, err := filepath.Abs(folder)
		if err != nil {
			return nil, fmt.Errorf("%s %s: %w", CacheVariable, folder, err)
		}
		return []string{absolute}, nil
	}
	var folders []string
	if user, err := os.UserCacheDir(); err == nil {
		folders = append(folders, filepath.Join(user, "aks-egress"))
	}
	return append(folders, fallback), nil
}

func firstWritable(folders []string) (string, error) {
	var problems []error
	for _, folder := range folders {
		err := probeWritable(folder)
		if err == nil {
			return folder, nil
		}
		problems = append(problems, err)
	}
	return "", fmt.Errorf("pulumi %s: no folder to keep it in can be written; set %s to one that can: %w",
		Version, CacheVariable, errors.Join(problems...))
}

// probeWritable makes the folder and a file in it: permission bits do not tell about read-only mounts.
func probeWritable(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	file, err := os.CreateTemp(folder, ".write-*")
	if err != nil {
		return err
	}
	return errors.Join(file.Close(), removeFile(file.Name()))
}

func removeFile(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
