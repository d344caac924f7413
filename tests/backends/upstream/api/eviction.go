package api

import (
	"fmt"
	"net/http"

	v1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/scheme"

	"podwire.dev/upstream/table"
)

// evict deletes a pod if its disruption budget allows that.
func (c *call) evict() error {
	if c.info.Verb != "create" {
		return c.unsupported()
	}
	body, err := c.body()
	if err != nil {
		return err
	}
	eviction := &policyv1.Eviction{}
	if err := decode(scheme.Codecs, body, policyv1.SchemeGroupVersion.WithKind("Eviction"), eviction); err != nil {
		return err
	}
	if eviction.Name != c.info.Name {
		return apierrors.NewBadRequest("name in URL does not match name in Eviction object")
	}
	pod, err := c.pod()
	if err != nil {
		return err
	}
	options := eviction.DeleteOptions
	if options == nil {
		options = &metav1.DeleteOptions{}
	}
	if wanted := options.Preconditions; wanted != nil && wanted.UID != nil {
		if err := c.checkUID(*wanted.UID, pod); err != nil {
			return err
		}
	}
	if err := c.takeFromBudget(pod); err != nil {
		return err
	}
	if _, err := c.kind.remove(pod, options); err != nil {
		return err
	}
	return c.write(http.StatusCreated, &metav1.Status{Status: metav1.StatusSuccess, Code: http.StatusCreated})
}

// takeFromBudget counts an eviction, as upstream (pkg/registry/core/pod/storage).
func (c *call) takeFromBudget(pod *v1.Pod) error {
	if pod.Status.Phase != v1.PodRunning || pod.DeletionTimestamp != nil {
		return nil
	}
	objects, _ := c.Table.List(budgetsKey, pod.Namespace)
	var found []*policyv1.PodDisruptionBudget
	for _, object := range objects {
		if budget := object.(*policyv1.PodDisruptionBudget); protects(budget, pod) {
			found = append(found, budget)
		}
	}
	if len(found) == 0 {
		return nil
	}
	if len(found) > 1 {
		return &apierrors.StatusError{ErrStatus: metav1.Status{
			Status: metav1.StatusFailure,
			Reason: metav1.StatusReasonInternalError,
			Code:   http.StatusInternalServerError,
			Message: "This pod has more than one PodDisruptionBudget, which the " +
				"eviction subresource does not support.",
		}}
	}
	key := table.Key{Resource: budgetsKey, Namespace: pod.Namespace, Name: found[0].Name}
	_, err := c.Table.Update(key, func(old table.Object) (table.Object, error) {
		return taken(old.(*policyv1.PodDisruptionBudget), pod)
	})
	if apierrors.IsNotFound(err) {
		return nil // It was deleted meanwhile.
	}
	return err
}

// taken is a budget after the eviction of a pod, or fails if it forbids that.
func taken(old *policyv1.PodDisruptionBudget, pod *v1.Pod) (table.Object, error) {
	status := old.Status
	if !isReady(pod) {
		policy := old.Spec.UnhealthyPodEvictionPolicy
		if policy != nil && *policy == policyv1.AlwaysAllow {
			return old, nil
		}
		if status.CurrentHealthy >= status.DesiredHealthy && status.DesiredHealthy > 0 {
			return old, nil
		}
	}
	if status.ObservedGeneration < old.Generation {
		return nil, tooManyEvictions(10, fmt.Sprintf(
			"The disruption budget %s is still being processed by the server.", old.Name))
	}
	if status.DisruptionsAllowed <= 0 {
		return nil, tooManyEvictions(0, fmt.Sprintf(
			"The disruption budget %s needs %d healthy pods and has %d currently",
			old.Name, status.DesiredHealthy, status.CurrentHealthy))
	}
	budget := old.DeepCopy()
	budget.Status.DisruptionsAllowed--
	if budget.Status.DisruptedPods == nil {
		budget.Status.DisruptedPods = map[string]metav1.Time{}
	}
	budget.Status.DisruptedPods[pod.Name] = metav1.Now()
	return budget, nil
}

func tooManyEvictions(retryAfterSeconds int, why string) error {
	err := apierrors.NewTooManyRequests(
		"Cannot evict pod as it would violate the pod's disruption budget.", retryAfterSeconds)
	err.ErrStatus.Details.Causes = []metav1.StatusCause{{Type: policyv1.DisruptionBudgetCause, Message: why}}
	return err
}
