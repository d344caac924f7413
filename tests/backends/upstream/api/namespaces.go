package api

import (
	"sync"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"podwire.dev/upstream/table"
)

func (f *front) namespaceKind() *kind {
	return &kind{
		version:   v1.SchemeGroupVersion,
		resource:  "namespaces",
		name:      "Namespace",
		newObject: func() table.Object { return &v1.Namespace{} },
		newList: func(objects []table.Object, meta metav1.ListMeta) runtime.Object {
			list := &v1.NamespaceList{ListMeta: meta, Items: []v1.Namespace{}}
			for _, object := range objects {
				list.Items = append(list.Items, *object.(*v1.Namespace))
			}
			return list
		},
		fields: func(object table.Object) fields.Set {
			namespace := object.(*v1.Namespace)
			return fields.Set{
				"metadata.name": namespace.Name,
				"status.phase":  string(namespace.Status.Phase),
			}
		},
		prepare: func(object table.Object) error { return prepareNamespace(object.(*v1.Namespace)) },
		prepareUpdate: func(object, old table.Object) error {
			object.(*v1.Namespace).Status = old.(*v1.Namespace).Status
			return nil
		},
		remove: func(old table.Object, _ *metav1.DeleteOptions) (table.Object, error) {
			return f.removeNamespace(old.(*v1.Namespace))
		},
	}
}

func prepareNamespace(namespace *v1.Namespace) error {
	namespace.Spec.Finalizers = []v1.FinalizerName{v1.FinalizerKubernetes}
	namespace.Status.Phase = v1.NamespaceActive
	if namespace.Labels == nil {
		namespace.Labels = map[string]string{}
	}
	namespace.Labels[v1.LabelMetadataName] = namespace.Name
	wrong := validation.ValidateObjectMeta(&namespace.ObjectMeta, false, validation.ValidateNamespaceName, field.NewPath("metadata"))
	return invalid("Namespace", namespace.Name, wrong)
}

// removeNamespace marks a namespace, which is removed once its pods are gone.
func (f *front) removeNamespace(old *v1.Namespace) (table.Object, error) {
	key := table.Key{Resource: "namespaces", Name: old.Name}
	marked, err := f.Table.Update(key, func(current table.Object) (table.Object, error) {
		changed := current.DeepCopyObject().(*v1.Namespace)
		if changed.DeletionTimestamp == nil {
			now := metav1.Now().Rfc3339Copy()
			changed.DeletionTimestamp = &now
		}
		changed.Status.Phase = v1.NamespaceTerminating
		return changed, nil
	})
	if err != nil || old.DeletionTimestamp != nil {
		return marked, err
	}
	go func() {
		var stopping sync.WaitGroup
		pods, _ := f.Table.List("pods", old.Name)
		for _, pod := range pods {
			stopping.Go(func() { f.Node.Stop(pod.(*v1.Pod), 0) })
		}
		stopping.Wait()
		f.Table.Delete(key, old)
	}()
	return marked, nil
}
