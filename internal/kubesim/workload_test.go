package kubesim

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/egress"
)

// reasons are what the engine keeps of an object that did not become ready.
func reasons(t *testing.T, err error) []string {
	t.Helper()
	var partial *plugin.InitError
	require.ErrorAs(t, err, &partial)
	return partial.Reasons
}

const probeTimedOut = "resource probe/probe was successfully created, but the Kubernetes API server reported that " +
	"it failed to fully initialize or become live: 'probe' timed out waiting to be Ready"

func TestImagePullIsBlocked(t *testing.T) {
	t.Parallel()
	for host, words := range map[string]string{
		"registry-1.docker.io": `failed to resolve reference "docker.io/curlimages/curl:8.16.0": failed to do request: ` +
			`Head "https://registry-1.docker.io/v2/curlimages/curl/manifests/8.16.0": read tcp 10.1.0.`,
		"auth.docker.io":                   "failed to fetch anonymous token",
		"production.cloudfront.docker.com": "failed to copy: httpReadSeeker",
	} {
		t.Run(host, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			l.cloud.ends[host] = denied(egress.RefusedTLSReset)
			l.namespace("probe", restricted)
			o := l.object("probe", probeManifest("Parallel", curlImage, "exit 0"))
			assert.Equal(t, []string{
				probeTimedOut, "0 out of 1 replicas succeeded readiness checks",
				"[Pod probe/probe-0]: containers with incomplete status: [sample][PodInitializing]",
			}, reasons(t, o.create()))
			assert.Equal(t, resource.ID("probe/probe"), o.id, "the object stays")
			assert.Contains(t, l.log.text(),
				"[Pod probe/probe-0]: Failed: Failed to pull image \"curlimages/curl:8.16.0\"")
			assert.Contains(t, l.log.text(), words)
			assert.Contains(t, l.log.text(), "(no rule of the firewall allows it)")
			assert.Equal(t, "ImagePullBackOff",
				follow(l.pod("probe/probe-0"), "status", "initContainerStatuses", 0, "state", "waiting", "reason"))

			l.cloud.set(func() { delete(l.cloud.ends, host) })
			read, err := o.read()
			require.NoError(t, err, "the kubelet tried again")
			assert.EqualValues(t, 1, follow(plain(read.Outputs), "status", "readyReplicas"))
		})
	}
}

// A registry behind a service endpoint of the node subnet is reached without leaving by a public address.
func TestImagePullOverServiceEndpoint(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.cloud.ends["example.azurecr.io"] = egress.Trace{Disposition: egress.DeliveredService}
	o := l.object("web", web("Deployment", 1, "a", "nginx:1.27", "example.azurecr.io/a:1"))
	o.inputs["metadata"].ObjectValue()["namespace"] = resource.NewProperty("default")
	require.NoError(t, o.create())
}

// A registry inside the network is reached; that it is not simulated is said, and not taken for a way that is closed.
func TestImagePullFromPrivateRegistry(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.cloud.ends["registry.example.com"] = egress.Trace{Disposition: egress.DeliveredLocal, Reason: "lies in the hub"}
	o := l.object("web", web("Deployment", 1, "a", "nginx:1.27", "registry.example.com/a:1"))
	o.inputs["metadata"].ObjectValue()["namespace"] = resource.NewProperty("default")
	list := reasons(t, o.create())
	assert.Contains(t, list[len(list)-1], "what listens there is not simulated (lies in the hub)")
}

func TestMainContainerImageIsBlocked(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.cloud.ends["ghcr.io"] = egress.Trace{Disposition: egress.NoEgress, Reason: "nothing translates"}
	o := l.object("web", web("Deployment", 1, "a", "nginx:1.27", "ghcr.io/a/b:1"))
	o.inputs["metadata"].ObjectValue()["namespace"] = resource.NewProperty("default")
	list := reasons(t, o.create())
	require.Len(t, list, 4)
	assert.Equal(t, "[MinimumReplicasUnavailable] Deployment does not have minimum availability.", list[1])
	assert.Equal(t, "Minimum number of live Pods was not attained", list[2])
	assert.Contains(t, list[3], `containers with unready status: [nginx][ImagePullBackOff] Back-off pulling image `+
		`"ghcr.io/a/b:1": ErrImagePull: failed to pull and unpack image "ghcr.io/a/b:1"`)
	assert.Contains(t, list[3], "dial tcp ghcr.io:443: i/o timeout (nothing translates)")
}

func TestFailingInitContainer(t *testing.T) {
	t.Parallel()
	for policy, recovers := range map[string]bool{"OrderedReady": false, "Parallel": true} {
		t.Run(policy, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			l.namespace("probe", restricted)
			o := l.object("probe", probeManifest(policy, curlImage, "echo why >/dev/termination-log; exit 3"))
			list := reasons(t, o.create())
			assert.Equal(t, "[Pod probe/probe-0]: containers with incomplete status: [sample][PodInitializing]", list[2],
				"neither the exit code nor the message shows")
			status := follow(l.pod("probe/probe-0"), "status", "initContainerStatuses", 0)
			assert.Equal(t, "CrashLoopBackOff", follow(status, "state", "waiting", "reason"))
			assert.EqualValues(t, 3, follow(status, "lastState", "terminated", "exitCode"))
			assert.Equal(t, "why\n", follow(status, "lastState", "terminated", "message"))

			err := o.update(probeManifest(policy, curlImage, "echo good >/dev/termination-log"))
			if recovers {
				require.NoError(t, err)
				assert.Equal(t, "good\n", l.message("probe/probe-0"))
				return
			}
			list = reasons(t, err)
			assert.Contains(t, list[0],
				`the Kubernetes API server reported that "probe/probe" failed to fully initialize`)
			assert.Contains(t, strings.Join(list, "\n"), "StatefulSet controller failed to advance from revision")
			assert.Nil(t, l.message("probe/probe-0"), "the broken pod stays")
			require.NoError(t, o.delete())
			require.NoError(t, o.create())
		})
	}
}

func TestPodSecurity(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.namespace("probe", restricted)
	text := strings.ReplaceAll(probeManifest("Parallel", curlImage, "exit 0"), "runAsNonRoot: true, ", "")
	o := l.object("probe", text)
	assert.Equal(t, []string{probeTimedOut, "0 out of 1 replicas succeeded readiness checks"}, reasons(t, o.create()))
	assert.Contains(t, l.log.text(), `[StatefulSet probe/probe]: FailedCreate: create Pod probe-0 in StatefulSet probe `+
		`failed error: pods "probe-0" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true`)
	assert.Nil(t, l.pod("probe/probe-0"))

	l.namespace("open", "")
	free := l.object("probe", strings.ReplaceAll(text, "namespace: probe", "namespace: open"))
	require.NoError(t, free.create())

	const tight = `{name: x, labels: {pod-security.kubernetes.io/enforce: tight}}`
	bad := l.object("n", `{apiVersion: v1, kind: Namespace, metadata: `+tight+`}`)
	assert.ErrorContains(t, bad.create(), `must be one of privileged, baseline, restricted`)
}

func TestImageThatRunsAsRoot(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.namespace("probe", restricted)
	text := probeManifest("Parallel", curlImage, "exit 0")
	o := l.object("probe", strings.ReplaceAll(text, "nginxinc/nginx-unprivileged", "nginx"))
	assert.Contains(t, strings.Join(reasons(t, o.create()), "\n"),
		"[CreateContainerConfigError] container has runAsNonRoot and image will run as root (pod: \"probe-0_probe(")
}

func TestScriptsThatDoNotEnd(t *testing.T) {
	t.Parallel()
	for script, event := range map[string]string{
		"while :; do :; done":        `container "sample": the simulation stopped the script, which does not end`,
		"while :; do sleep 10; done": "",
		"sleep 700":                  "", // longer than the ten minutes that the provider waits
		"curl -s -m 700 ifconfig.me; curl -s -m 700 http://silent.example.com; sleep 500": "",
	} {
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			l.cloud.ends["silent.example.com"] = denied(egress.RefusedDropped)
			l.namespace("probe", "")
			err := l.object("probe", probeManifest("Parallel", curlImage, script)).create()
			assert.Equal(t, "0 out of 1 replicas succeeded readiness checks", reasons(t, err)[1])
			assert.Contains(t, l.log.text(), event)
		})
	}
}

func TestTimeouts(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.namespace("probe", "")
	o := l.object("probe", probeManifest("Parallel", curlImage, "sleep 60"))
	o.timeout = 30
	assert.NotEmpty(t, reasons(t, o.create()))
	_, err := o.read()
	require.NoError(t, err, "it became ready later")
	patient := l.object("probe", strings.ReplaceAll(probeManifest("Parallel", curlImage, "sleep 700"), "name: probe,",
		`name: patient, annotations: {pulumi.com/timeoutSeconds: "900"},`))
	require.NoError(t, patient.create())
	careless := l.object("probe", strings.ReplaceAll(probeManifest("Parallel", curlImage, "exit 1"), "name: probe,",
		`name: careless, annotations: {pulumi.com/skipAwait: "true"},`))
	require.NoError(t, careless.create())
}

func TestStatefulSetRollsAndScales(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.namespace("apps", "")
	o := l.object("web", web("StatefulSet", 3, "one"))
	require.NoError(t, o.create())
	first := l.pod("apps/web-2")
	revision := o.output("status", "currentRevision")
	require.NoError(t, o.update(web("StatefulSet", 2, "two")))
	assert.Nil(t, l.pod("apps/web-2"))
	assert.NotEqual(t, revision, o.output("status", "currentRevision"))
	assert.Equal(t, o.output("status", "updateRevision"), o.output("status", "currentRevision"))
	assert.Equal(t, "two", follow(l.pod("apps/web-1"), "metadata", "labels", "tier"))
	assert.NotEqual(t, follow(first, "metadata", "uid"), follow(l.pod("apps/web-0"), "metadata", "uid"))
	assert.EqualValues(t, 2, o.output("metadata", "generation"))
}

func TestDeploymentKeepsOldPodsWhenTheNewOnesFail(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.namespace("apps", "")
	o := l.object("web", web("Deployment", 4, "one"))
	require.NoError(t, o.create())
	assert.Equal(t, "1", o.output("metadata", "annotations", revisionAnnotation))
	broken := web("Deployment", 4, "two", "nginx:1.27", "registry.example.com/x:1")
	l.cloud.ends["registry.example.com"] = denied(egress.RefusedTLSReset)
	list := reasons(t, o.update(broken))
	assert.Equal(t, "Attempted to roll forward to new ReplicaSet, but minimum number of Pods did not become live",
		list[1])
	assert.EqualValues(t, 3, o.output("status", "availableReplicas"))
	assert.Equal(t, "2", o.output("metadata", "annotations", revisionAnnotation))
	require.NoError(t, o.update(web("Deployment", 4, "three")))
	assert.EqualValues(t, 4, o.output("status", "availableReplicas"))
	assert.EqualValues(t, 4, o.output("status", "replicas"))
}

func TestScheduling(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.namespace("apps", "")
	l.cloud.nodes = 0
	o := l.object("web", web("StatefulSet", 1, "one"))
	assert.NotEmpty(t, reasons(t, o.create()))
	assert.Contains(t, l.log.text(), "FailedScheduling: no nodes available to schedule pods")
	l.cloud.set(func() { l.cloud.nodes = 1 })
	_, err := o.read()
	require.NoError(t, err)
	picky := web("Deployment", 1, "one", "containers:", "nodeSelector: {gpu: a}\n      containers:")
	assert.NotEmpty(t, reasons(t, l.object("web2", picky).create()))
	assert.Contains(t, l.log.text(), "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.")
}

func TestEnvironmentAndMounts(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	require.NoError(t,
		l.object("c", `
apiVersion: v1
kind: ConfigMap
metadata: {name: c}
data: {A: "1", run.sh: "echo \"$A $S $POD $BOTH $1\" >/dev/termination-log"}
`).create())
	require.NoError(t,
		l.object("s", `{apiVersion: v1, kind: Secret, metadata: {name: s}, stringData: {key: word}}`).create())
	o := l.object("web", `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      initContainers:
      - name: i
        image: busybox
        command: [sh, /scripts/run.sh, $(A)]
        envFrom: [{configMapRef: {name: c}}]
        env:
        - {name: S, valueFrom: {secretKeyRef: {name: s, key: key}}}
        - {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
        - {name: BOTH, value: "$(S)-$(A)-$$(A)"}
        volumeMounts: [{name: v, mountPath: /scripts}]
      containers: [{name: c, image: nginx}]
      volumes: [{name: v, configMap: {name: c}}]
`)
	require.NoError(t, o.create())
	assert.Equal(t, "1 word web-0 word-1-$(A) 1\n", l.message("default/web-0"))

	const none = "envFrom: [{configMapRef: {name: none}}], resources:"
	missing := l.object("web", web("StatefulSet", 1, "x", "resources:", none))
	missing.inputs["metadata"].ObjectValue()["namespace"] = resource.NewProperty("default")
	missing.inputs["metadata"].ObjectValue()["name"] = resource.NewProperty("missing")
	assert.Contains(t, strings.Join(reasons(t, missing.create()), "\n"),
		`[CreateContainerConfigError] configmap "none" not found`)
}

func TestMissingServiceAccount(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.namespace("apps", "")
	text := web("Deployment", 1, "x", "containers:", "serviceAccountName: robot\n      containers:")
	o := l.object("web", text)
	assert.NotEmpty(t, reasons(t, o.create()))
	assert.Contains(t, l.log.text(), `error looking up service account apps/robot: serviceaccount "robot" not found`)
	require.NoError(t,
		l.object("sa", `{apiVersion: v1, kind: ServiceAccount, metadata: {name: robot, namespace: apps}}`).create())
	_, err := o.read()
	require.NoError(t, err)
}
