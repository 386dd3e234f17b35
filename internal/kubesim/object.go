package kubesim

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// created is every object's creationTimestamp, so that two runs of a deployment are the same.
var created = metav1.NewTime(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))

// manifestOf is an object as JSON shows it, without nulls.
func manifestOf(o any) (map[string]any, error) {
	data, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	var manifest map[string]any
	if err := json.Unmarshal(data, &manifest); err != nil {
		return nil, err
	}
	dropNulls(manifest)
	return manifest, nil
}

func dropNulls(value any) {
	switch value := value.(type) {
	case map[string]any:
		for name, item := range value {
			if item == nil {
				delete(value, name)
				continue
			}
			dropNulls(item)
		}
	case []any:
		for _, item := range value {
			dropNulls(item)
		}
	}
}

func same(a, b any) bool { return reflect.DeepEqual(a, b) }

// hash is a short name for content: digits and consonants, as Kubernetes uses in names.
func hash(length int, parts ...any) string {
	data, err := json.Marshal(parts)
	if err != nil {
		data = fmt.Append(nil, parts...)
	}
	const alphabet = "bcdfghjklmnpqrstvwxz2456789"
	sum := sha256.Sum256(data)
	out := make([]byte, length)
	for i := range out {
		out[i] = alphabet[int(sum[i])%len(alphabet)]
	}
	return string(out)
}

// number is a number below limit that depends on the parts alone.
func number(limit uint32, parts ...string) uint32 {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return (uint32(sum[0])<<24 | uint32(sum[1])<<16 | uint32(sum[2])<<8 | uint32(sum[3])) % max(limit, 1)
}

// identify gives an object that is new what the API server gives it. The uid depends on where the object is and on
// what makes it different from an earlier one of the same name.
func (s *session) identify(k *kind, o object, difference ...string) {
	parts := append([]string{strings.ToLower(s.cluster.ID), k.apiVersion(), k.name, o.GetNamespace(), o.GetName()},
		difference...)
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	sum[6] = sum[6]&0x0f | 0x50 // version 5: a name's hash
	sum[8] = sum[8]&0x3f | 0x80
	text := hex.EncodeToString(sum[:16])
	o.SetUID(types.UID(strings.Join([]string{text[:8], text[8:12], text[12:16], text[16:20], text[20:]}, "-")))
	o.SetCreationTimestamp(created)
}

func owned(o metav1.Object, owner object, k *kind) bool {
	for _, reference := range o.GetOwnerReferences() {
		if reference.UID == owner.GetUID() && reference.Kind == k.name {
			return true
		}
	}
	return false
}

func ownerReference(owner object, k *kind) []metav1.OwnerReference {
	yes := true
	return []metav1.OwnerReference{{
		APIVersion: k.apiVersion(), Kind: k.name, Name: owner.GetName(), UID: owner.GetUID(),
		Controller: &yes, BlockOwnerDeletion: &yes,
	}}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
