package kubesim

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/egress"
)

// workers is a set of one pod: an init container and nginx, and beside it a container that runs a script.
const workers = `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web, namespace: default}
spec:
  serviceName: web
  podManagementPolicy: Parallel
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      initContainers:
        - name: first
          image: curlimages/curl:8.16.0
          command: [sh, -c, "curl -sS ifconfig.me/ip >/dev/termination-log"]
      containers:
        - {name: nginx, image: "nginx:1.27"}
        - {name: worker, image: %s, command: [sh, -c, %q]}
`

// again waits a quarter of an hour, samples and ends.
const again = "sleep 900; curl -sS -m 10 ifconfig.me/ip >/dev/termination-log 2>&1; exit 0"

func (l *lab) worker(image, script string) *testObject {
	l.t.Helper()
	o := l.object("web", fmt.Sprintf(workers, image, script))
	require.NoError(l.t, o.create())
	return o
}

func (l *lab) workerStatus(path ...any) any {
	l.t.Helper()
	return follow(l.pod("default/web-0"), append([]any{"status", "containerStatuses", 1}, path...)...)
}

func TestContainerThatEndsIsStartedAgain(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.worker(curlImage, again)
	assert.Equal(t, true, l.workerStatus("ready"), "it runs")
	assert.Nil(t, l.workerStatus("lastState", "terminated"), "and has not ended")
	assert.Equal(t, "2026-01-01T00:00:06Z", l.workerStatus("state", "running", "startedAt"))
	assert.Equal(t, "2026-01-01T00:00:00Z", follow(l.pod("default/web-0"), "status", "startTime"))

	l.cloud.sources = []netip.Prefix{netip.MustParsePrefix("20.0.9.9/32")}
	assert.Nil(t, l.workerStatus("lastState", "terminated"), "no time passes within a command")

	l.open()
	assert.Equal(t, "20.0.9.9", l.workerStatus("lastState", "terminated", "message"), "the network of then")
	assert.EqualValues(t, 0, l.workerStatus("lastState", "terminated", "exitCode"))
	assert.Equal(t, "Completed", l.workerStatus("lastState", "terminated", "reason"))
	// Runs of 900 s and a request, a second between: the third ends at 45:08, and the fourth goes on.
	assert.Equal(t, "2026-01-01T00:45:08Z", l.workerStatus("lastState", "terminated", "finishedAt"))
	assert.Equal(t, "2026-01-01T00:45:09Z", l.workerStatus("state", "running", "startedAt"))
	assert.EqualValues(t, 3, l.workerStatus("restartCount"))
	assert.Equal(t, true, l.workerStatus("ready"))
	assert.Equal(t, "True", condition(l.pod("default/web-0"), "Ready"))
	assert.Equal(t, "20.0.0.4", l.message("default/web-0"), "init containers run once")

	before := l.pod("default/web-0")
	assert.Equal(t, before, l.pod("default/web-0"))
	l.open()
	assert.Equal(t, "2026-01-01T01:45:12Z", l.workerStatus("lastState", "terminated", "finishedAt"))
	assert.EqualValues(t, 7, l.workerStatus("restartCount"))
}

// What a pod said by the time a command begins does not depend on what the command then changes.
func TestPodsRunOnBeforeTheCommand(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.worker(curlImage, again)
	l.cloud.ends["ifconfig.me"] = egress.Trace{Disposition: egress.NoEgress}
	l.open()
	l.cloud.set(func() { delete(l.cloud.ends, "ifconfig.me") }) // mended by this command
	assert.Contains(t, l.workerStatus("lastState", "terminated", "message"), "curl: (28) Connection timed out")
	assert.Equal(t, "True", condition(l.pod("default/web-0"), "Ready"))
	l.open()
	assert.Equal(t, "20.0.0.4", l.workerStatus("lastState", "terminated", "message"))
}

func TestRestartNeedsTheImageOnlyIfThePolicySaysSo(t *testing.T) {
	t.Parallel()
	for image, pulls := range map[string]bool{curlImage: false, "curlimages/curl": true} {
		t.Run(image, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			set := l.worker(image, again)
			first := l.message("default/web-0")
			l.cloud.ends["registry-1.docker.io"] = denied(egress.RefusedTLSReset)
			l.open()
			assert.Equal(t, "20.0.0.4", l.workerStatus("lastState", "terminated", "message"))
			if !pulls {
				assert.Equal(t, "True", condition(l.pod("default/web-0"), "Ready"))
				return
			}
			assert.Equal(t, "ImagePullBackOff", l.workerStatus("state", "waiting", "reason"))
			assert.Equal(t, "False", condition(l.pod("default/web-0"), "Ready"))
			_, err := set.read()
			assert.Contains(t, strings.Join(reasons(t, err), "\n"), "containers with unready status: [worker]")

			l.cloud.set(func() { delete(l.cloud.ends, "registry-1.docker.io") })
			_, err = set.read()
			require.NoError(t, err, "the kubelet tried again")
			assert.Equal(t, first, l.message("default/web-0"), "the pod is the same: its init containers ran once")
			assert.NotNil(t, l.workerStatus("lastState", "terminated"))
		})
	}
}

func TestHowLongAContainerRuns(t *testing.T) {
	t.Parallel()
	for script, want := range map[string]struct {
		restarts int
		state    string
		message  any
	}{
		"sleep infinity": {0, "running", nil},
		"while :; do sleep 10; done; echo end >/dev/termination-log": {0, "running", nil},
		"sleep 5400; echo end >/dev/termination-log":                 {0, "running", nil}, // longer than between two commands
		"sleep 601; echo end >/dev/termination-log; exit 3":          {5, "running", "end\n"},
		// It runs for long at first; then the network fails it at once, and the kubelet backs off.
		"curl -sS -m 10 ifconfig.me/ip || exit 1; sleep 900": {restarts, "waiting", nil},
	} {
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			l.worker(curlImage, script)
			l.cloud.ends["ifconfig.me"] = denied(egress.RefusedDropped)
			l.open()
			// The API server's own view, before anything asks for it and the kubelet tries again.
			pod := l.stored("Pod", "web-0")
			status := follow(pod, "status", "containerStatuses", 1)
			assert.EqualValues(t, want.restarts, follow(status, "restartCount"))
			assert.NotNil(t, follow(status, "state", want.state))
			assert.Equal(t, want.message, follow(status, "lastState", "terminated", "message"))
			assert.Equal(t, map[string]string{"running": "True", "waiting": "False"}[want.state], condition(pod, "Ready"))
		})
	}
}

func TestPodsOfAClusterThatCannotBeReachedRunOnLater(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.worker(curlImage, again)
	l.cloud.err = assert.AnError
	l.open()
	assert.Nil(t, follow(l.stored("Pod", "web-0"), "status", "containerStatuses", 1, "lastState", "terminated"))
	l.cloud.err = nil
	l.open()
	assert.EqualValues(t, 7, l.workerStatus("restartCount"), "two hours of it")
}

func TestServiceMayPublishPodsThatAreNotReady(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.worker("curlimages/curl", again)
	l.cloud.ends["registry-1.docker.io"] = denied(egress.RefusedTLSReset)
	l.open()
	service := func(name, field string) error {
		return l.object(name, `{apiVersion: v1, kind: Service, metadata: {name: `+name+`}, spec: {`+field+
			`selector: {app: web}, ports: [{port: 80}]}}`).create()
	}
	require.NoError(t, service("always", "publishNotReadyAddresses: true, "))
	assert.Contains(t, reasons(t, service("ready", ""))[1], "Service does not target any Pods")
}

// stored is an object as it is kept, without a look at it.
func (l *lab) stored(kind, name string) map[string]any {
	l.t.Helper()
	for _, o := range l.kube.Objects() {
		if text(o.Manifest, "kind") == kind && text(o.Manifest, "metadata", "name") == name {
			return o.Manifest
		}
	}
	require.Fail(l.t, "not there", "%s %s", kind, name)
	return nil
}

func condition(pod map[string]any, kind string) any {
	list, _ := follow(pod, "status", "conditions").([]any)
	for _, c := range list {
		if follow(c, "type") == kind {
			return follow(c, "status")
		}
	}
	return nil
}

// loops is a container that asks every quarter of an hour, and ends only when the answer is not what it last was. What
// it last was is in a volume, where the init container puts it.
const loops = `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web, namespace: default}
spec:
  serviceName: web
  podManagementPolicy: Parallel
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      volumes: [{name: kept, emptyDir: {}}]
      initContainers:
        - name: first
          image: curlimages/curl:8.16.0
          command: [sh, -c, "curl -sS ifconfig.me/ip >/kept/last"]
          volumeMounts: [{name: kept, mountPath: /kept}]
      containers:
        - {name: nginx, image: "nginx:1.27"}
        - name: worker
          image: curlimages/curl:8.16.0
          command:
            - sh
            - -c
            - |
              while :; do
                sleep 900
                now=$(curl -sS -m 10 ifconfig.me/ip)
                if [ "$now" != "$(cat /seen/last)" ]; then break; fi
              done
              echo "$now" >/seen/last
              cat /seen/last >/dev/termination-log
          volumeMounts: [{name: kept, mountPath: /seen}]
`

// A process that goes on meets a change of the network when it comes, however long it has run by then, and what it
// writes to a volume outlives it.
func TestContainerThatGoesOnMeetsAChange(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	require.NoError(t, l.object("web", loops).create())
	for range 30 {
		l.open()
	}
	assert.EqualValues(t, 0, l.workerStatus("restartCount"))
	assert.Nil(t, l.workerStatus("lastState", "terminated"))
	for change, address := range []string{"20.0.9.9", "20.0.9.8"} {
		l.cloud.sources = []netip.Prefix{netip.MustParsePrefix(address + "/32")}
		l.open()
		l.open()
		assert.EqualValues(t, change+1, l.workerStatus("restartCount"), "it ends once for each change")
		assert.Equal(t, address+"\n", l.workerStatus("lastState", "terminated", "message"))
		// A quarter of an hour after the network was last seen to be another one.
		finished := l.workerStatus("lastState", "terminated", "finishedAt")
		assert.Regexp(t, fmt.Sprintf("^2026-01-02T%02d:15:", 6+2*change), finished)
	}
}
