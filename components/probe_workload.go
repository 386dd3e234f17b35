package components

import (
	"strconv"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// nginxUser is the numeric user of nginx's unprivileged images; Pod Security wants a number that is not root.
const nginxUser = 101

// Names of the two containers that sample, and the volume in which they keep what was reported last.
const (
	sampleContainer  = "sample"
	samplerContainer = "sampler"
	reportVolume     = "report"
	reportPath       = "/report"
)

const secondsPerMinute = 60

// internalLoadBalancer makes a load balancer of the cluster take a private address (azure-facts 7.6).
const internalLoadBalancer = "service.beta.kubernetes.io/azure-load-balancer-internal"

// workload builds the Kubernetes objects of one probe.
type workload struct {
	name      string
	namespace pulumi.StringInput
	args      *EgressProbeArgs
}

func (w workload) metadata(name string) metav1.ObjectMetaArgs {
	return metav1.ObjectMetaArgs{
		Name: pulumi.String(name), Namespace: w.namespace.ToStringOutput().ToStringPtrOutput(), Labels: w.labels(),
	}
}

func (w workload) labels() pulumi.StringMap {
	return pulumi.StringMap{"app.kubernetes.io/name": pulumi.String(w.name)}
}

// headlessService gives the pod its stable name. It is headless, because the provider waits 10 s more for one with a
// cluster IP (pulumi-kubernetes.md).
func (w workload) headlessService() *corev1.ServiceArgs {
	return &corev1.ServiceArgs{
		Metadata: w.metadata(w.name),
		Spec: corev1.ServiceSpecArgs{
			ClusterIP: pulumi.String("None"),
			Selector:  w.labels(),
			Ports:     w.servicePorts(),
		},
	}
}

// exposingService is the Service of the probe's Exposure.
func (w workload) exposingService() *corev1.ServiceArgs {
	metadata := w.metadata(w.name + "-" + string(w.args.Exposure))
	kind := "LoadBalancer"
	switch w.args.Exposure {
	case ExposureInternal:
		metadata.Annotations = pulumi.StringMap{internalLoadBalancer: pulumi.String("true")}
	case ExposureCluster:
		kind = "ClusterIP"
	case ExposurePublic:
	}
	return &corev1.ServiceArgs{
		Metadata: metadata,
		Spec: corev1.ServiceSpecArgs{
			Type:     pulumi.String(kind),
			Selector: w.labels(),
			Ports:    w.servicePorts(),
			// The one pod answers also for the second or two in which its sampler, having reported a change, starts again.
			PublishNotReadyAddresses: pulumi.Bool(true),
		},
	}
}

func (w workload) servicePorts() corev1.ServicePortArray {
	return corev1.ServicePortArray{corev1.ServicePortArgs{
		Name: pulumi.String("http"), Port: pulumi.Int(probeServicePort), TargetPort: pulumi.String("http"),
	}}
}

// statefulSet has one pod, whose name is known: <name>-0. Its management is parallel, since with ordered management a
// pod that cannot start stays in the way of its own correction (pulumi-kubernetes.md).
func (w workload) statefulSet(service *corev1.Service) *appsv1.StatefulSetArgs {
	annotations := pulumi.StringMap{}
	if w.args.SampleAgainOn != nil {
		annotations["aks-egress/sampled-for"] = w.args.SampleAgainOn
	}
	return &appsv1.StatefulSetArgs{
		Metadata: w.metadata(w.name),
		Spec: appsv1.StatefulSetSpecArgs{
			Replicas:            pulumi.Int(1),
			ServiceName:         service.Metadata.Name().Elem(),
			PodManagementPolicy: pulumi.String("Parallel"),
			Selector:            metav1.LabelSelectorArgs{MatchLabels: w.labels()},
			Template: corev1.PodTemplateSpecArgs{
				Metadata: metav1.ObjectMetaArgs{Labels: w.labels(), Annotations: annotations},
				Spec:     w.podSpec(),
			},
		},
	}
}

func (w workload) podSpec() corev1.PodSpecArgs {
	return corev1.PodSpecArgs{
		AutomountServiceAccountToken: pulumi.Bool(false),
		EnableServiceLinks:           pulumi.Bool(false),
		NodeSelector:                 pulumi.StringMap{"kubernetes.io/os": pulumi.String("linux")},
		SecurityContext: corev1.PodSecurityContextArgs{
			RunAsNonRoot:   pulumi.Bool(true),
			RunAsUser:      pulumi.Int(nginxUser),
			RunAsGroup:     pulumi.Int(nginxUser),
			SeccompProfile: corev1.SeccompProfileArgs{Type: pulumi.String("RuntimeDefault")},
		},
		// A shell that is a container's first process does not end when it is asked to, and nothing here needs time to end.
		TerminationGracePeriodSeconds: pulumi.Int(1),
		InitContainers:                corev1.ContainerArray{w.sample()},
		Containers:                    corev1.ContainerArray{w.nginx(), w.sampler()},
		Volumes:                       corev1.VolumeArray{emptyVolume("tmp"), emptyVolume(reportVolume)},
	}
}

// sample is the init container: nginx starts when it has sampled.
func (w workload) sample() corev1.ContainerArgs {
	return w.sampling(sampleContainer, resources())
}

// sampler is a container that samples every interval and ends when the answer is another one than was last reported.
// The kubelet starts it again, at once, as it ran for more than ten minutes; so its restarts are the changes of egress.
// The image is on the node, so a restart needs no registry, whatever its tag.
func (w workload) sampler() corev1.ContainerArgs {
	container := w.sampling(samplerContainer, corev1.ResourceRequirementsArgs{
		// It sleeps: it asks for next to nothing, and may use what the init container may.
		Requests: pulumi.StringMap{"cpu": pulumi.String("1m"), "memory": pulumi.String("16Mi")},
		Limits:   amounts(),
	})
	interval := strconv.Itoa(w.args.IntervalMinutes * secondsPerMinute)
	container.Env = append(container.Env.(corev1.EnvVarArray), variable("PROBE_INTERVAL", interval))
	container.ImagePullPolicy = pulumi.String("IfNotPresent")
	return container
}

func (w workload) sampling(name string, resources corev1.ResourceRequirementsArgs) corev1.ContainerArgs {
	env := corev1.EnvVarArray{
		variable("PROBE_TARGET", w.args.Target), variable("PROBE_SAMPLES", strconv.Itoa(w.args.Samples)),
		variable("PROBE_MEMORY", reportPath+"/last"),
	}
	if w.args.MustBeBlocked != "" {
		env = append(env, variable("PROBE_MUST_BE_BLOCKED", w.args.MustBeBlocked))
	}
	return corev1.ContainerArgs{
		Name:            pulumi.String(name),
		Image:           pulumi.String(w.args.Image),
		Command:         pulumi.ToStringArray([]string{"/bin/sh", "-c", probeScript}),
		SecurityContext: restricted(),
		Resources:       resources,
		Env:             env,
		VolumeMounts:    corev1.VolumeMountArray{mount(reportVolume, reportPath)},
	}
}

func emptyVolume(name string) corev1.VolumeArgs {
	return corev1.VolumeArgs{Name: pulumi.String(name), EmptyDir: corev1.EmptyDirVolumeSourceArgs{}}
}

func mount(volume, path string) corev1.VolumeMountArgs {
	return corev1.VolumeMountArgs{Name: pulumi.String(volume), MountPath: pulumi.String(path)}
}

func variable(name, value string) corev1.EnvVarArgs {
	return corev1.EnvVarArgs{Name: pulumi.String(name), Value: pulumi.String(value)}
}

func (w workload) nginx() corev1.ContainerArgs {
	return corev1.ContainerArgs{
		Name:            pulumi.String("nginx"),
		Image:           pulumi.String(w.args.Image),
		SecurityContext: restricted(),
		Resources:       resources(),
		Ports: corev1.ContainerPortArray{corev1.ContainerPortArgs{
			Name: pulumi.String("http"), ContainerPort: pulumi.Int(probePort),
		}},
		ReadinessProbe: corev1.ProbeArgs{
			HttpGet: corev1.HTTPGetActionArgs{Path: pulumi.String("/"), Port: pulumi.String("http")},
		},
		VolumeMounts: corev1.VolumeMountArray{mount("tmp", "/tmp")},
	}
}

// restricted is what Pod Security's restricted profile asks of a container, and a read-only root besides.
func restricted() corev1.SecurityContextArgs {
	return corev1.SecurityContextArgs{
		AllowPrivilegeEscalation: pulumi.Bool(false),
		ReadOnlyRootFilesystem:   pulumi.Bool(true),
		Capabilities:             corev1.CapabilitiesArgs{Drop: pulumi.ToStringArray([]string{"ALL"})},
	}
}

func resources() corev1.ResourceRequirementsArgs {
	return corev1.ResourceRequirementsArgs{Requests: amounts(), Limits: amounts()}
}

func amounts() pulumi.StringMap {
	return pulumi.StringMap{"cpu": pulumi.String("50m"), "memory": pulumi.String("64Mi")}
}
