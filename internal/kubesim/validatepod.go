package kubesim

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metavalidation "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

func validatePod(p *corev1.PodSpec, spec *field.Path) field.ErrorList {
	failures := unsimulatedPod(p, spec)
	volumes := map[string]bool{}
	for i, volume := range p.Volumes {
		at := spec.Child("volumes").Index(i)
		failures = append(failures, validateVolume(&volume, at)...)
		if volumes[volume.Name] {
			failures = append(failures, field.Duplicate(at.Child("name"), volume.Name))
		}
		volumes[volume.Name] = true
	}
	if len(p.Containers) == 0 {
		failures = append(failures, field.Required(spec.Child("containers"), ""))
	}
	names := map[string]bool{}
	check := func(list []corev1.Container, at *field.Path, init bool) {
		for i := range list {
			failures = append(failures, validateContainer(&list[i], volumes, at.Index(i), init)...)
			if names[list[i].Name] {
				failures = append(failures, field.Duplicate(at.Index(i).Child("name"), list[i].Name))
			}
			names[list[i].Name] = true
		}
	}
	check(p.InitContainers, spec.Child("initContainers"), true)
	check(p.Containers, spec.Child("containers"), false)
	if len(p.NodeSelector) > 0 {
		failures = append(failures, metavalidation.ValidateLabels(p.NodeSelector, spec.Child("nodeSelector"))...)
	}
	if p.ServiceAccountName != "" {
		for _, message := range validation.IsDNS1123Subdomain(p.ServiceAccountName) {
			failures = append(failures, field.Invalid(spec.Child("serviceAccountName"), p.ServiceAccountName, message))
		}
	}
	return failures
}

func unsimulatedPod(p *corev1.PodSpec, spec *field.Path) field.ErrorList {
	var failures field.ErrorList
	for _, test := range []struct {
		name string
		used bool
	}{
		{"ephemeralContainers", len(p.EphemeralContainers) > 0},
		{"nodeName", p.NodeName != ""},
		{"runtimeClassName", p.RuntimeClassName != nil},
		{"schedulerName", p.SchedulerName != corev1.DefaultSchedulerName},
		{"schedulingGates", len(p.SchedulingGates) > 0},
		{"readinessGates", len(p.ReadinessGates) > 0},
		{"resourceClaims", len(p.ResourceClaims) > 0},
	} {
		if test.used {
			failures = append(failures, notSimulated(spec.Child(test.name)))
		}
	}
	if p.OS != nil && p.OS.Name != corev1.Linux {
		failures = append(failures, notSimulated(spec.Child("os", "name")))
	}
	return failures
}

func validateVolume(v *corev1.Volume, at *field.Path) field.ErrorList {
	var failures field.ErrorList
	for _, message := range validation.IsDNS1123Label(v.Name) {
		failures = append(failures, field.Invalid(at.Child("name"), v.Name, message))
	}
	switch {
	case v.EmptyDir != nil:
	case v.ConfigMap != nil:
		if v.ConfigMap.Name == "" {
			failures = append(failures, field.Required(at.Child("configMap", "name"), ""))
		}
		if len(v.ConfigMap.Items) > 0 {
			failures = append(failures, notSimulated(at.Child("configMap", "items")))
		}
	case v.Secret != nil:
		if v.Secret.SecretName == "" {
			failures = append(failures, field.Required(at.Child("secret", "secretName"), ""))
		}
		if len(v.Secret.Items) > 0 {
			failures = append(failures, notSimulated(at.Child("secret", "items")))
		}
	case v.VolumeSource == corev1.VolumeSource{}:
		failures = append(failures, field.Required(at, "must specify a volume type"))
	default:
		failures = append(failures, field.Forbidden(at,
			"volumes other than emptyDir, configMap and secret are not simulated"))
	}
	return failures
}

func validateContainer(c *corev1.Container, volumes map[string]bool, at *field.Path, init bool) field.ErrorList {
	var failures field.ErrorList
	if c.Name == "" {
		failures = append(failures, field.Required(at.Child("name"), ""))
	} else {
		for _, message := range validation.IsDNS1123Label(c.Name) {
			failures = append(failures, field.Invalid(at.Child("name"), c.Name, message))
		}
	}
	if c.Image == "" {
		failures = append(failures, field.Required(at.Child("image"), ""))
	} else if strings.TrimSpace(c.Image) != c.Image {
		failures = append(failures, field.Invalid(at.Child("image"), c.Image, "must not have leading or trailing whitespace"))
	}
	if !path.IsAbs(c.TerminationMessagePath) {
		failures = append(failures, notSimulated(at.Child("terminationMessagePath")))
	}
	failures = append(failures, validateEnumerations(c, at)...)
	failures = append(failures, validateEnv(c, at)...)
	failures = append(failures, validatePorts(c.Ports, at.Child("ports"))...)
	failures = append(failures, validateMounts(c.VolumeMounts, volumes, at.Child("volumeMounts"))...)
	failures = append(failures, validateResources(&c.Resources, at.Child("resources"))...)
	if c.Lifecycle != nil {
		failures = append(failures, notSimulated(at.Child("lifecycle")))
	}
	if init && c.RestartPolicy == nil && (c.ReadinessProbe != nil || c.LivenessProbe != nil || c.StartupProbe != nil) {
		failures = append(failures, field.Forbidden(at,
			"probes may not be set for init containers without restartPolicy=Always"))
	}
	return failures
}

func validateEnumerations(c *corev1.Container, at *field.Path) field.ErrorList {
	var failures field.ErrorList
	switch c.ImagePullPolicy {
	case corev1.PullAlways, corev1.PullIfNotPresent, corev1.PullNever:
	default:
		failures = append(failures, field.NotSupported(at.Child("imagePullPolicy"), c.ImagePullPolicy,
			[]corev1.PullPolicy{corev1.PullAlways, corev1.PullIfNotPresent, corev1.PullNever}))
	}
	switch c.TerminationMessagePolicy {
	case corev1.TerminationMessageReadFile, corev1.TerminationMessageFallbackToLogsOnError:
	default:
		failures = append(failures, field.NotSupported(at.Child("terminationMessagePolicy"), c.TerminationMessagePolicy,
			[]corev1.TerminationMessagePolicy{
				corev1.TerminationMessageReadFile, corev1.TerminationMessageFallbackToLogsOnError,
			}))
	}
	return failures
}

func validateEnv(c *corev1.Container, at *field.Path) field.ErrorList {
	var failures field.ErrorList
	for i, env := range c.Env {
		at := at.Child("env").Index(i)
		if env.Name == "" {
			failures = append(failures, field.Required(at.Child("name"), ""))
		} else {
			for _, message := range validation.IsRelaxedEnvVarName(env.Name) {
				failures = append(failures, field.Invalid(at.Child("name"), env.Name, message))
			}
		}
		switch from := env.ValueFrom; {
		case from == nil:
		case env.Value != "":
			failures = append(failures, field.Invalid(at.Child("valueFrom"), "",
				"may not be specified when `value` is not empty"))
		case from.FieldRef != nil && !fieldRefs[from.FieldRef.FieldPath]:
			failures = append(failures, notSimulated(at.Child("valueFrom", "fieldRef", "fieldPath")))
		case from.FieldRef == nil && from.ConfigMapKeyRef == nil && from.SecretKeyRef == nil:
			failures = append(failures, notSimulated(at.Child("valueFrom")))
		}
	}
	return failures
}

func validatePorts(ports []corev1.ContainerPort, at *field.Path) field.ErrorList {
	var failures field.ErrorList
	for i, port := range ports {
		if port.Name != "" {
			for _, message := range validation.IsValidPortName(port.Name) {
				failures = append(failures, field.Invalid(at.Index(i).Child("name"), port.Name, message))
			}
		}
		for _, message := range validation.IsValidPortNum(int(port.ContainerPort)) {
			failures = append(failures, field.Invalid(at.Index(i).Child("containerPort"), port.ContainerPort, message))
		}
	}
	return failures
}

func validateMounts(mounts []corev1.VolumeMount, volumes map[string]bool, at *field.Path) field.ErrorList {
	var failures field.ErrorList
	paths := map[string]bool{}
	for i, mount := range mounts {
		at := at.Index(i)
		if !volumes[mount.Name] {
			failures = append(failures, field.NotFound(at.Child("name"), mount.Name))
		}
		if mount.MountPath == "" {
			failures = append(failures, field.Required(at.Child("mountPath"), ""))
		}
		if paths[mount.MountPath] {
			failures = append(failures, field.Invalid(at.Child("mountPath"), mount.MountPath, "must be unique"))
		}
		paths[mount.MountPath] = true
		if mount.SubPath != "" || mount.SubPathExpr != "" {
			failures = append(failures, notSimulated(at.Child("subPath")))
		}
	}
	return failures
}

func validateResources(r *corev1.ResourceRequirements, at *field.Path) field.ErrorList {
	var failures field.ErrorList
	for _, name := range slices.Sorted(maps.Keys(r.Requests)) {
		request := r.Requests[name]
		if request.Sign() < 0 {
			failures = append(failures, field.Invalid(at.Child("requests").Key(string(name)), request.String(),
				"must be greater than or equal to 0"))
		}
		if limit, ok := r.Limits[name]; ok && request.Cmp(limit) > 0 {
			failures = append(failures, field.Invalid(at.Child("requests"), request.String(),
				fmt.Sprintf("must be less than or equal to %s limit of %s", name, limit.String())))
		}
	}
	return failures
}
