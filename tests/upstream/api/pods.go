package api

import (
	"fmt"
	"slices"
	"time"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	utilvalidation "k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"podwire.dev/upstream/table"
)

const defaultGraceSeconds = 30

func (f *front) podKind() *kind {
	return &kind{
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

func preparePod(pod *v1.Pod) error {
	if pod.Spec.RestartPolicy == "" {
		pod.Spec.RestartPolicy = v1.RestartPolicyAlways
	}
	if pod.Spec.TerminationGracePeriodSeconds == nil {
		grace := int64(defaultGraceSeconds)
		pod.Spec.TerminationGracePeriodSeconds = &grace
	}
	pod.Spec.NodeName = ""
	pod.Status = v1.PodStatus{Phase: v1.PodPending, QOSClass: v1.PodQOSBestEffort}
	wrong := validation.ValidateObjectMeta(&pod.ObjectMeta, true, validation.NameIsDNSSubdomain, field.NewPath("metadata"))
	return invalid("Pod", pod.Name, append(wrong, checkContainers(pod)...))
}

func checkContainers(pod *v1.Pod) field.ErrorList {
	var wrong field.ErrorList
	path := field.NewPath("spec", "containers")
	if len(pod.Spec.Containers) == 0 {
		wrong = append(wrong, field.Required(path, ""))
	}
	var seen []string
	for i, container := range pod.Spec.Containers {
		at := path.Index(i)
		if container.Name == "" {
			wrong = append(wrong, field.Required(at.Child("name"), ""))
		}
		for _, message := range utilvalidation.IsDNS1123Label(container.Name) {
			if container.Name != "" {
				wrong = append(wrong, field.Invalid(at.Child("name"), container.Name, message))
			}
		}
		if slices.Contains(seen, container.Name) {
			wrong = append(wrong, field.Duplicate(at.Child("name"), container.Name))
		}
		seen = append(seen, container.Name)
		if container.Image == "" {
			wrong = append(wrong, field.Required(at.Child("image"), ""))
		}
	}
	return wrong
}

// preparePodUpdate leaves status and deletion as they are; of the spec, only
// the images may change.
func preparePodUpdate(pod, old *v1.Pod) error {
	pod.Status = *old.Status.DeepCopy()
	wrong := validation.ValidateObjectMetaUpdate(&pod.ObjectMeta, &old.ObjectMeta, field.NewPath("metadata"))
	same := old.Spec.DeepCopy()
	if len(same.Containers) == len(pod.Spec.Containers) {
		for i := range same.Containers {
			same.Containers[i].Image = pod.Spec.Containers[i].Image
		}
	}
	if !equality.Semantic.DeepEqual(&pod.Spec, same) {
		wrong = append(wrong, field.Forbidden(field.NewPath("spec"), "pod updates may not change fields other than "+
			"`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"+
			"`spec.tolerations` (only additions to existing tolerations),"+
			"`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"))
	}
	return invalid("Pod", pod.Name, wrong)
}

func invalid(kind, name string, wrong field.ErrorList) error {
	if len(wrong) == 0 {
		return nil
	}
	return apierrors.NewInvalid(v1.SchemeGroupVersion.WithKind(kind).GroupKind(), name, wrong)
}

// removePod marks a pod and ends it; what does not run goes at once.
func (f *front) removePod(old *v1.Pod, options *metav1.DeleteOptions) (table.Object, error) {
	grace := *old.Spec.TerminationGracePeriodSeconds
	if options.GracePeriodSeconds != nil {
		grace = max(*options.GracePeriodSeconds, 0)
	}
	over := old.Status.Phase == v1.PodSucceeded || old.Status.Phase == v1.PodFailed
	if over || old.Spec.NodeName == "" {
		grace = 0
	}
	duration := time.Duration(grace) * time.Second
	key := table.Key{Resource: "pods", Namespace: old.Namespace, Name: old.Name}
	marked, err := f.Table.Update(key, func(current table.Object) (table.Object, error) {
		if current.GetUID() != old.UID {
			return nil, apierrors.NewConflict(v1.Resource("pods"), old.Name, fmt.Errorf("the UID has changed"))
		}
		changed := current.DeepCopyObject().(*v1.Pod)
		at := metav1.NewTime(time.Now().Add(duration).Truncate(time.Second))
		changed.DeletionTimestamp = &at
		changed.DeletionGracePeriodSeconds = &grace
		return changed, nil
	})
	if err != nil {
		return nil, err
	}
	if grace == 0 {
		f.Node.Stop(old, 0)
	} else if old.DeletionTimestamp == nil {
		go f.Node.Stop(old, duration)
	}
	return marked, nil
}
