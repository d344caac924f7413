// Package table stores the cluster's objects and their changes.
package table

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"sync"

	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Object is an object in a table, where it is immutable.
type Object interface {
	metav1.Object
	runtime.Object
}

// Key identifies an object.
type Key struct {
	// Resource is the plural name and the group, as "pods" or "deployments.apps".
	Resource string
	// Namespace is empty for cluster-scoped objects.
	Namespace string
	Name      string
}

func (k Key) groupResource() schema.GroupResource {
	return schema.ParseGroupResource(k.Resource)
}

// firstVersion leaves room for versions that are too old to watch from.
const firstVersion = 1000

// Table is safe for concurrent use.
type Table struct {
	mu      sync.Mutex
	objects map[Key]Object
	version uint64
	events  []Event
	// forgotten is the version of the latest event that was dropped.
	forgotten uint64
	changed   chan struct{}
}

// New returns an empty table.
func New() *Table {
	return &Table{
		objects:   map[Key]Object{},
		version:   firstVersion,
		forgotten: firstVersion - 1,
		changed:   make(chan struct{}),
	}
}

// Create adds an object and takes ownership of it.
func (t *Table) Create(key Key, object Object) (Object, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, taken := t.objects[key]; taken {
		return nil, apierrors.NewAlreadyExists(key.groupResource(), key.Name)
	}
	t.put(key, nil, object)
	return object, nil
}

// Get returns an object.
func (t *Table) Get(key Key) (Object, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.get(key)
}

func (t *Table) get(key Key) (Object, error) {
	if object, ok := t.objects[key]; ok {
		return object, nil
	}
	return nil, apierrors.NewNotFound(key.groupResource(), key.Name)
}

// List returns the objects of a resource in order, in all namespaces if the key
// has none, and the version of the list.
func (t *Table) List(resource, namespace string) ([]Object, uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var keys []Key
	for key := range t.objects {
		if key.Resource == resource && (namespace == "" || key.Namespace == namespace) {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(a, b Key) int {
		return cmp.Compare(a.Namespace+"/"+a.Name, b.Namespace+"/"+b.Name)
	})
	var objects []Object
	for _, key := range keys {
		objects = append(objects, t.objects[key])
	}
	return objects, t.version
}

// ErrStale is the cause of a conflict: the update has an older version.
var ErrStale = errors.New("the object has been modified; please apply your changes to the latest version and try again")

// Update replaces an object with the result of change, which may carry the version
// that it was based on.
func (t *Table) Update(key Key, change func(old Object) (Object, error)) (Object, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	old, err := t.get(key)
	if err != nil {
		return nil, err
	}
	object, err := change(old)
	if err != nil {
		return nil, err
	}
	base := object.GetResourceVersion()
	if base != "" && base != old.GetResourceVersion() {
		return nil, apierrors.NewConflict(key.groupResource(), key.Name, ErrStale)
	}
	object.SetResourceVersion(old.GetResourceVersion())
	if equality.Semantic.DeepEqual(object, old) {
		return old, nil
	}
	t.put(key, old, object)
	return object, nil
}

// Delete removes an object, unless another one has its name now.
func (t *Table) Delete(key Key, object Object) {
	t.mu.Lock()
	defer t.mu.Unlock()
	old, err := t.get(key)
	if err != nil || old.GetUID() != object.GetUID() {
		return
	}
	delete(t.objects, key)
	last := old.DeepCopyObject().(Object)
	t.version++
	last.SetResourceVersion(strconv.FormatUint(t.version, 10))
	t.record(Event{Key: key, Before: last, Version: t.version})
}

func (t *Table) put(key Key, old, object Object) {
	t.version++
	object.SetResourceVersion(strconv.FormatUint(t.version, 10))
	t.objects[key] = object
	t.record(Event{Key: key, Before: old, After: object, Version: t.version})
}
