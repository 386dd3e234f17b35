package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// serveFolder is the name of the folder of Serve, beside those of the stacks.
const serveFolder = "serve"

// Serving is a simulated cloud that waits for engines of other processes.
type Serving struct {
	// Environment is what those engines need to attach to it, and to keep their state beside it.
	Environment map[string]string

	lock    *stackLock
	cloud   Cloud
	servers *servers
}

// Serve starts the simulated cloud of the folder <dir>/serve. The caller closes it.
func Serve(ctx context.Context, directory string, openCloud OpenCloud, progress *Progress) (*Serving, error) {
	directory, err := stateFolder(directory)
	if err != nil {
		return nil, err
	}
	isolateProcess()
	f := folder(filepath.Join(directory, serveFolder))
	for _, path := range []string{f.home(), f.backend()} {
		if err := os.MkdirAll(path, 0o755); err != nil {
			return nil, folderError(err)
		}
	}
	s := &Serving{}
	if err := s.start(ctx, f, openCloud, progress); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Serving) start(ctx context.Context, f folder, openCloud OpenCloud, progress *Progress) (err error) {
	if s.lock, err = lockStack(ctx, serveFolder, f, progress); err != nil {
		return err
	}
	if s.cloud, err = openCloud(f.cloud()); err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	if s.servers, err = serve(s.cloud.Providers()); err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	s.Environment = map[string]string{
		"PULUMI_DEBUG_PROVIDERS":   s.servers.attachment(),
		"PULUMI_BACKEND_URL":       f.backendURL(),
		"PULUMI_CONFIG_PASSPHRASE": Passphrase,
		// The engine would fetch the real providers' plugins, which nobody starts.
		"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
	}
	return nil
}

// Close ends the providers; what was deployed stays in the folder.
func (s *Serving) Close() error {
	var problems []error
	if s.servers != nil {
		problems = append(problems, s.servers.stop())
	}
	if s.cloud != nil {
		problems = append(problems, s.cloud.Close())
	}
	if s.lock != nil {
		problems = append(problems, s.lock.release())
	}
	return errors.Join(problems...)
}
