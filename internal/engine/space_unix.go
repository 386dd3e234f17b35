//go:build linux || darwin || freebsd

package engine

import "golang.org/x/sys/unix"

// freeSpace is how many bytes a user may still write to the disk of a folder, if that can be known.
func freeSpace(folder string) (free uint64, known bool) {
	var s unix.Statfs_t
	if err := unix.Statfs(folder, &s); err != nil {
		return 0, false
	}
	return uint64(s.Bavail) * uint64(s.Bsize), true //nolint:unconvert // other types on other systems
}
