package components

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Ports of the probe's nginx, which runs without root, and of the service in front of it.
const (
	probePort        = 8080
	probeServicePort = 80
)

// Limits of EgressProbeArgs.IntervalMinutes.
const (
	minInterval = 11 // the kubelet forgets earlier restarts of a container that ran for more than 10 minutes
	maxInterval = 24 * 60
)

// EgressProbeArgs describes the probe. The component needs a kubernetes provider for the cluster under test.
type EgressProbeArgs struct {
	Image  string // required: an nginx that runs without root and brings curl and a POSIX shell
	Target string // required: a URL that answers with the address it sees, such as http://ifconfig.me/ip

	Samples         int    // 1-50 requests, each over a fresh connection; 0 is 10
	IntervalMinutes int    // 11-1440 from one sample to the next; 0 is 15
	MustBeBlocked   string // a URL that must not be reachable; empty: nothing is asked

	// ExpectedIPs are addresses, or prefixes in CIDR form, one of which every sample must see. They are judged by and
	// are no part of the workload.
	ExpectedIPs pulumi.StringArrayInput // required

	// SampleAgainOn holds whatever must make the probe sample at once, in the update in which it changes: what the
	// program itself decides about egress, such as the addresses of its NAT gateway and a digest of its firewall rules.
	// Leave out what others change and a refresh brings in, such as addresses that AKS owns: it would change the workload
	// in the next preview, and the sampler sees it by itself. Nil: nothing.
	SampleAgainOn pulumi.StringInput

	Exposure Exposure // how the probe's nginx can be reached; empty: not at all
}

// Exposure is the Service that stands before the probe's nginx.
type Exposure string

// The exposures.
const (
	ExposurePublic   Exposure = "public"   // a load balancer with a public address
	ExposureInternal Exposure = "internal" // a load balancer with an address of the node subnet
	ExposureCluster  Exposure = "cluster"  // an address inside the cluster, as backend of a gateway
)

// EgressProbe is an nginx workload (restricted Pod Security) whose pod samples by which address traffic leaves the
// cluster: once before nginx starts, and again every interval. A sampling container ends, and so is started again, only
// when egress has changed. The component reads the newest sample after readiness, from the containers' termination
// messages, with no rights in the cluster beyond those of the deploying user, and fails the update when it is not as
// expected.
//
// So a sample is of the update that made the pod, or what changed up to one interval ago: an update that repairs egress
// without a change of SampleAgainOn may still meet the sample of before, and fails with its time.
type EgressProbe struct {
	pulumi.ResourceState

	// ObservedIPs are the distinct addresses that the target saw, sorted. Verified tells whether they were as expected;
	// an update never resolves it to false but fails, with the far end's own words.
	ObservedIPs pulumi.StringArrayOutput `pulumi:"observedIps"`
	Verified    pulumi.BoolOutput        `pulumi:"verified"`

	IngressIP pulumi.StringOutput `pulumi:"ingressIp"` // of the load balancer, public or private; else empty

	// Backend is the Service before nginx, for the rules of a gateway.
	Backend ServiceBackend
}

// ServiceBackend is a port of a Kubernetes Service to which a gateway sends requests.
type ServiceBackend struct {
	Namespace pulumi.StringInput
	Service   pulumi.StringInput
	Port      int
}

var _ pulumi.ComponentResource = (*EgressProbe)(nil)

//go:embed probe_script.sh
var probeScript string

// NewEgressProbe registers namespace, services and the StatefulSet, and reads what its pod sampled.
func NewEgressProbe(
	ctx *pulumi.Context, name string, args *EgressProbeArgs, opts ...pulumi.ResourceOption,
) (*EgressProbe, error) {
	if args == nil {
		return nil, problems("egress probe", name, errNilArgs)
	}
	a := *args
	if a.Samples == 0 {
		a.Samples = 10
	}
	if a.IntervalMinutes == 0 {
		a.IntervalMinutes = 15
	}
	err := problems("egress probe", name,
		ensure(a.Image != "", "Image is required"),
		ensure(a.Target != "", "Target is required"),
		ensure(a.Samples >= 1 && a.Samples <= 50, "Samples %d is outside 1-50", a.Samples),
		ensure(a.IntervalMinutes >= minInterval && a.IntervalMinutes <= maxInterval,
			"IntervalMinutes %d is outside %d-%d: the kubelet delays restarts of a container that ran for 10 minutes or less",
			a.IntervalMinutes, minInterval, maxInterval),
		ensure(a.ExpectedIPs != nil, "ExpectedIPs is required"),
		ensure(slices.Contains([]Exposure{"", ExposurePublic, ExposureInternal, ExposureCluster}, a.Exposure),
			"Exposure %q is none of public, internal, cluster", a.Exposure),
	)
	if err != nil {
		return nil, err
	}
	probe := &EgressProbe{}
	err = ctx.RegisterComponentResourceV2(EgressProbeType, name, pulumi.Map{
		"image": pulumi.String(a.Image), "target": pulumi.String(a.Target), "samples": pulumi.Int(a.Samples),
	}, probe, opts...)
	if err != nil {
		return nil, fmt.Errorf("egress probe %q: %w", name, err)
	}
	if err := probe.build(ctx, name, &a); err != nil {
		return nil, fmt.Errorf("egress probe %q: %w", name, err)
	}
	return probe, ctx.RegisterResourceOutputs(probe, pulumi.Map{
		"observedIps": probe.ObservedIPs, "verified": probe.Verified, "ingressIp": probe.IngressIP,
	})
}

func (p *EgressProbe) build(ctx *pulumi.Context, name string, a *EgressProbeArgs) error {
	child := pulumi.Parent(p)
	namespace, err := corev1.NewNamespace(ctx, name+"-namespace", &corev1.NamespaceArgs{
		Metadata: metav1.ObjectMetaArgs{
			Name:   pulumi.String(name),
			Labels: pulumi.StringMap{"pod-security.kubernetes.io/enforce": pulumi.String("restricted")},
		},
	}, child)
	if err != nil {
		return fmt.Errorf("namespace: %w", err)
	}
	w := workload{name: name, namespace: namespace.Metadata.Name().Elem(), args: a}
	service, err := corev1.NewService(ctx, name+"-service", w.headlessService(), child)
	if err != nil {
		return fmt.Errorf("service: %w", err)
	}
	set, err := appsv1.NewStatefulSet(ctx, name+"-workload", w.statefulSet(service), child,
		// Shorter than the provider's 10 minutes: what an image pull needs, not what a wrong name deserves.
		pulumi.Timeouts(&pulumi.CustomTimeouts{Create: "5m", Update: "5m"}))
	if err != nil {
		return fmt.Errorf("workload: %w", err)
	}
	p.IngressIP = pulumi.String("").ToStringOutput()
	if a.Exposure != "" {
		exposed, err := corev1.NewService(ctx, name+"-"+string(a.Exposure), w.exposingService(), child)
		if err != nil {
			return fmt.Errorf("%s service: %w", a.Exposure, err)
		}
		p.Backend = ServiceBackend{
			Namespace: namespace.Metadata.Name().Elem(), Service: exposed.Metadata.Name().Elem(), Port: probeServicePort,
		}
		if a.Exposure != ExposureCluster {
			p.IngressIP = ingressIP(exposed)
		}
	}
	return p.readSamples(ctx, name, a, set)
}

// readSamples reads the pod by an id that is unknown until the StatefulSet stands: a known id would make the first
// preview fail (pulumi-kubernetes.md).
func (p *EgressProbe) readSamples(
	ctx *pulumi.Context, name string, a *EgressProbeArgs, set *appsv1.StatefulSet,
) error {
	podID := set.ID().ApplyT(func(id pulumi.ID) pulumi.ID { return id + "-0" }).(pulumi.IDOutput)
	pod, err := corev1.GetPod(ctx, name+"-pod", podID, nil, pulumi.Parent(p))
	if err != nil {
		return fmt.Errorf("pod: %w", err)
	}
	judged := pulumi.All(pod.Status, a.ExpectedIPs).ApplyT(func(values []any) (verdict, error) {
		status, _ := values[0].(*corev1.PodStatus)
		expected, _ := values[1].([]string)
		newest := newestSample(status)
		v := judge(newest.message, expected)
		// A preview reads the pod as it was before the change, so it shows and does not judge.
		if ctx.DryRun() {
			return v, nil
		}
		return v, p.report(ctx, v, newest.age(name, a.IntervalMinutes))
	})
	p.ObservedIPs = judged.ApplyT(func(v any) []string { return v.(verdict).observed }).(pulumi.StringArrayOutput)
	p.Verified = judged.ApplyT(func(v any) bool { return v.(verdict).verified }).(pulumi.BoolOutput)
	return nil
}

// report shows what the newest sample said as diagnostics of the probe, at once, and fails the update unless all holds.
// Age tells when the sample was taken.
func (p *EgressProbe) report(ctx *pulumi.Context, v verdict, age string) error {
	at := &pulumi.LogArgs{Resource: p}
	if v.err != nil {
		err := fmt.Errorf("egress probe: %w%s", v.err, age)
		return errors.Join(err, ctx.Log.Error(err.Error(), at))
	}
	if v.warning != "" {
		return ctx.Log.Warn("egress probe: "+v.warning+age, at)
	}
	return nil
}

func ingressIP(service *corev1.Service) pulumi.StringOutput {
	return service.Status.ApplyT(func(status *corev1.ServiceStatus) (string, error) {
		if status != nil && status.LoadBalancer != nil && len(status.LoadBalancer.Ingress) > 0 {
			if ip := status.LoadBalancer.Ingress[0].Ip; ip != nil {
				return *ip, nil
			}
		}
		return "", errors.New("load balancer service: it has no ingress address")
	}).(pulumi.StringOutput)
}
