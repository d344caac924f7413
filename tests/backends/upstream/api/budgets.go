package api

import (
	v1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"podwire.dev/upstream/table"
)

// budgetsKey is the resource in the table.
const budgetsKey = "poddisruptionbudgets.policy"

func (f *front) budgetKind() *kind {
	return &kind{
		version:    policyv1.SchemeGroupVersion,
		resource:   "poddisruptionbudgets",
		name:       "PodDisruptionBudget",
		namespaced: true,
		newObject:  func() table.Object { return &policyv1.PodDisruptionBudget{} },
		newList: func(objects []table.Object, meta metav1.ListMeta) runtime.Object {
			list := &policyv1.PodDisruptionBudgetList{ListMeta: meta, Items: []policyv1.PodDisruptionBudget{}}
			for _, object := range objects {
				list.Items = append(list.Items, *object.(*policyv1.PodDisruptionBudget))
			}
			return list
		},
		fields:  namedFields,
		prepare: func(object table.Object) error { return prepareBudget(object.(*policyv1.PodDisruptionBudget)) },
		prepareUpdate: func(object, old table.Object) error {
			budget, before := object.(*policyv1.PodDisruptionBudget), old.(*policyv1.PodDisruptionBudget)
			budget.Status = *before.Status.DeepCopy()
			nextGeneration(object, old, equality.Semantic.DeepEqual(budget.Spec, before.Spec))
			return checkBudget(budget)
		},
		remove: func(old table.Object, _ *metav1.DeleteOptions) (table.Object, error) {
			f.Table.Delete(table.Key{Resource: budgetsKey, Namespace: old.GetNamespace(), Name: old.GetName()}, old)
			return old, nil
		},
	}
}

func prepareBudget(budget *policyv1.PodDisruptionBudget) error {
	budget.Generation = 1
	budget.Status = policyv1.PodDisruptionBudgetStatus{}
	wrong := validation.ValidateObjectMeta(
		&budget.ObjectMeta, true, validation.NameIsDNSSubdomain, field.NewPath("metadata"))
	if len(wrong) > 0 {
		return budgetError(budget, wrong)
	}
	return checkBudget(budget)
}

func checkBudget(budget *policyv1.PodDisruptionBudget) error {
	var wrong field.ErrorList
	path := field.NewPath("spec")
	if budget.Spec.MinAvailable != nil && budget.Spec.MaxUnavailable != nil {
		wrong = append(wrong, field.Invalid(path, budget.Spec, "minAvailable and maxUnavailable cannot be both set"))
	}
	if _, err := metav1.LabelSelectorAsSelector(budget.Spec.Selector); err != nil {
		wrong = append(wrong, field.Invalid(path.Child("selector"), budget.Spec.Selector, err.Error()))
	}
	return budgetError(budget, wrong)
}

func budgetError(budget *policyv1.PodDisruptionBudget, wrong field.ErrorList) error {
	return invalidObject(policyv1.SchemeGroupVersion.WithKind("PodDisruptionBudget"), budget.Name, wrong)
}

// protects returns whether a budget is for a pod of its namespace.
func protects(budget *policyv1.PodDisruptionBudget, pod *v1.Pod) bool {
	selector, err := metav1.LabelSelectorAsSelector(budget.Spec.Selector)
	return err == nil && selector.Matches(labels.Set(pod.Labels))
}
