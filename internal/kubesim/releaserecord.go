package kubesim

import (
	"encoding/json"

	corev1 "k8s.io/api/core/v1"
)

// releaseRecord is what Helm stores of a release, in a Secret in the release's namespace. Only the newest revision is
// kept here.
type releaseRecord struct {
	Chart    string `json:"chart"`
	Version  string `json:"version"`
	Status   string `json:"status"` // deployed or failed
	Revision int    `json:"revision"`
}

func releaseSecret(name string) string { return "sh.helm.release.v1." + name }

func (s *session) releaseRecord(namespace, name string) (record releaseRecord, exists bool) {
	secret := get[corev1.Secret](s, secrets, namespace, releaseSecret(name))
	if secret == nil {
		return record, false
	}
	if err := json.Unmarshal(secret.Data["release"], &record); err != nil {
		s.fail(err)
	}
	return record, true
}

func (s *session) putRelease(namespace, name string, record releaseRecord) {
	data, err := json.Marshal(record)
	if err != nil {
		s.fail(err)
		return
	}
	secret := &corev1.Secret{Type: "helm.sh/release.v1", Data: map[string][]byte{"release": data}}
	secret.Namespace, secret.Name = namespace, releaseSecret(name)
	secret.Labels = map[string]string{"owner": "helm", "name": name, "status": record.Status}
	if old := get[corev1.Secret](s, secrets, namespace, secret.Name); old != nil {
		secret.ObjectMeta = old.ObjectMeta
		secret.Labels["status"] = record.Status
	} else {
		s.identify(secrets, secret)
	}
	s.put(secrets, secret)
}

// status is the output of that name.
func (record releaseRecord) status(r release) map[string]any {
	return map[string]any{
		"appVersion": record.Version, "chart": albChartName, "name": r.name, "namespace": r.namespace,
		"revision": float64(record.Revision), "status": record.Status, "version": record.Version,
	}
}
