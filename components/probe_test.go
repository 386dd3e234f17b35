package components_test

import (
	"fmt"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/components"
)

func probeArgs(expected ...string) *components.EgressProbeArgs {
	return &components.EgressProbeArgs{
		Image: "docker.io/nginxinc/nginx-unprivileged:1", Target: "http://ifconfig.me/ip", Samples: 3,
		MustBeBlocked: "http://example.com", ExpectedIPs: pulumi.ToStringArray(expected), Exposure: components.ExposurePublic,
	}
}

func TestEgressProbe(t *testing.T) {
	t.Parallel()
	program := func(ctx *pulumi.Context) error {
		_, err := components.NewEgressProbe(ctx, "probe", probeArgs("203.0.113.1"))
		return err
	}
	bothWays(t, program, func(t *testing.T, r *recorder) {
		namespace := r.find(t, "Namespace", "probe-namespace")
		labels, ok := namespace.input(t, "metadata.labels").(map[string]any)
		require.True(t, ok)
		assert.Equal(t, "restricted", labels["pod-security.kubernetes.io/enforce"])
		set := r.find(t, "StatefulSet", "probe-workload")
		assert.Equal(t, "Parallel", set.input(t, "spec.podManagementPolicy"))
		for _, path := range []string{"initContainers[0]", "containers[0]", "containers[1]"} {
			at := "spec.template.spec." + path + ".securityContext."
			assert.Equal(t, false, set.input(t, at+"allowPrivilegeEscalation"))
			assert.Equal(t, []any{"ALL"}, set.input(t, at+"capabilities.drop"))
		}
		assert.Equal(t, true, set.input(t, "spec.template.spec.securityContext.runAsNonRoot"))
		const sampler = "spec.template.spec.containers[1]."
		assert.Equal(t, "sampler", set.input(t, sampler+"name"))
		assert.Equal(t, "IfNotPresent", set.input(t, sampler+"imagePullPolicy"), "a restart needs no registry")
		for _, field := range []string{"image", "command"} {
			assert.Equal(t, set.input(t, "spec.template.spec.initContainers[0]."+field), set.input(t, sampler+field), field)
		}
		assert.Contains(t, set.input(t, sampler+"env"), map[string]any{"name": "PROBE_INTERVAL", "value": "900"})
		for _, container := range []string{"initContainers[0].", "containers[1]."} {
			at := "spec.template.spec." + container
			assert.Contains(t, set.input(t, at+"env"), map[string]any{"name": "PROBE_MEMORY", "value": "/report/last"})
			assert.Equal(t, "report", set.input(t, at+"volumeMounts[0].name"), "both keep there what was reported last")
			assert.Equal(t, "/report", set.input(t, at+"volumeMounts[0].mountPath"))
		}
		assert.NotContains(t, fmt.Sprint(set.input(t, "spec.template.spec.initContainers[0].env")), "PROBE_INTERVAL")
		assert.Nil(t, set.input(t, sampler+"readinessProbe"), "a sample that fails does not make the pod unready")
		assert.Equal(t, "None", r.find(t, "Service", "probe-service").input(t, "spec.clusterIP"))
		assert.Equal(t, "LoadBalancer", r.find(t, "Service", "probe-public").input(t, "spec.type"))
		assert.Equal(t, 1, r.count("Pod"), "the pod is read, not made")
	})
}

// The Service before nginx: where requests come from decides what address it has.
func TestEgressProbe_Exposure(t *testing.T) {
	t.Parallel()
	const internal = "service.beta.kubernetes.io/azure-load-balancer-internal"
	for exposure, want := range map[components.Exposure]struct {
		kind, internal, ip any
	}{
		components.ExposurePublic:   {"LoadBalancer", nil, "203.0.113.99"},
		components.ExposureInternal: {"LoadBalancer", "true", "203.0.113.99"},
		components.ExposureCluster:  {"ClusterIP", nil, ""},
	} {
		var ip string
		r, err := deploy(t, false, func(ctx *pulumi.Context) error {
			args := probeArgs("203.0.113.1")
			args.Exposure = exposure
			probe, err := components.NewEgressProbe(ctx, "probe", args)
			if err == nil {
				assert.Equal(t, 80, probe.Backend.Port)
				probe.IngressIP.ApplyT(func(s string) string { ip = s; return s })
			}
			return err
		})
		require.NoError(t, err)
		service := r.find(t, "Service", "probe-"+string(exposure))
		assert.Equal(t, want.kind, service.input(t, "spec.type"))
		annotations, _ := service.input(t, "metadata.annotations").(map[string]any)
		assert.Equal(t, want.internal, annotations[internal])
		assert.Equal(t, want.ip, ip, exposure)
	}
}

// A change of what others own must leave the workload as it is, or the preview after a refresh would not be empty.
func TestEgressProbe_SamplesAtOnceOnlyWhenTheCallerSaysSo(t *testing.T) {
	t.Parallel()
	template := func(expected, again string) any {
		r, err := deploy(t, true, func(ctx *pulumi.Context) error {
			args := probeArgs(expected)
			if again != "" {
				args.SampleAgainOn = pulumi.String(again)
			}
			_, err := components.NewEgressProbe(ctx, "probe", args)
			return err
		})
		require.NoError(t, err)
		return r.find(t, "StatefulSet", "probe-workload").input(t, "spec")
	}
	assert.Equal(t, template("203.0.113.1", ""), template("203.0.113.2", ""))
	assert.Equal(t, template("203.0.113.1", "a"), template("203.0.113.2", "a"))
	assert.NotEqual(t, template("203.0.113.1", "a"), template("203.0.113.1", "b"))
}

func TestEgressProbe_JudgesTheNewestSample(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		sampler  string
		expected string
		err      []string // empty: verified
	}{
		"only the init container": {"", "203.0.113.1", nil},
		"the sampler, later":      {seen("203.0.113.2"), "203.0.113.2", nil},
		"no longer by the first": {seen("203.0.113.2"), "203.0.113.1", []string{
			"observed [203.0.113.2], expected [203.0.113.1]", "`pulumi refresh` first",
			"sampled at 2026-01-01T01:00:00Z", "within 15 minutes", "`kubectl delete pod --namespace probe probe-0`",
		}},
		"not yet by the second": {"", "203.0.113.2", []string{
			"observed [203.0.113.1], expected [203.0.113.2]", "sampled at 2026-01-01T00:00:00Z",
		}},
		"a run without a report": {" ", "203.0.113.1", []string{"left no report", "sampled at 2026-01-01T01:00:00Z"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &recorder{pod: seen("203.0.113.1"), sampler: test.sampler}
			_, err := deployOn(r, false, func(ctx *pulumi.Context) error {
				_, err := components.NewEgressProbe(ctx, "probe", probeArgs(test.expected))
				return err
			})
			if test.err == nil {
				require.NoError(t, err)
			}
			for _, words := range test.err {
				require.ErrorContains(t, err, words)
			}
		})
	}
}

func TestEgressProbe_UnexpectedAddressFailsTheUpdateNotThePreview(t *testing.T) {
	t.Parallel()
	program := func(ctx *pulumi.Context) error {
		probe, err := components.NewEgressProbe(ctx, "probe", probeArgs("203.0.113.2"))
		if err != nil {
			return err
		}
		ctx.Export("observed", probe.ObservedIPs)
		return nil
	}
	_, err := deploy(t, true, program)
	require.NoError(t, err, "a preview reads the pod of before")
	_, err = deploy(t, false, program)
	require.ErrorContains(t, err, "observed [203.0.113.1], expected [203.0.113.2]")
}

func TestEgressProbe_FailureWithoutConsumerStillFails(t *testing.T) {
	t.Parallel()
	_, err := deploy(t, false, func(ctx *pulumi.Context) error {
		_, err := components.NewEgressProbe(ctx, "probe", probeArgs("203.0.113.2"))
		return err
	})
	require.Error(t, err, "the component registers the verdict as its own output")
}
