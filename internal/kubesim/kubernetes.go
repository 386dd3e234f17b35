package kubesim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"aks-egress/internal/faults"
	"aks-egress/internal/store"
)

// ErrNoSuchCluster is wrapped by an Infrastructure whose cluster does not exist any more: its objects vanish. Any other
// error means that the API server cannot be reached now, and its objects stay.
var ErrNoSuchCluster = errors.New("no such cluster")

const collection = "kubernetes"

// settleTime is how long, in real time, an operation waits for others of the same deployment that it may depend on: a
// Service is often created at the same moment as the pods behind it, and only the clock can tell that none will come.
const settleTime = 3 * time.Second

// Object is one Kubernetes object.
type Object struct {
	Cluster  string         `json:"cluster"`  // ARM id of the cluster, in the case it was first seen in
	Server   string         `json:"server"`   // host name of the API server
	Manifest map[string]any `json:"manifest"` // as the API server shows it; numbers are float64

	// Of a pod: until when its containers have run, and what is in its volumes.
	RunUntil time.Time `json:"runUntil,omitzero"`
	Volumes  contents  `json:"volumes,omitempty"`
}

func key(cluster, apiVersion, kind, namespace, name string) string {
	return strings.Join([]string{strings.ToLower(cluster), apiVersion + "/" + kind, namespace, name}, "|")
}

// text is the string at a path of nested objects, or empty.
func text(object map[string]any, path ...string) string {
	for _, name := range path[:len(path)-1] {
		object, _ = object[name].(map[string]any)
	}
	value, _ := object[path[len(path)-1]].(string)
	return value
}

// Kubernetes is the state of all simulated clusters. It is safe for concurrent use.
type Kubernetes struct {
	db     *store.DB
	infra  Infrastructure
	settle time.Duration
	faults *faults.Injector // nil: none
	now    time.Time        // simulated, when this command began

	mu      sync.Mutex
	objects map[string]*Object     // by key
	epochs  map[string]int         // by lower-case cluster id; counts ClusterDeleted
	locks   map[string]*sync.Mutex // by lower-case cluster id; see begin
	changed chan struct{}          // closed when objects change
}

// Open reads the simulated clusters' objects from the store. Simulated time has passed since they were last open, and
// their pods have gone on.
func Open(db *store.DB, infra Infrastructure) (*Kubernetes, error) {
	k := &Kubernetes{
		db: db, infra: infra, settle: settleTime, objects: map[string]*Object{}, epochs: map[string]int{},
		locks: map[string]*sync.Mutex{}, changed: make(chan struct{}),
	}
	err := db.Each(collection, func(key string, text json.RawMessage) error {
		var o Object
		if err := json.Unmarshal(text, &o); err != nil {
			return fmt.Errorf("store %s %s: %w", collection, key, err)
		}
		k.objects[key] = &o
		return nil
	})
	if err != nil {
		return nil, err
	}
	if k.now, err = tick(db); err != nil {
		return nil, err
	}
	if err := k.runOn(context.Background()); err != nil {
		return nil, err
	}
	return k, nil
}

// Objects lists every object of every cluster, sorted by cluster, kind, namespace and name.
func (k *Kubernetes) Objects() []Object {
	k.mu.Lock()
	defer k.mu.Unlock()
	var list []Object
	for _, key := range slices.Sorted(maps.Keys(k.objects)) {
		o := k.objects[key]
		list = append(list, Object{Cluster: o.Cluster, Server: o.Server, Manifest: clone(o.Manifest)})
	}
	return list
}

// ClusterDeleted forgets the objects of a cluster. It calls nothing of Infrastructure, so Infrastructure may call it
// with its own locks held.
func (k *Kubernetes) ClusterDeleted(clusterID string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.epochs[strings.ToLower(clusterID)]++
	return k.forget(func(o *Object) bool { return strings.EqualFold(o.Cluster, clusterID) })
}

// forget removes the objects that match. The caller holds k.mu.
func (k *Kubernetes) forget(match func(o *Object) bool) error {
	gone := map[string]any{}
	for key, o := range k.objects {
		if match(o) {
			gone[key] = nil
		}
	}
	if len(gone) == 0 {
		return nil
	}
	if err := k.db.PutAll(collection, gone); err != nil {
		return err
	}
	for key := range gone {
		delete(k.objects, key)
	}
	k.notify()
	return nil
}

func (k *Kubernetes) notify() {
	close(k.changed)
	k.changed = make(chan struct{})
}

// connect finds the cluster behind an API server's host name. Objects of a cluster that was there before and is gone
// are forgotten.
func (k *Kubernetes) connect(host string) (Cluster, error) {
	cluster, err := k.infra.ClusterByServer(host)
	gone := func(o *Object) bool { return o.Server == host }
	switch {
	case errors.Is(err, ErrNoSuchCluster):
	case err != nil:
		return Cluster{}, err
	default:
		gone = func(o *Object) bool { return o.Server == host && !strings.EqualFold(o.Cluster, cluster.ID) }
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if forgetErr := k.forget(gone); forgetErr != nil {
		return Cluster{}, forgetErr
	}
	return cluster, err
}

// clone copies a JSON value.
func clone[T any](value T) T {
	return cloneAny(value).(T)
}

func cloneAny(value any) any {
	switch value := value.(type) {
	case map[string]any:
		out := make(map[string]any, len(value))
		for name, item := range value {
			out[name] = cloneAny(item)
		}
		return out
	case []any:
		out := make([]any, len(value))
		for i, item := range value {
			out[i] = cloneAny(item)
		}
		return out
	}
	return value
}
