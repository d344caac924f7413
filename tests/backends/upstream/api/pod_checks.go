package api

import (
	"slices"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utilvalidation "k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

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
	if len(pod.Spec.EphemeralContainers) > 0 {
		wrong = append(wrong, field.Forbidden(field.NewPath("spec", "ephemeralContainers"), "cannot be set on create"))
	}
	containers := checkContainers(pod, field.NewPath("spec", "containers"))
	return invalid("Pod", pod.Name, append(wrong, containers...))
}

func checkContainers(pod *v1.Pod, path *field.Path) field.ErrorList {
	var wrong field.ErrorList
	if len(pod.Spec.Containers) == 0 {
		wrong = append(wrong, field.Required(path, ""))
	}
	var seen []string
	for i, container := range pod.Spec.Containers {
		wrong = append(wrong, checkContainer(container, seen, path.Index(i))...)
		seen = append(seen, container.Name)
	}
	return wrong
}

// checkContainer checks a container whose pod has others of the names in seen.
func checkContainer(container v1.Container, seen []string, at *field.Path) field.ErrorList {
	var wrong field.ErrorList
	if container.Name == "" {
		wrong = append(wrong, field.Required(at.Child("name"), ""))
	} else {
		for _, message := range utilvalidation.IsDNS1123Label(container.Name) {
			wrong = append(wrong, field.Invalid(at.Child("name"), container.Name, message))
		}
	}
	if slices.Contains(seen, container.Name) {
		wrong = append(wrong, field.Duplicate(at.Child("name"), container.Name))
	}
	if container.Image == "" {
		wrong = append(wrong, field.Required(at.Child("image"), ""))
	}
	return wrong
}

// preparePodUpdate keeps the status and the deletion; in the spec, only images may
// change.
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
	return invalidObject(v1.SchemeGroupVersion.WithKind(kind), name, wrong)
}

// invalidObject returns nil if nothing is wrong.
func invalidObject(kind schema.GroupVersionKind, name string, wrong field.ErrorList) error {
	if len(wrong) == 0 {
		return nil
	}
	return apierrors.NewInvalid(kind.GroupKind(), name, wrong)
}
