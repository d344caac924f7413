package api

import (
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/uuid"
	"k8s.io/apiserver/pkg/storage/names"

	"podwire.dev/upstream/table"
)

// kind describes a resource.
type kind struct {
	version    schema.GroupVersion
	resource   string
	name       string
	namespaced bool
	newObject  func() table.Object
	newList    func(objects []table.Object, meta metav1.ListMeta) runtime.Object
	// fields are the supported field selectors.
	fields func(table.Object) fields.Set
	// prepare sets defaults of a new object and checks it.
	prepare func(table.Object) error
	// prepareUpdate keeps fields that clients cannot set, and checks the rest.
	prepareUpdate func(object, old table.Object) error
	// created and updated are called after an object was; or nil.
	created, updated func(table.Object)
	// remove starts to delete an object and returns its state.
	remove func(old table.Object, options *metav1.DeleteOptions) (table.Object, error)
}

// create adds an object to a namespace.
func (k *kind) create(f *front, object table.Object, namespace string) (table.Object, error) {
	if object.GetName() == "" && object.GetGenerateName() != "" {
		object.SetName(names.SimpleNameGenerator.GenerateName(object.GetGenerateName()))
	}
	object.SetNamespace(namespace)
	object.SetUID(types.UID(uuid.NewUUID()))
	object.SetCreationTimestamp(metav1.Time{Time: time.Now().Truncate(time.Second)})
	object.SetDeletionTimestamp(nil)
	object.SetDeletionGracePeriodSeconds(nil)
	if err := k.prepare(object); err != nil {
		return nil, err
	}
	key := table.Key{Resource: k.stored(), Namespace: namespace, Name: object.GetName()}
	created, err := f.Table.Create(key, object)
	if err == nil && k.created != nil {
		k.created(created)
	}
	return created, err
}

func (k *kind) groupResource() schema.GroupResource {
	return k.version.WithResource(k.resource).GroupResource()
}

// stored is the resource in the table.
func (k *kind) stored() string {
	return k.groupResource().String()
}
