package kubesim

import (
	"maps"

	corev1 "k8s.io/api/core/v1"

	"aks-egress/internal/kubesim/shell"
)

// contents are the files in the emptyDir volumes of a pod: by volume, then by path below it. They live as long as the
// pod, and all its containers see them (https://kubernetes.io/docs/concepts/storage/volumes/#emptydir). What a process
// that still runs has written is not kept yet.
type contents map[string]map[string]string

// object is an object with all that the store keeps of it; nil if there is none.
func (s *session) object(at string) *Object {
	if o, ok := s.changed[at]; ok {
		return o
	}
	s.k.mu.Lock()
	defer s.k.mu.Unlock()
	return s.k.objects[at]
}

// mountVolumes puts the files of a container's emptyDir volumes where it sees them.
func (r *podRun) mountVolumes(c *corev1.Container, files *shell.Files) {
	r.eachVolume(c, func(mount corev1.VolumeMount) {
		for name, content := range r.volumes[mount.Name] {
			files.Place(mount.MountPath+"/"+name, content)
		}
	})
}

// keepVolumes takes over what a process that has ended wrote to its emptyDir volumes.
func (r *podRun) keepVolumes(c *corev1.Container, files *shell.Files) {
	r.eachVolume(c, func(mount corev1.VolumeMount) {
		if mount.ReadOnly {
			return
		}
		found := files.Below(mount.MountPath)
		if len(found) == 0 && len(r.volumes[mount.Name]) == 0 {
			return
		}
		volumes := maps.Clone(r.volumes)
		if volumes == nil {
			volumes = contents{}
		}
		volumes[mount.Name] = found
		r.volumes = volumes
	})
}

// eachVolume calls do for each emptyDir volume of a container.
func (r *podRun) eachVolume(c *corev1.Container, do func(mount corev1.VolumeMount)) {
	for _, mount := range c.VolumeMounts {
		for _, volume := range r.pod.Spec.Volumes {
			if volume.Name == mount.Name && volume.EmptyDir != nil {
				do(mount)
			}
		}
	}
}
