package engine

import "golang.org/x/sys/windows"

// freeSpace is how many bytes a user may still write to the disk of a folder, if that can be known.
func freeSpace(folder string) (free uint64, known bool) {
	path, err := windows.UTF16PtrFromString(folder)
	if err != nil {
		return 0, false
	}
	err = windows.GetDiskFreeSpaceEx(path, &free, nil, nil)
	return free, err == nil
}
