package kubesim

import (
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/distribution/reference"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

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

// run starts a container and writes its status. A process that stays is fine where stays is set.
func (r *podRun) run(c *corev1.Container, status *corev1.ContainerStatus, stays bool) shell.Result {
	r.elapsed += startTime
	began := r.at(r.elapsed)
	limit := initPatience
	if stays {
		limit = patience
	}
	result, files, problem := r.execute(c, began.Time, limit)
	if problem != "" {
		r.refuse(status, "%s", problem)
		return shell.Result{Ending: shell.NotSimulated}
	}
	if result.Ending == shell.StillRunning && stays {
		result.Elapsed = 0
	}
	if result.Ending == shell.Exited {
		r.keepVolumes(c, files)
	}
	r.elapsed += result.Elapsed
	r.record(c, status, result, r.terminated(c, result, files, began), stays)
	return result
}

// execute runs a container's process from its start, for the patience given at most, through the network as it is now.
// The problem, if any, is the kubelet's.
func (r *podRun) execute(
	c *corev1.Container, began time.Time, patience time.Duration,
) (result shell.Result, files *shell.Files, problem string) {
	env, problem := r.environment(c)
	files = shell.NewFiles(readOnlyRoot(c), writableMounts(r.pod, c)...)
	if problem == "" {
		problem = r.mount(c, files)
	}
	if problem != "" {
		return result, files, problem
	}
	r.mountVolumes(c, files)
	files.MountFile(c.TerminationMessagePath)
	p := shell.Process{
		Env: env, Files: files, Start: began, Patience: patience,
		Network: &podNetwork{session: r.session, hostNetwork: r.pod.Spec.HostNetwork},
	}
	return r.process(c, p), files, ""
}

func (r *podRun) process(c *corev1.Container, p shell.Process) shell.Result {
	p.Args = append(append([]string{}, c.Command...), c.Args...)
	name := imageName(c.Image)
	switch {
	case len(c.Command) > 0:
	case len(c.Args) > 0 && path.Base(name) == "curl":
		p.Args = append([]string{"curl"}, p.Args...) // what the entrypoint of curl's images does
	case len(c.Args) == 0 && !isInit(r.pod, c):
		return shell.Result{Ending: shell.StillRunning} // the image's own command is a server
	case len(c.Args) > 0 && !isInit(r.pod, c) && path.Base(p.Args[0]) == "nginx":
	default:
		return shell.Result{Ending: shell.NotSimulated, Reason: fmt.Sprintf(
			"container %q: the entrypoint of image %s is not simulated: give it a command", c.Name, c.Image)}
	}
	for i, arg := range p.Args {
		p.Args[i] = expand(arg, p.Env)
	}
	if curlless[name] {
		p.Without = []string{"curl"}
	}
	return shell.Run(r.ctx, p)
}

func isInit(pod *corev1.Pod, c *corev1.Container) bool {
	for i := range pod.Spec.InitContainers {
		if pod.Spec.InitContainers[i].Name == c.Name {
			return true
		}
	}
	return false
}

// record writes what became of a container that was started.
func (r *podRun) record(
	c *corev1.Container, status *corev1.ContainerStatus, result shell.Result, end *corev1.ContainerStateTerminated,
	stays bool,
) {
	yes := true
	if result.Ending == shell.NotSimulated {
		r.refuse(status, "not simulated: %s", result.Reason)
		return
	}
	status.ContainerID = r.containerID(c, status.RestartCount)
	end.ContainerID = status.ContainerID
	if result.Ending == shell.Endless {
		r.event(pods, r.pod, "Failed", "container %q: %s", c.Name, result.Reason)
	}
	switch {
	case result.Ending != shell.Exited:
		status.Started = &yes
		status.Ready = stays && result.Ending == shell.StillRunning
		status.State = corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: end.StartedAt}}
	case result.ExitCode == 0 && !stays:
		status.Ready = true
		status.State = corev1.ContainerState{Terminated: end}
	default:
		r.crashLoop(c, status, end)
	}
}

// terminated is how a process ended that began at a time.
func (r *podRun) terminated(
	c *corev1.Container, result shell.Result, files *shell.Files, began metav1.Time,
) *corev1.ContainerStateTerminated {
	end := &corev1.ContainerStateTerminated{
		ExitCode: int32(result.ExitCode), Reason: "Completed", Message: terminationMessage(c, result, files),
		StartedAt: began, FinishedAt: metav1.NewTime(began.Add(result.Elapsed).Truncate(time.Second)),
	}
	if result.ExitCode != 0 {
		end.Reason = "Error"
	}
	return end
}

func (r *podRun) containerID(c *corev1.Container, restarts int32) string {
	return "containerd://" + hash(32, r.pod.UID, c.Name, restarts) + hash(32, c.Name, r.pod.UID, restarts)
}

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

// writableMounts are the mount paths of a container's emptyDir volumes.
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
