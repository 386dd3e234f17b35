package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"aks-egress/internal/store"
)

// Pulumi's file backend does not survive a full disk: it renames a file that it could write in part, and the backup of
// it has the same fate. So a copy of the state is kept, written whole or not at all, from before each run and after
// each that succeeded. Together with the journal of the run it is all that the state knew.

// copyState keeps the state as it is, for restoreState. It is called when the state is up to the cloud.
func (s *Stack) copyState() error {
	text, err := os.ReadFile(s.stateFile())
	if err != nil {
		return folderError(err)
	}
	return writeFile(s.folder.stateCopy(), text)
}

// restoreState puts the copy in place of a state that is gone or cannot be read. Where there is none, or it cannot take
// what the journal has, since it is from before the first run that succeeded, the simulated cloud, which nobody
// could delete from any more, starts anew. It is called before the cloud is opened.
func (s *Stack) restoreState() error {
	state, err := readState(s.stateFile())
	var damaged *damagedStateError
	if err != nil && !errors.As(err, &damaged) {
		return err
	}
	copied, copyErr := readState(s.folder.stateCopy())
	if state != nil || err == nil && copied == nil && copyErr == nil {
		return nil // as it should be; or not there, and never was
	}
	entries, err := s.journal.entries()
	if err != nil {
		return err
	}
	if !takes(copied, entries) {
		s.options.Progress.Line("stack %s: its state %s is damaged, and there is no copy of a run that succeeded: "+
			"the simulated cloud starts anew", s.name, s.stateFile())
		return s.forgetAll()
	}
	text, err := os.ReadFile(s.folder.stateCopy())
	if err != nil {
		return folderError(err)
	}
	s.options.Progress.Line("stack %s: its state %s is gone or damaged; restored from its copy, and the journal has "+
		"what was done since", s.name, s.stateFile())
	return writeFile(s.stateFile(), text)
}

// takes reports whether a state, which may be nil, can take what was created since: adopting needs a provider in it.
func takes(state *apitype.DeploymentV3, entries map[string]entry) bool {
	if state == nil {
		return false
	}
	for _, e := range entries {
		if e.Operation == createOperation && providerFor(state, tokens.Type(e.Type).Package()) == "" {
			return false
		}
	}
	return true
}

// forgetAll removes the state, the simulated cloud and the journal's entries.
func (s *Stack) forgetAll() error {
	for _, path := range []string{s.stateFile(), s.stateFile() + ".bak", s.folder.stateCopy(), s.folder.cloud()} {
		if err := removeFile(path); err != nil {
			return folderError(err)
		}
	}
	return s.journal.clear()
}

// checkCloud fails when the state has resources and the simulated cloud that they are in is gone.
func (s *Stack) checkCloud() error {
	info, err := os.Stat(s.folder.cloud())
	if err == nil && info.Size() > 0 || err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil // opening it says what is wrong with it
	}
	state, err := readState(s.stateFile())
	if err != nil || !hasResources(state) {
		return err
	}
	return fmt.Errorf("its simulated cloud %s is gone or empty, and with it what was deployed: %w",
		s.folder.cloud(), s.startAnew())
}

// startAnew is what to do when a file of the stack cannot be used.
func (s *Stack) startAnew() error {
	return fmt.Errorf("delete the folder %s and run up again; only simulated resources are lost", s.folder)
}

// explained adds what to do to the error of a store that is damaged.
func (s *Stack) explained(err error) error {
	var damaged *store.DamagedError
	if errors.As(err, &damaged) {
		return fmt.Errorf("%w: %w", damaged, s.startAnew())
	}
	return err
}
