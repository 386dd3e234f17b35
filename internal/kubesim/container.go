package kubesim

import (
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/distribution/reference"
	corev1 "k8s.io/api/core/v1"

	"aks-egress/internal/kubesim/shell"
)

// Limits of termination messages (kubelet).
const (
	maxTerminationMessage  = 4096
	maxTerminationFallback = 2048
)

// rootImages are images whose user is root; what other images run as is not known and taken to fit.
var rootImages = map[string]bool{
	"docker.io/library/alpine": true, "docker.io/library/busybox": true, "docker.io/library/debian": true,
	"docker.io/library/httpd": true, "docker.io/library/nginx": true, "docker.io/library/ubuntu": true,
}

// curlless are images that have no curl.
var curlless = map[string]bool{
	"docker.io/library/alpine": true, "docker.io/library/busybox": true, "docker.io/library/debian": true,
	"docker.io/library/ubuntu": true,
}

func imageName(image string) string {
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return image
	}
	return named.Name()
}

// rootOnly tells that the container must not run as root, and its image would.
func (r *podRun) rootOnly(c *corev1.Container) bool {
	var nonRoot *bool
	var user *int64
	if p := r.pod.Spec.SecurityContext; p != nil {
		nonRoot, user = p.RunAsNonRoot, p.RunAsUser
	}
	if s := c.SecurityContext; s != nil {
		if s.RunAsNonRoot != nil {
			nonRoot = s.RunAsNonRoot
		}
		if s.RunAsUser != nil {
			user = s.RunAsUser
		}
	}
	if nonRoot == nil || !*nonRoot {
		return false
	}
	return user != nil && *user == 0 || user == nil && rootImages[imageName(c.Image)]
}

// run runs a container's process and writes the container's status. A process that stays is fine where stays is set.
func (r *podRun) run(c *corev1.Container, status *corev1.ContainerStatus, stays bool) shell.Result {
	r.elapsed += startTime
	began := r.elapsed
	env, problem := r.environment(c)
	files := shell.NewFiles(readOnlyRoot(c), writableMounts(r.pod, c)...)
	if problem == "" {
		problem = r.mount(c, files)
	}
	if problem != "" {
		r.refuse(status, "%s", problem)
		return shell.Result{Ending: shell.NotSimulated}
	}
	files.MountFile(c.TerminationMessagePath)
	result := r.process(c, env, files)
	if result.Ending == shell.StillRunning && stays {
		result.Elapsed = 0
	}
	r.elapsed += result.Elapsed
	r.record(c, status, result, files, began, stays)
	return result
}

func (r *podRun) process(c *corev1.Container, env map[string]string, files *shell.Files) shell.Result {
	args := append(append([]string{}, c.Command...), c.Args...)
	name := imageName(c.Image)
	switch {
	case len(c.Command) > 0:
	case len(c.Args) > 0 && path.Base(name) == "curl":
		args = append([]string{"curl"}, args...) // what the entrypoint of curl's images does
	case len(c.Args) == 0 && !isInit(r.pod, c):
		return shell.Result{Ending: shell.StillRunning} // the image's own command is a server
	case len(c.Args) > 0 && !isInit(r.pod, c) && path.Base(args[0]) == "nginx":
	default:
		return shell.Result{Ending: shell.NotSimulated, Reason: fmt.Sprintf(
			"container %q: the entrypoint of image %s is not simulated: give it a command", c.Name, c.Image)}
	}
	for i, arg := range args {
		args[i] = expand(arg, env)
	}
	var without []string
	if curlless[name] {
		without = []string{"curl"}
	}
	return shell.Run(r.ctx, shell.Process{
		Args: args, Env: env, Files: files, Network: r.network, Without: without, Patience: patience,
	})
}

func isInit(pod *corev1.Pod, c *corev1.Container) bool {
	for i := range pod.Spec.InitContainers {
		if pod.Spec.InitContainers[i].Name == c.Name {
			return true
		}
	}
	return false
}

// record writes how a process ended. A process that failed was started again, with growing pauses, until the provider
// gave up; it ran the same way every time, so it runs here once.
func (r *podRun) record(
	c *corev1.Container, status *corev1.ContainerStatus, result shell.Result, files *shell.Files,
	began time.Duration, stays bool,
) {
	yes := true
	status.ContainerID = "containerd://" + hash(32, r.pod.UID, c.Name) + hash(32, c.Name, r.pod.UID)
	switch result.Ending {
	case shell.NotSimulated:
		r.refuse(status, "not simulated: %s", result.Reason)
		return
	case shell.Endless:
		status.Started = &yes
		status.State = corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: at(began)}}
		r.event(pods, r.pod, "Failed", "container %q: %s", c.Name, result.Reason)
		return
	case shell.StillRunning:
		status.Started = &yes
		status.Ready = stays
		status.State = corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: at(began)}}
		return
	case shell.Exited:
	}
	terminated := &corev1.ContainerStateTerminated{
		ExitCode: int32(result.ExitCode), Reason: "Completed", Message: terminationMessage(c, result, files),
		StartedAt: at(began), FinishedAt: at(r.elapsed), ContainerID: status.ContainerID,
	}
	if result.ExitCode != 0 {
		terminated.Reason = "Error"
	}
	if result.ExitCode == 0 && !stays {
		status.Ready = true
		status.State = corev1.ContainerState{Terminated: terminated}
		return
	}
	status.LastTerminationState = corev1.ContainerState{Terminated: terminated}
	status.RestartCount = restarts
	r.hold(status, "CrashLoopBackOff", fmt.Sprintf("back-off 5m0s restarting failed container=%s pod=%s_%s(%s)",
		c.Name, r.pod.Name, r.pod.Namespace, r.pod.UID))
}

// restarts is how often the kubelet starts a failing container in the ten minutes that the provider waits: after 10,
// 20, 40, 80, 160 and 300 seconds.
const restarts = 6

func terminationMessage(c *corev1.Container, result shell.Result, files *shell.Files) string {
	message := files.Tail(c.TerminationMessagePath, maxTerminationMessage)
	if message == "" && result.ExitCode != 0 &&
		c.TerminationMessagePolicy == corev1.TerminationMessageFallbackToLogsOnError {
		message = result.Output[max(0, len(result.Output)-maxTerminationFallback):]
	}
	return strings.ToValidUTF8(message, "�")
}

func readOnlyRoot(c *corev1.Container) bool {
	return c.SecurityContext != nil && c.SecurityContext.ReadOnlyRootFilesystem != nil &&
		*c.SecurityContext.ReadOnlyRootFilesystem
}

// writableMounts are the mount paths of a container's emptyDir volumes. Containers of a pod do not share their
// contents.
func writableMounts(pod *corev1.Pod, c *corev1.Container) []string {
	var paths []string
	for _, mount := range c.VolumeMounts {
		for _, volume := range pod.Spec.Volumes {
			if volume.Name == mount.Name && volume.EmptyDir != nil && !mount.ReadOnly {
				paths = append(paths, mount.MountPath)
			}
		}
	}
	return paths
}
