package kubesim

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

const immutableField = "field is immutable when `immutable` is set"

// normalizeSecret moves the write-only stringData into data.
func normalizeSecret(o *corev1.Secret) {
	if len(o.StringData) > 0 && o.Data == nil {
		o.Data = map[string][]byte{}
	}
	for name, value := range o.StringData {
		o.Data[name] = []byte(value)
	}
	o.StringData = nil
}

func defaultSecret(o *corev1.Secret) { orDefault(&o.Type, corev1.SecretTypeOpaque) }

func validateSecret(o *corev1.Secret) field.ErrorList {
	failures := validateDataKeys(slices.Sorted(maps.Keys(o.Data)), field.NewPath("data"))
	total := 0
	for _, value := range o.Data {
		total += len(value)
	}
	if total > corev1.MaxSecretSize {
		failures = append(failures, field.TooLong(field.NewPath("data"), "", corev1.MaxSecretSize))
	}
	return failures
}

func carrySecret(live, desired *corev1.Secret) field.ErrorList {
	var failures field.ErrorList
	if live.Type != desired.Type {
		failures = append(failures, apivalidation.ValidateImmutableField(desired.Type, live.Type, field.NewPath("type"))...)
	}
	if live.Immutable != nil && *live.Immutable {
		failures = append(failures, immutable(desired.Immutable, same(live.Data, desired.Data), true)...)
	}
	return failures
}

func validateConfigMap(o *corev1.ConfigMap) field.ErrorList {
	failures := validateDataKeys(slices.Sorted(maps.Keys(o.Data)), field.NewPath("data"))
	failures = append(failures,
		validateDataKeys(slices.Sorted(maps.Keys(o.BinaryData)), field.NewPath("binaryData"))...)
	total := 0
	for name, value := range o.Data {
		total += len(value)
		if _, both := o.BinaryData[name]; both {
			failures = append(failures, field.Invalid(field.NewPath("data").Key(name), name,
				"duplicate of key present in binaryData"))
		}
	}
	for _, value := range o.BinaryData {
		total += len(value)
	}
	if total > corev1.MaxSecretSize {
		failures = append(failures, field.TooLong(field.NewPath(""), "", corev1.MaxSecretSize))
	}
	return failures
}

func carryConfigMap(live, desired *corev1.ConfigMap) field.ErrorList {
	if live.Immutable == nil || !*live.Immutable {
		return nil
	}
	return immutable(desired.Immutable, same(live.Data, desired.Data), same(live.BinaryData, desired.BinaryData))
}

// immutable refuses changes of an object whose `immutable` was true.
func immutable(flag *bool, sameData, sameBinaryData bool) field.ErrorList {
	var failures field.ErrorList
	if flag == nil || !*flag {
		failures = append(failures, field.Forbidden(field.NewPath("immutable"), immutableField))
	}
	if !sameData {
		failures = append(failures, field.Forbidden(field.NewPath("data"), immutableField))
	}
	if !sameBinaryData {
		failures = append(failures, field.Forbidden(field.NewPath("binaryData"), immutableField))
	}
	return failures
}

func validateDataKeys(names []string, path *field.Path) field.ErrorList {
	var failures field.ErrorList
	for _, name := range names {
		for _, message := range validation.IsConfigMapKey(name) {
			failures = append(failures, field.Invalid(path.Key(name), name, message))
		}
	}
	return failures
}

func validateServiceAccount(o *corev1.ServiceAccount) field.ErrorList {
	var failures field.ErrorList
	for i, secret := range o.ImagePullSecrets {
		if secret.Name == "" {
			failures = append(failures, field.Required(field.NewPath("imagePullSecrets").Index(i).Child("name"), ""))
		}
	}
	return failures
}
