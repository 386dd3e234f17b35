package kubesim

import (
	"fmt"
	"maps"
	"path"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"aks-egress/internal/kubesim/shell"
)

// fieldRefs are the fields of a pod that an environment variable can have.
var fieldRefs = map[string]bool{
	"metadata.name": true, "metadata.namespace": true, "metadata.uid": true, "spec.nodeName": true,
	"spec.serviceAccountName": true, "status.podIP": true, "status.hostIP": true,
}

func podField(pod *corev1.Pod, path string) string {
	switch path {
	case "metadata.name":
		return pod.Name
	case "metadata.namespace":
		return pod.Namespace
	case "metadata.uid":
		return string(pod.UID)
	case "spec.nodeName":
		return pod.Spec.NodeName
	case "spec.serviceAccountName":
		return pod.Spec.ServiceAccountName
	case "status.podIP":
		return pod.Status.PodIP
	case "status.hostIP":
		return pod.Status.HostIP
	}
	return ""
}

// environment is what a container's process finds in its environment. The problem, if any, is the kubelet's.
func (r *podRun) environment(c *corev1.Container) (env map[string]string, problem string) {
	env = map[string]string{"HOSTNAME": r.pod.Name}
	for _, from := range c.EnvFrom {
		var data map[string]string
		var optional *bool
		switch {
		case from.ConfigMapRef != nil:
			data, problem = r.configMap(from.ConfigMapRef.Name)
			optional = from.ConfigMapRef.Optional
		case from.SecretRef != nil:
			data, problem = r.secret(from.SecretRef.Name)
			optional = from.SecretRef.Optional
		}
		if problem != "" && (optional == nil || !*optional) {
			return nil, problem
		}
		for name, value := range data {
			env[from.Prefix+name] = value
		}
	}
	for _, variable := range c.Env {
		value, problem := r.variable(variable, env)
		if problem != "" {
			return nil, problem
		}
		if value != nil {
			env[variable.Name] = *value
		}
	}
	return env, ""
}

// variable is the value of one variable; nil if an optional source is missing.
func (r *podRun) variable(v corev1.EnvVar, env map[string]string) (value *string, problem string) {
	from := v.ValueFrom
	if from == nil {
		text := expand(v.Value, env)
		return &text, ""
	}
	var data map[string]string
	var name, key, what string
	var optional *bool
	switch {
	case from.FieldRef != nil:
		text := podField(r.pod, from.FieldRef.FieldPath)
		return &text, ""
	case from.ConfigMapKeyRef != nil:
		source := from.ConfigMapKeyRef
		name, key, optional, what = source.Name, source.Key, source.Optional, "ConfigMap"
		data, problem = r.configMap(name)
	case from.SecretKeyRef != nil:
		source := from.SecretKeyRef
		name, key, optional, what = source.Name, source.Key, source.Optional, "Secret"
		data, problem = r.secret(name)
	}
	text, ok := data[key]
	if problem == "" && !ok {
		problem = fmt.Sprintf("couldn't find key %s in %s %s/%s", key, what, r.pod.Namespace, name)
	}
	if problem != "" {
		if optional != nil && *optional {
			return nil, ""
		}
		return nil, problem
	}
	return &text, ""
}

func (r *podRun) configMap(name string) (data map[string]string, problem string) {
	o := get[corev1.ConfigMap](r.session, configMaps, r.pod.Namespace, name)
	if o == nil {
		return nil, fmt.Sprintf("configmap %q not found", name)
	}
	data = map[string]string{}
	maps.Copy(data, o.Data)
	for name, value := range o.BinaryData {
		data[name] = string(value)
	}
	return data, ""
}

func (r *podRun) secret(name string) (data map[string]string, problem string) {
	o := get[corev1.Secret](r.session, secrets, r.pod.Namespace, name)
	if o == nil {
		return nil, fmt.Sprintf("secret %q not found", name)
	}
	data = map[string]string{}
	for name, value := range o.Data {
		data[name] = string(value)
	}
	return data, ""
}

// mount puts the contents of config map and secret volumes into a container's files.
func (r *podRun) mount(c *corev1.Container, files *shell.Files) (problem string) {
	for _, mount := range c.VolumeMounts {
		for _, volume := range r.pod.Spec.Volumes {
			if volume.Name != mount.Name {
				continue
			}
			var data map[string]string
			switch {
			case volume.ConfigMap != nil:
				data, problem = r.configMap(volume.ConfigMap.Name)
			case volume.Secret != nil:
				data, problem = r.secret(volume.Secret.SecretName)
			}
			if problem != "" {
				return fmt.Sprintf("MountVolume.SetUp failed for volume %q: %s", volume.Name, problem)
			}
			for name, content := range data {
				files.Place(path.Join(mount.MountPath, name), content)
			}
		}
	}
	return ""
}

// expand replaces $(NAME) in commands and values as the kubelet does: $$(NAME) escapes, unknown names stay.
func expand(text string, env map[string]string) string {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		rest := text[i:]
		if strings.HasPrefix(rest, "$$") {
			out.WriteByte('$')
			i++
			continue
		}
		if end := strings.IndexByte(rest, ')'); strings.HasPrefix(rest, "$(") && end > 0 {
			if value, ok := env[rest[2:end]]; ok {
				out.WriteString(value)
				i += end
				continue
			}
		}
		out.WriteByte(text[i])
	}
	return out.String()
}
