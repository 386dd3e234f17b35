package kubesim

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const refusedSet = `{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: web}, spec: {
  selector: {matchLabels: {app: web}},
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: nginx}]}}}}`

func TestRefusedManifests(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ from, to, words string }{
		"unknown field": {
			"selector:",
			"selektor: 1, selector:",
			`failed to create typed patch object (default/web; apps/v1, Kind=StatefulSet): ` +
				`.spec.selektor: field not declared in schema`,
		},
		"unknown field in a list": {
			"image: nginx",
			"image: nginx, comand: [a]",
			`.spec.template.spec.containers[0].comand: field not declared in schema`,
		},
		"two unknown fields": {
			"selector:",
			"a: 1, b: 2, selector:",
			"errors:\n  .spec.a: field not declared in schema\n  .spec.b: field not declared in schema",
		},
		"wrong type": {
			"selector:",
			"replicas: many, selector:",
			`StatefulSet in version "v1" cannot be handled as a StatefulSet: json: cannot unmarshal ` +
				`string into Go struct field StatefulSetSpec.spec.replicas of type int32`,
		},
		"selector and labels": {
			"labels: {app: web}",
			"labels: {app: other}",
			"spec.template.metadata.labels: Invalid value: {\"app\":\"other\"}: `selector` does not " +
				"match template `labels`",
		},
		"no selector": {"selector: {matchLabels: {app: web}},", "", "spec.selector: Required value"},
		"name": {
			"name: web}",
			"name: Web_1}",
			"metadata.name: Invalid value: \"Web_1\": a lowercase RFC 1123 label",
		},
		"label": {
			"name: web}",
			"name: web, labels: {a: 'b c'}}",
			"metadata.labels: Invalid value: \"b c\"",
		},
		"container name": {"name: c,", "", "spec.template.spec.containers[0].name: Required value"},
		"image":          {", image: nginx", "", "spec.template.spec.containers[0].image: Required value"},
		"no containers":  {"[{name: c, image: nginx}]", "[]", "spec.template.spec.containers: Required value"},
		"duplicate containers": {
			"{name: c, image: nginx}",
			"{name: c, image: nginx}, {name: c, image: nginx}",
			`Duplicate value: "c"`,
		},
		"pull policy": {
			"image: nginx",
			"image: nginx, imagePullPolicy: Sometimes",
			`Unsupported value: "Sometimes"`,
		},
		"mount": {
			"image: nginx",
			"image: nginx, volumeMounts: [{name: v, mountPath: /v}]",
			`volumeMounts[0].name: Not found: "v"`,
		},
		"limit below request": {
			"image: nginx",
			"image: nginx, resources: {requests: {cpu: 1}, limits: {cpu: 500m}}",
			"must be less than or equal to cpu limit of 500m",
		},
		"environment": {
			"image: nginx",
			"image: nginx, env: [{name: A, value: b, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]",
			"may not be specified when `value` is not empty",
		},
		"port": {
			"image: nginx",
			"image: nginx, ports: [{containerPort: 70000}]",
			"must be between 1 and 65535",
		},
		"restart policy": {
			"containers:",
			"restartPolicy: Never, containers:",
			`restartPolicy: Unsupported value: "Never"`,
		},
		"replicas": {"selector:", "replicas: -1, selector:", "must be greater than or equal to 0"},
		"policy": {
			"selector:",
			"podManagementPolicy: Fast, selector:",
			"must be 'OrderedReady' or 'Parallel'",
		},
		"volume claims": {
			"selector:",
			"volumeClaimTemplates: [{metadata: {name: v}}], selector:",
			"spec.volumeClaimTemplates: Forbidden: not simulated",
		},
		"host path": {
			"containers:",
			"volumes: [{name: v, hostPath: {path: /}}], containers:",
			"volumes other than emptyDir, configMap and secret are not simulated",
		},
		"runtime class": {
			"containers:",
			"runtimeClassName: kata, containers:",
			"runtimeClassName: Forbidden: not simulated",
		},
		"field of the pod": {
			"image: nginx",
			"image: nginx, env: [{name: A, valueFrom: {resourceFieldRef: {resource: cpu}}}]",
			"valueFrom: Forbidden: not simulated",
		},
		"waitFor": {
			"name: web}",
			"name: web, annotations: {pulumi.com/waitFor: x}}",
			"annotation pulumi.com/waitFor: only condition=… and jsonpath=… are simulated",
		},
		"generateName": {"name: web}", "generateName: web}", "metadata.generateName: not simulated"},
		"no namespace": {
			"name: web}",
			"name: web, namespace: none}",
			`resource "none/web" was not successfully created by the Kubernetes API server: ` +
				`namespaces "none" not found`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, refusedSet, test.from)
			l := newLab(t)
			err := l.object("web", strings.Replace(refusedSet, test.from, test.to, 1)).create()
			assert.ErrorContains(t, err, test.words)
			assert.Empty(t, l.kube.Objects())
		})
	}
}

func TestRefusedServicesAndData(t *testing.T) {
	t.Parallel()
	const ports = `spec: {ports: [{port: 80}]}`
	for _, test := range []struct{ text, words string }{
		{`{kind: Service, metadata: {name: 1a}, spec: {ports: [{port: 80}]}}`, "a DNS-1035 label must consist of"},
		{
			`{kind: Service, metadata: {name: a}, spec: {type: Tunnel, ports: [{port: 80}]}}`,
			`Unsupported value: "Tunnel"`,
		},
		{`{kind: Service, metadata: {name: a}, spec: {}}`, "spec.ports: Required value"},
		{
			`{kind: Service, metadata: {name: a}, spec: {ports: [{port: 80}, {port: 81}]}}`,
			"spec.ports[0].name: Required value",
		},
		{
			`{kind: Service, metadata: {name: a}, spec: {type: LoadBalancer, loadBalancerIP: 1.2.3.4, ports: [{port: 80}]}}`,
			"spec.loadBalancerIP: Forbidden: not simulated",
		},
		{
			`{kind: Service, metadata: {name: a, annotations: {service.beta.kubernetes.io/azure-pip-name: x}}, ` + ports + `}`,
			"azure-pip-name]: Forbidden: not simulated",
		},
		{
			`{kind: Service, metadata: {name: a, annotations: {` + internalLoadBalancer + `-subnet: x}}, ` + ports + `}`,
			"azure-load-balancer-internal-subnet]: Forbidden: not simulated",
		},
		{`{kind: ConfigMap, metadata: {name: a}, data: {"a b": c}}`, "a valid config key must consist of"},
		{
			`{kind: ConfigMap, metadata: {name: a}, data: {a: b}, binaryData: {a: Yg==}}`,
			"duplicate of key present in binaryData",
		},
		{
			`{kind: Secret, metadata: {name: a}, data: {a: "not base64!"}}`,
			"cannot be handled as a Secret: illegal base64",
		},
		{`{kind: Namespace, metadata: {name: A}}`, "a lowercase RFC 1123 label"},
		{
			`{kind: ServiceAccount, metadata: {name: a}, imagePullSecrets: [{}]}`,
			"imagePullSecrets[0].name: Required value",
		},
	} {
		l := newLab(t)
		err := l.object("a", strings.Replace(test.text, "{", "{apiVersion: v1, ", 1)).create()
		assert.ErrorContains(t, err, test.words, test.text)
	}
}

func TestImmutableData(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	o := l.object("c", `{apiVersion: v1, kind: ConfigMap, metadata: {name: c}, immutable: true, data: {a: "1"}}`)
	require.NoError(t, o.create())
	assert.ErrorContains(t, o.update(`{apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {a: "2"}}`),
		"[immutable: Forbidden: field is immutable when `immutable` is set, "+
			"data: Forbidden: field is immutable when `immutable` is set]")
	s := l.object("s", `{apiVersion: v1, kind: Secret, metadata: {name: s}, type: a/b}`)
	require.NoError(t, s.create())
	assert.ErrorContains(t, s.update(`{apiVersion: v1, kind: Secret, metadata: {name: s}, type: a/c}`),
		"type: Invalid value: \"a/c\": field is immutable")
}
