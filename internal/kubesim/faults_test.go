package kubesim

import (
	"context"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"aks-egress/internal/faults"
)

// inject makes faults happen from the next request on; a crash ends the engine's interest.
func (l *lab) inject(crash func(), rules ...string) *faults.Plan {
	l.t.Helper()
	plan := faults.NewPlan(FaultSubjects())
	require.NoError(l.t, plan.Add(rules...))
	l.kube.Inject(plan.Injector(func(string) {}, crash))
	return plan
}

const other = `{apiVersion: v1, kind: Namespace, metadata: {name: other}}`

// exists tells whether the namespace other is there, and on disk.
func (l *lab) exists() bool {
	l.t.Helper()
	l.open()
	for _, o := range l.kube.Objects() {
		if text(o.Manifest, "metadata", "name") == "other" {
			return true
		}
	}
	return false
}

// client-go tries a 429 with Retry-After ten times again, and nothing else.
func TestFaults_Retries(t *testing.T) {
	t.Parallel()
	for rule, check := range map[string]func(error) bool{
		"Namespace create throttled times=10": nil,
		"Namespace create throttled times=11": apierrors.IsTooManyRequests,
		"Namespace create error":              apierrors.IsInternalError,
		"Namespace create conflict":           apierrors.IsConflict,
	} {
		t.Run(rule, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			plan := l.inject(nil, rule)
			err := l.object("ns", other).create()
			assert.Empty(t, plan.Idle())
			if check == nil {
				require.NoError(t, err)
				assert.True(t, l.exists())
				return
			}
			require.ErrorContains(t, err, `resource "other" was not successfully created by the Kubernetes API server`)
			assert.True(t, check(err), "%v", err)
			assert.False(t, l.exists())
		})
	}
}

// A lost answer and a crash after the write leave the object on disk; a crash before it leaves nothing.
func TestFaults_NoAnswer(t *testing.T) {
	t.Parallel()
	for fault, want := range map[string]bool{"lost": true, "crash": true, "crash-before": false} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			ctx, cancel := context.WithCancel(t.Context())
			l.inject(cancel, "Namespace create "+fault)
			o := l.object("ns", other)
			_, err := l.Create(ctx, plugin.CreateRequest{URN: o.urn, Name: "ns", Type: o.token, Properties: o.inputs})
			require.ErrorIs(t, err, faults.ErrLost)
			assert.Equal(t, want, l.exists())
		})
	}
}

// A workload that is not ready in time is in Pulumi's state, and the next update finds it ready.
func TestFaults_NotReadyInTime(t *testing.T) {
	t.Parallel()
	for _, fault := range []string{"failed", "timeout"} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			l.namespace("apps", "")
			l.inject(nil, "StatefulSet create "+fault, "StatefulSet update "+fault)
			o := l.object("web", web("StatefulSet", 1, "one"))
			partial := (*initError)(nil)
			require.ErrorAs(t, o.create(), &partial)
			assert.Equal(t, "apps/web", string(o.id))
			assert.Contains(t, partial.Error(), lateReason)
			require.ErrorAs(t, o.update(web("StatefulSet", 2, "one")), &partial)
			require.NoError(t, o.update(web("StatefulSet", 2, "one")))
			assert.InDelta(t, 2, o.output("status", "readyReplicas"), 0)
		})
	}
}

func TestFaults_Delete(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	o := l.object("ns", other)
	require.NoError(t, o.create())
	l.inject(nil, "Namespace delete failed", "Namespace delete throttled", "Namespace delete error",
		"Namespace delete lost")
	require.EqualError(t, o.delete(), `Timed out waiting for deletion of v1/Namespace "other"`)
	// The second delete is throttled, tried again and refused; the third is done, and its answer is lost.
	require.True(t, apierrors.IsInternalError(o.delete()))
	require.ErrorIs(t, o.delete(), faults.ErrLost)
	assert.False(t, l.exists())
	require.NoError(t, o.delete(), "what is not there is deleted")
}

func TestFaults_Read(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	o := l.object("ns", other)
	require.NoError(t, o.create())
	l.inject(nil, "Namespace read throttled times=10", "Namespace read error")
	_, err := o.read()
	require.True(t, apierrors.IsInternalError(err))
	_, err = o.read()
	require.NoError(t, err)
}
