package api

import (
	"fmt"
	"time"

	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"podwire.dev/upstream/table"
)

// removePod marks a pod and stops it; a pod that does not run is removed at once.
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
