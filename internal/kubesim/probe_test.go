package kubesim

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/egress"
)

// probe is the kind of workload that this repository deploys: a sampling init container that never fails, and nginx.
const probe = `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: probe, namespace: probe}
spec:
  serviceName: probe
  podManagementPolicy: %[1]s
  selector: {matchLabels: {app: probe}}
  template:
    metadata: {labels: {app: probe}}
    spec:
      automountServiceAccountToken: false
      securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
      initContainers:
        - name: sample
          image: %[2]s
          command: ["/bin/sh", "-c"]
          args:
            - |
%[3]s
          env: [{name: SAMPLES, value: "4"}, {name: BLOCKED, value: "http://blocked.example.com/"}]
          securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
          volumeMounts: [{name: tmp, mountPath: /tmp}]
      containers:
        - name: nginx
          image: nginxinc/nginx-unprivileged:1.27
          ports: [{containerPort: 8080}]
          readinessProbe: {httpGet: {path: /, port: 8080}}
          securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
      volumes: [{name: tmp, emptyDir: {}}]
`

const sampleScript = `
out=''
failed=''
quote() { printf '%s' "$1" | tr '"\n' "' "; }
sample() {
  body=$(curl -sS -m 10 --no-keepalive -w '\n%{http_code}' "$1" 2>/tmp/error)
  status=$?
  code=${body##*
}
  body=${body%
*}
}
i=0
while [ "$i" -lt "$SAMPLES" ]; do
  i=$((i + 1))
  sample http://ifconfig.me/ip
  case $status/$code in
    0/200) case " $out " in *" $body "*) ;; *) out="$out $body";; esac ;;
    0/*) failed="$code $(quote "$body")" ;;
    *) failed="$status $(quote "$(cat /tmp/error)")" ;;
  esac
done
sample "$BLOCKED"
if [ "$status" -eq 0 ] && [ "$code" = 200 ]; then blocked=false; else blocked=true; fi
list=''
for ip in ${out# }; do list="$list,\"$ip\""; done
printf '{"addresses":[%s],"failed":"%s","blocked":%s}\n' "${list#,}" "$failed" "$blocked" >/dev/termination-log
exit 0`

func probeManifest(policy, image, script string) string {
	indent := "\n" + strings.Repeat(" ", 14)
	lines := strings.ReplaceAll(strings.TrimPrefix(script, "\n"), "\n", indent)
	return fmt.Sprintf(probe, policy, image, strings.TrimPrefix(indent+lines, "\n"))
}

const (
	curlImage  = "curlimages/curl:8.16.0"
	restricted = "pod-security.kubernetes.io/enforce: restricted"
)

func denied(refusal egress.Refusal) egress.Trace {
	return egress.Trace{Disposition: egress.DeniedOut, Refusal: refusal, Reason: "no rule of the firewall allows it"}
}

func (l *lab) message(pod resource.ID) any {
	return follow(l.pod(pod), "status", "initContainerStatuses", 0, "state", "terminated", "message")
}

func TestProbe(t *testing.T) {
	t.Parallel()
	several := []netip.Prefix{netip.MustParsePrefix("20.0.0.4/32"), netip.MustParsePrefix("20.0.1.2/31")}
	for name, test := range map[string]struct {
		sources []netip.Prefix
		ends    map[string]egress.Trace
		message string
	}{
		"one address": {
			several[:1],
			map[string]egress.Trace{"blocked.example.com": denied(egress.RefusedHTTP470)},
			`{"addresses":["20.0.0.4"],"failed":"","blocked":true}`,
		},
		"several addresses take turns": {
			several, nil, `{"addresses":["20.0.0.4","20.0.1.2","20.0.1.3"],"failed":"","blocked":false}`,
		},
		"the firewall's own words": {
			several[:1],
			map[string]egress.Trace{"ifconfig.me": denied(egress.RefusedHTTP470)},
			`{"addresses":[],"failed":"470 ` + egress.FirewallDenyBody + `","blocked":false}`,
		},
		"no way out": {
			several[:1],
			map[string]egress.Trace{"ifconfig.me": {Disposition: egress.NoEgress}},
			`{"addresses":[],"failed":"28 curl: (28) Connection timed out after 10001 milliseconds","blocked":false}`,
		},
		"an Azure service over a service endpoint": {
			several[:1],
			map[string]egress.Trace{"blocked.example.com": {
				Disposition: egress.DeliveredService, Sources: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/22")},
			}},
			`{"addresses":["20.0.0.4"],"failed":"","blocked":false}`,
		},
		"dropped": {
			several[:1],
			map[string]egress.Trace{"ifconfig.me": denied(egress.RefusedDropped)},
			`{"addresses":[],"failed":"28 curl: (28) Connection timed out after 10001 milliseconds","blocked":false}`,
		},
		"not known is no success": {
			several[:1],
			map[string]egress.Trace{"ifconfig.me": {Disposition: egress.Insufficient, Reason: "no route table"}},
			`{"addresses":[],"failed":"7 curl: (7) Failed to connect to ifconfig.me port 80: ` +
				`not known to the simulation: no route table","blocked":false}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			l.cloud.sources, l.cloud.ends = test.sources, test.ends
			l.namespace("probe", restricted)
			o := l.object("probe", probeManifest("Parallel", curlImage, sampleScript))
			require.NoError(t, o.create())
			assert.Equal(t, resource.ID("probe/probe"), o.id)
			assert.EqualValues(t, 1, o.output("status", "readyReplicas"))

			pod := l.pod(o.id + "-0")
			require.NotNil(t, pod)
			assert.Equal(t, test.message+"\n", l.message(o.id+"-0"))
			assert.Equal(t, "Running", follow(pod, "status", "phase"))
			assert.Regexp(t, `^aks-system-12345678-vmss00000[0-2]$`, follow(pod, "spec", "nodeName"))
			addr, err := netip.ParseAddr(follow(pod, "status", "podIP").(string))
			require.NoError(t, err)
			assert.True(t, netip.MustParsePrefix("10.244.0.0/16").Contains(addr))
			for _, flow := range l.cloud.flows {
				assert.Equal(t, flow.Port != 443, flow.Pod, "nodes pull, pods sample: %v", flow)
				assert.Equal(t, clusterID, flow.From)
			}

			again, err := o.read()
			require.NoError(t, err)
			assert.Equal(t, plain(o.outputs), plain(again.Outputs))
			assert.Equal(t, pod, l.pod(o.id+"-0"), "a pod that runs is not run again")
			assert.Nil(t, l.pod("probe/probe-1"))
		})
	}
}
