package components

import (
	"testing"
	"time"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/stretchr/testify/assert"
)

func TestNewestSample(t *testing.T) {
	t.Parallel()
	ended := func(message, at string) *corev1.ContainerState {
		return &corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{Message: &message, FinishedAt: &at}}
	}
	running := &corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}
	const early, late = "2026-01-01T00:00:05Z", "2026-01-01T00:15:07Z"
	status := func(name string, last, now *corev1.ContainerState) []corev1.ContainerStatus {
		nginx := corev1.ContainerStatus{Name: "nginx", State: ended("no sample", late)}
		return []corev1.ContainerStatus{nginx, {Name: name, LastState: last, State: now}}
	}
	first := status("sample", nil, ended("first", early))
	tests := map[string]struct {
		init, containers []corev1.ContainerStatus
		message, at      string
	}{
		"none yet":                   {status("sample", nil, running), status("sampler", nil, running), "", ""},
		"no status at all":           {nil, nil, "", ""},
		"the init container's":       {first, status("sampler", nil, running), "first", early},
		"the sampler's last run":     {first, status("sampler", ended("again", late), running), "again", late},
		"it is about to start again": {first, status("sampler", nil, ended("again", late)), "again", late},
		"this run, not the last":     {first, status("sampler", ended("old", early), ended("new", late)), "new", late},
		"in the same second":         {first, status("sampler", ended("again", early), running), "again", early},
		"the node was restarted": {
			status("sample", nil, ended("new", late)), status("sampler", ended("old", early), running), "new", late,
		},
		"it was killed without a word": {first, status("sampler", ended("", late), running), "", late},
		"a time that Kubernetes lacks": {status("sample", nil, ended("first", "")), nil, "first", ""},
		"containers of other programs": {
			status("other", nil, ended("x", late)), status("else", nil, ended("y", late)), "", "",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := newestSample(&corev1.PodStatus{InitContainerStatuses: test.init, ContainerStatuses: test.containers})
			assert.Equal(t, test.message, got.message)
			if test.at == "" {
				assert.True(t, got.at.IsZero())
				assert.Empty(t, got.age("probe", 15))
				return
			}
			assert.Equal(t, test.at, got.at.Format(time.RFC3339))
			assert.Contains(t, got.age("probe", 15), "(sampled at "+test.at+"; a change since then shows within 15 minutes")
		})
	}
	assert.Zero(t, newestSample(nil))
}
