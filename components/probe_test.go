package components_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/components"
)

func probeArgs(expected ...string) *components.EgressProbeArgs {
	return &components.EgressProbeArgs{
		Image: "docker.io/nginxinc/nginx-unprivileged:1", Target: "http://ifconfig.me/ip", Samples: 3,
		MustBeBlocked: "http://example.com", ExpectedIPs: pulumi.ToStringArray(expected), Publish: true,
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
		for _, path := range []string{"initContainers[0]", "containers[0]"} {
			at := "spec.template.spec." + path + ".securityContext."
			assert.Equal(t, false, set.input(t, at+"allowPrivilegeEscalation"))
			assert.Equal(t, []any{"ALL"}, set.input(t, at+"capabilities.drop"))
		}
		assert.Equal(t, true, set.input(t, "spec.template.spec.securityContext.runAsNonRoot"))
		assert.Equal(t, "None", r.find(t, "Service", "probe-service").input(t, "spec.clusterIP"))
		assert.Equal(t, "LoadBalancer", r.find(t, "Service", "probe-public").input(t, "spec.type"))
		assert.Equal(t, 1, r.count("Pod"), "the pod is read, not made")
	})
}

func TestEgressProbe_SamplesAgainWhenExpectationChanges(t *testing.T) {
	t.Parallel()
	annotation := func(expected string) any {
		r, err := deploy(t, true, func(ctx *pulumi.Context) error {
			_, err := components.NewEgressProbe(ctx, "probe", probeArgs(expected))
			return err
		})
		require.NoError(t, err)
		return r.find(t, "StatefulSet", "probe-workload").input(t, "spec.template.metadata.annotations")
	}
	assert.NotEqual(t, annotation("203.0.113.1"), annotation("203.0.113.2"))
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
