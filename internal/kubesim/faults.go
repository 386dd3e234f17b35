package kubesim

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"aks-egress/internal/faults"
)

// maxRetries is how often client-go tries a request again when the API server answers 429 (rest.Request). Other answers
// are tried again only with a Retry-After, which the simulated 500 does not have.
const maxRetries = 10

// FaultSubjects are the simulated kinds with what can go wrong with each request. Only a kind that the provider waits
// for can fail to become ready; server-side apply is what meets conflicts. A Helm release fails by what is in it.
func FaultSubjects() []faults.Subject {
	always := []faults.Fault{faults.Throttled, faults.Error, faults.Lost, faults.CrashBefore, faults.Crash}
	var all []faults.Subject
	for _, token := range sortedKeys(byToken) {
		k := byToken[token]
		possible := map[faults.Operation][]faults.Fault{faults.Read: always}
		if !k.readOnly {
			apply := append(slices.Clone(always), faults.Conflict)
			if k.reconcile != nil && k != releases {
				apply = append(apply, faults.Timeout, faults.Failed)
			}
			possible[faults.Create], possible[faults.Update] = apply, apply
			possible[faults.Delete] = always
			if k != releases {
				possible[faults.Delete] = append(slices.Clone(always), faults.Failed)
			}
		}
		all = append(all, faults.Subject{Type: token, Faults: possible})
	}
	return all
}

// Inject makes faults happen to the requests of the provider, from the next one on.
func (k *Kubernetes) Inject(i *faults.Injector) { k.faults = i }

// request is one request to an API server, as client-go makes it.
type request struct {
	*provider
	kind      *kind
	urn       resource.URN
	name      string // of the object
	operation faults.Operation
}

// send sends a request, again where client-go does; the waiting takes no time. do gets the faults that let the API
// server accept the request.
func (r request) send(ctx context.Context, do func(f faults.Fault) error) error {
	injector := r.kubernetes.faults
	for try := 0; ; try++ {
		switch f := injector.Next(r.asked()); f {
		case faults.Throttled:
			if try == maxRetries {
				return apierrors.NewTooManyRequestsError("Too many requests, please try again later.")
			}
		case faults.Error:
			return apierrors.NewInternalError(errors.New("the fault plan wants it"))
		case faults.Conflict:
			return r.conflict()
		case faults.CrashBefore:
			return injector.Die(ctx)
		case faults.Lost, faults.Crash:
			if err := do(faults.None); err != nil {
				return err
			}
			if f == faults.Crash {
				return injector.Die(ctx)
			}
			return faults.ErrLost
		default:
			return do(f)
		}
	}
}

func (r request) asked() faults.Request {
	return faults.Request{
		Type: r.kind.token(), Operation: r.operation, Names: []string{r.urn.Name(), r.name},
	}
}

// conflict is the refusal of server-side apply where another field manager owns a field, in the provider's words.
func (r request) conflict() error {
	const help = "https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/" +
		"managing-resources-with-server-side-apply/#handle-field-conflicts-on-existing-resources"
	refusal := apierrors.NewApplyConflict([]metav1.StatusCause{{
		Type: metav1.CauseTypeFieldManagerConflict, Field: ".metadata.labels",
		Message: fmt.Sprintf("conflict with %q using %s", "fault-plan", r.kind.apiVersion()),
	}}, fmt.Sprintf("Apply failed with 1 conflict: conflict with %q using %s: .metadata.labels", "fault-plan",
		r.kind.apiVersion()))
	return fmt.Errorf("Server-Side Apply field conflict detected. See %s for troubleshooting help.\n"+
		"The resource managed by field manager %q had an apply conflict: %w", help, fieldManager(r.urn), refusal)
}

// lateReason is what the provider shows of an object that a fault keeps from being ready in time.
const lateReason = "the fault plan keeps it from becoming ready in time"

// late is an object that the API server took and that is not ready when the provider's patience ends. With a failed
// fault its controllers have not looked at it yet; after a timeout it is ready and the provider did not see it.
func (w *write) late(
	ctx context.Context, i *instance, k *kind, manifest map[string]any, f faults.Fault,
) (live map[string]any, state readiness, err error) {
	state = readiness{reasons: []string{lateReason}}
	if f == faults.Timeout {
		live, _, err = w.settle(ctx, i, k, manifest)
		return live, state, err
	}
	s := w.kubernetes.begin(ctx, i.cluster, i.server)
	defer s.end()
	applied, err := s.apply(k, manifest, false)
	if err != nil {
		return nil, state, err
	}
	if err := s.commit(); err != nil {
		return nil, state, err
	}
	live, _ = s.raw(k, applied.GetNamespace(), applied.GetName())
	return live, state, nil
}

// stuck is an object whose deletion was accepted and that is still there when the provider's patience ends, as one with
// a finalizer that nobody serves.
func stuck(k *kind, name string) error {
	return fmt.Errorf("Timed out waiting for deletion of %s/%s %q", //nolint:staticcheck // the provider's words
		k.apiVersion(), k.name, name)
}
