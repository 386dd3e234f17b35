package kubesim

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// session is one request to a cluster's API server, with all that controllers and kubelets then do. Its writes become
// visible and durable together at commit. Sessions of one cluster run one after the other; k.mu is never held while
// Infrastructure is asked.
type session struct {
	k       *Kubernetes
	ctx     context.Context
	cluster Cluster
	server  string
	epoch   int
	unlock  func()
	changed map[string]*Object // by key; nil: removed
	events  []event
	err     error // the first failure of reading or writing an object; reported by commit
}

// event is a warning of a controller or kubelet about an object.
type event struct {
	kind, namespace, name string // of the object that it is about
	reason, message       string
}

// begin waits until no other session of the cluster runs. The caller calls end.
func (k *Kubernetes) begin(ctx context.Context, cluster Cluster, server string) *session {
	id := strings.ToLower(cluster.ID)
	k.mu.Lock()
	lock := k.locks[id]
	if lock == nil {
		lock = &sync.Mutex{}
		k.locks[id] = lock
	}
	k.mu.Unlock()
	lock.Lock()
	k.mu.Lock()
	epoch := k.epochs[id]
	k.mu.Unlock()
	return &session{
		k: k, ctx: ctx, cluster: cluster, server: server, epoch: epoch, unlock: lock.Unlock,
		changed: map[string]*Object{},
	}
}

func (s *session) end() { s.unlock() }

// commit makes the session's writes durable, then visible. Controllers that watch what changed have looked at it.
func (s *session) commit() error {
	if s.changes(pods) || s.changes(services) {
		s.runGatewayController()
	}
	if s.err != nil || len(s.changed) == 0 {
		return s.err
	}
	s.k.mu.Lock()
	defer s.k.mu.Unlock()
	if s.k.epochs[strings.ToLower(s.cluster.ID)] != s.epoch {
		return fmt.Errorf("cluster %s: %w: it was deleted meanwhile", s.cluster.ID, ErrNoSuchCluster)
	}
	documents := make(map[string]any, len(s.changed))
	for key, o := range s.changed {
		if o == nil {
			documents[key] = nil // an untyped nil, which deletes
			continue
		}
		documents[key] = o
	}
	if err := s.k.db.PutAll(collection, documents); err != nil {
		return err
	}
	for key, o := range s.changed {
		if o == nil {
			delete(s.k.objects, key)
			continue
		}
		s.k.objects[key] = o
	}
	s.changed = map[string]*Object{}
	s.k.notify()
	return nil
}

func (s *session) fail(err error) {
	if s.err == nil {
		s.err = err
	}
}

func (s *session) key(k *kind, namespace, name string) string {
	return key(s.cluster.ID, k.apiVersion(), k.name, namespace, name)
}

func (s *session) raw(k *kind, namespace, name string) (map[string]any, bool) {
	at := s.key(k, namespace, name)
	if o, ok := s.changed[at]; ok {
		if o == nil {
			return nil, false
		}
		return o.Manifest, true
	}
	s.k.mu.Lock()
	defer s.k.mu.Unlock()
	if o := s.k.objects[at]; o != nil {
		return o.Manifest, true
	}
	return nil, false
}

// get reads an object; nil if there is none.
func get[T any](s *session, k *kind, namespace, name string) *T {
	manifest, ok := s.raw(k, namespace, name)
	if !ok {
		return nil
	}
	return convert[T](s, manifest)
}

func convert[T any](s *session, manifest map[string]any) *T {
	object := new(T)
	data, err := json.Marshal(manifest)
	if err == nil {
		err = json.Unmarshal(data, object)
	}
	if err != nil {
		s.fail(fmt.Errorf("cluster %s: an object in the store: %w", s.cluster.ID, err))
	}
	return object
}

// list reads all objects of a kind, sorted by namespace and name. Namespace "" means all.
func list[T any](s *session, k *kind, namespace string) []*T {
	prefix := key(s.cluster.ID, k.apiVersion(), k.name, namespace, "")
	if namespace == "" {
		prefix = strings.TrimSuffix(prefix, "||") + "|"
	}
	found := map[string]*Object{}
	s.k.mu.Lock()
	maps.Copy(found, s.k.objects)
	s.k.mu.Unlock()
	maps.Copy(found, s.changed)
	var objects []*T
	for _, at := range slices.Sorted(maps.Keys(found)) {
		if o := found[at]; o != nil && strings.HasPrefix(at, prefix) {
			objects = append(objects, convert[T](s, o.Manifest))
		}
	}
	return objects
}

// put writes an object. Its resourceVersion counts its own changes, so that it does not depend on what else happens.
func (s *session) put(k *kind, o object) {
	o.GetObjectKind().SetGroupVersionKind(k.groupVersionKind())
	manifest, err := manifestOf(o)
	if err != nil {
		s.fail(err)
		return
	}
	if old, ok := s.raw(k, o.GetNamespace(), o.GetName()); ok && same(old, manifest) {
		return
	}
	version, _ := strconv.Atoi(o.GetResourceVersion()) // none yet: 0
	o.SetResourceVersion(strconv.Itoa(version + 1))
	if manifest, err = manifestOf(o); err != nil {
		s.fail(err)
		return
	}
	at := s.key(k, o.GetNamespace(), o.GetName())
	changed := &Object{Cluster: s.cluster.ID, Server: s.server, Manifest: manifest}
	if before := s.object(at); before != nil && text(before.Manifest, "metadata", "uid") == string(o.GetUID()) {
		changed.RunUntil, changed.Volumes = before.RunUntil, before.Volumes
	}
	s.changed[at] = changed
}

func (s *session) remove(k *kind, namespace, name string) { s.changed[s.key(k, namespace, name)] = nil }

// event reports what went wrong with an object, once.
func (s *session) event(k *kind, o metav1.Object, reason, format string, args ...any) {
	e := event{k.name, o.GetNamespace(), o.GetName(), reason, fmt.Sprintf(format, args...)}
	if !slices.Contains(s.events, e) {
		s.events = append(s.events, e)
	}
}

// text is the event as the provider shows it.
func (e event) text() string {
	name := e.name
	if e.namespace != "" && e.namespace != metav1.NamespaceDefault {
		name = e.namespace + "/" + name
	}
	return fmt.Sprintf("[%s %s]: %s: %s", e.kind, name, e.reason, e.message)
}

// wait lets other sessions run until done holds, or nothing has changed for the settle time. It is called between
// sessions.
func (k *Kubernetes) wait(ctx context.Context, done func() bool) {
	for {
		k.mu.Lock()
		changed := k.changed
		k.mu.Unlock()
		if done() {
			return
		}
		timer := time.NewTimer(k.settle)
		select {
		case <-changed:
			timer.Stop()
		case <-timer.C:
			done() // what it waits for may be no object of Kubernetes
			return
		case <-ctx.Done():
			timer.Stop()
			return
		}
	}
}
