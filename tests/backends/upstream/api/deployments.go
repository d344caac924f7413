package api

import (
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"podwire.dev/upstream/table"
)

// deploymentsKey is the resource in the table.
const deploymentsKey = "deployments.apps"

func (f *front) deploymentKind() *kind {
	return &kind{
		version:    appsv1.SchemeGroupVersion,
		resource:   "deployments",
		name:       "Deployment",
		namespaced: true,
		newObject:  func() table.Object { return &appsv1.Deployment{} },
		newList: func(objects []table.Object, meta metav1.ListMeta) runtime.Object {
			list := &appsv1.DeploymentList{ListMeta: meta, Items: []appsv1.Deployment{}}
			for _, object := range objects {
				list.Items = append(list.Items, *object.(*appsv1.Deployment))
			}
			return list
		},
		fields:  namedFields,
		prepare: func(object table.Object) error { return prepareDeployment(object.(*appsv1.Deployment)) },
		prepareUpdate: func(object, old table.Object) error {
			deployment, before := object.(*appsv1.Deployment), old.(*appsv1.Deployment)
			deployment.Status = *before.Status.DeepCopy()
			err := checkDeployment(deployment)
			nextGeneration(object, old, equality.Semantic.DeepEqual(deployment.Spec, before.Spec))
			return err
		},
		remove: func(old table.Object, options *metav1.DeleteOptions) (table.Object, error) {
			return f.removeDeployment(old.(*appsv1.Deployment), options)
		},
	}
}

// namedFields are the field selectors that every resource supports.
func namedFields(object table.Object) fields.Set {
	return fields.Set{
		"metadata.name":      object.GetName(),
		"metadata.namespace": object.GetNamespace(),
	}
}

// nextGeneration counts the changes of a spec.
func nextGeneration(object, old table.Object, same bool) {
	generation := old.GetGeneration()
	if !same {
		generation++
	}
	object.SetGeneration(generation)
}

func prepareDeployment(deployment *appsv1.Deployment) error {
	deployment.Generation = 1
	deployment.Status = appsv1.DeploymentStatus{}
	wrong := validation.ValidateObjectMeta(
		&deployment.ObjectMeta, true, validation.NameIsDNSSubdomain, field.NewPath("metadata"))
	if len(wrong) > 0 {
		return deploymentError(deployment, wrong)
	}
	return checkDeployment(deployment)
}

// checkDeployment sets defaults, and checks the rest.
func checkDeployment(deployment *appsv1.Deployment) error {
	spec := &deployment.Spec
	if spec.Replicas == nil {
		one := int32(1)
		spec.Replicas = &one
	}
	path := field.NewPath("spec")
	wrong := validation.ValidateNonnegativeField(int64(*spec.Replicas), path.Child("replicas"))
	selector, err := metav1.LabelSelectorAsSelector(spec.Selector)
	if err != nil {
		wrong = append(wrong, field.Invalid(path.Child("selector"), spec.Selector, err.Error()))
	} else if spec.Selector == nil || selector.Empty() {
		wrong = append(wrong, field.Required(path.Child("selector"), ""))
	} else if given := spec.Template.Labels; !selector.Matches(labels.Set(given)) {
		wrong = append(wrong, field.Invalid(path.Child("template", "metadata", "labels"), given,
			"`selector` does not match template `labels`"))
	}
	pod := &v1.Pod{Spec: spec.Template.Spec}
	wrong = append(wrong, checkContainers(pod, path.Child("template", "spec", "containers"))...)
	return deploymentError(deployment, wrong)
}

func deploymentError(deployment *appsv1.Deployment, wrong field.ErrorList) error {
	return invalidObject(appsv1.SchemeGroupVersion.WithKind("Deployment"), deployment.Name, wrong)
}

// removeDeployment marks a deployment, which is removed once its pods are gone;
// unless they are to be left.
func (f *front) removeDeployment(old *appsv1.Deployment, options *metav1.DeleteOptions) (table.Object, error) {
	key := table.Key{Resource: deploymentsKey, Namespace: old.Namespace, Name: old.Name}
	if how := options.PropagationPolicy; how != nil && *how == metav1.DeletePropagationOrphan {
		f.Table.Delete(key, old)
		return old, nil
	}
	return f.Table.Update(key, func(current table.Object) (table.Object, error) {
		marked := current.DeepCopyObject().(*appsv1.Deployment)
		if marked.DeletionTimestamp == nil {
			now := metav1.Now().Rfc3339Copy()
			marked.DeletionTimestamp = &now
			marked.Finalizers = append(marked.Finalizers, metav1.FinalizerDeleteDependents)
		}
		return marked, nil
	})
}

func scaleOf(deployment *appsv1.Deployment) *autoscalingv1.Scale {
	scale := &autoscalingv1.Scale{
		ObjectMeta: metav1.ObjectMeta{
			Name:              deployment.Name,
			Namespace:         deployment.Namespace,
			UID:               deployment.UID,
			ResourceVersion:   deployment.ResourceVersion,
			CreationTimestamp: deployment.CreationTimestamp,
		},
		Spec:   autoscalingv1.ScaleSpec{Replicas: *deployment.Spec.Replicas},
		Status: autoscalingv1.ScaleStatus{Replicas: deployment.Status.Replicas},
	}
	if selector, err := metav1.LabelSelectorAsSelector(deployment.Spec.Selector); err == nil {
		scale.Status.Selector = selector.String()
	}
	return scale
}
