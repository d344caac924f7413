package api

import (
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"

	"podwire.dev/upstream/table"
)

const defaultGraceSeconds = 30

func (f *front) podKind() *kind {
	return &kind{
		version:    v1.SchemeGroupVersion,
		resource:   "pods",
		name:       "Pod",
		namespaced: true,
		newObject:  func() table.Object { return &v1.Pod{} },
		newList: func(objects []table.Object, meta metav1.ListMeta) runtime.Object {
			list := &v1.PodList{ListMeta: meta, Items: []v1.Pod{}}
			for _, object := range objects {
				list.Items = append(list.Items, *object.(*v1.Pod))
			}
			return list
		},
		fields:        func(object table.Object) fields.Set { return podFields(object.(*v1.Pod)) },
		prepare:       func(object table.Object) error { return preparePod(object.(*v1.Pod)) },
		prepareUpdate: func(object, old table.Object) error { return preparePodUpdate(object.(*v1.Pod), old.(*v1.Pod)) },
		created:       func(object table.Object) { f.Node.Start(object.(*v1.Pod)) },
		remove: func(old table.Object, options *metav1.DeleteOptions) (table.Object, error) {
			return f.removePod(old.(*v1.Pod), options)
		},
	}
}

func podFields(pod *v1.Pod) fields.Set {
	return fields.Set{
		"metadata.name":           pod.Name,
		"metadata.namespace":      pod.Namespace,
		"spec.nodeName":           pod.Spec.NodeName,
		"spec.restartPolicy":      string(pod.Spec.RestartPolicy),
		"spec.schedulerName":      pod.Spec.SchedulerName,
		"spec.serviceAccountName": pod.Spec.ServiceAccountName,
		"status.phase":            string(pod.Status.Phase),
		"status.podIP":            pod.Status.PodIP,
	}
}
