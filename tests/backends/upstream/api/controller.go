package api

import (
	appsv1 "k8s.io/api/apps/v1"
	v1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"podwire.dev/upstream/table"
)

// controller makes the pods of deployments, and counts those of budgets.
type controller struct {
	*front
	pods *kind
	// namespaces are those with a deployment or a budget.
	namespaces map[string]bool
}

// Control runs the controllers until the process ends.
func (s *Server) Control() {
	f := &front{Server: s}
	c := &controller{f, f.podKind(), map[string]bool{}}
	_, version := s.Table.List("pods", "")
	for {
		events, changed, err := s.Table.Since(version)
		due := map[string]bool{}
		if err != nil {
			// It was too slow: look at everything.
			_, version = s.Table.List("pods", "")
			for _, resource := range []string{deploymentsKey, budgetsKey} {
				objects, _ := s.Table.List(resource, "")
				for _, object := range objects {
					due[object.GetNamespace()] = true
				}
			}
		}
		for _, event := range events {
			version = event.Version
			namespace := event.Key.Namespace
			if event.Key.Resource != "pods" || c.namespaces[namespace] {
				due[namespace] = true
			}
		}
		for namespace := range due {
			c.reconcile(namespace)
		}
		if err == nil && len(events) == 0 {
			<-changed
		}
	}
}

func (c *controller) reconcile(namespace string) {
	deployments, _ := c.Table.List(deploymentsKey, namespace)
	budgets, _ := c.Table.List(budgetsKey, namespace)
	if namespace == "" || len(deployments)+len(budgets) == 0 {
		delete(c.namespaces, namespace)
		return
	}
	c.namespaces[namespace] = true
	objects, _ := c.Table.List("pods", namespace)
	var pods []*v1.Pod
	for _, object := range objects {
		pods = append(pods, object.(*v1.Pod))
	}
	for _, object := range deployments {
		c.reconcileDeployment(object.(*appsv1.Deployment), pods)
	}
	for _, object := range budgets {
		c.reconcileBudget(object.(*policyv1.PodDisruptionBudget), deployments, pods)
	}
}

// reconcileDeployment creates and deletes pods, then updates the status. The pods
// are the deployment's own, without a ReplicaSet, and no rollout replaces them.
func (c *controller) reconcileDeployment(deployment *appsv1.Deployment, pods []*v1.Pod) {
	var owned, live []*v1.Pod
	ready := int32(0)
	for _, pod := range pods {
		if !metav1.IsControlledBy(pod, deployment) {
			continue
		}
		owned = append(owned, pod)
		over := pod.Status.Phase == v1.PodSucceeded || pod.Status.Phase == v1.PodFailed
		if pod.DeletionTimestamp != nil || over {
			continue
		}
		live = append(live, pod)
		if isReady(pod) {
			ready++
		}
	}
	wanted := int(*deployment.Spec.Replicas)
	if deployment.DeletionTimestamp != nil {
		wanted = 0
		// Those that have ended go, too.
		for _, pod := range owned {
			if pod.DeletionTimestamp == nil {
				c.removePod(pod, &metav1.DeleteOptions{})
			}
		}
	}
	key := table.Key{Resource: deploymentsKey, Namespace: deployment.Namespace, Name: deployment.Name}
	if wanted == 0 && deployment.DeletionTimestamp != nil && len(owned) == 0 {
		c.Table.Delete(key, deployment)
		return
	}
	for range wanted - len(live) {
		c.createPod(deployment)
	}
	for i := wanted; i < len(live) && deployment.DeletionTimestamp == nil; i++ {
		c.removePod(live[i], &metav1.DeleteOptions{})
	}
	count := int32(len(live))
	c.Table.Update(key, func(old table.Object) (table.Object, error) {
		if old.GetUID() != deployment.UID {
			return old, nil
		}
		changed := old.DeepCopyObject().(*appsv1.Deployment)
		changed.Status.ObservedGeneration = deployment.Generation
		changed.Status.Replicas = count
		changed.Status.UpdatedReplicas = count
		changed.Status.ReadyReplicas = ready
		changed.Status.AvailableReplicas = ready
		changed.Status.UnavailableReplicas = max(int32(wanted)-ready, 0)
		return changed, nil
	})
}

func (c *controller) createPod(deployment *appsv1.Deployment) {
	template := deployment.Spec.Template.DeepCopy()
	pod := &v1.Pod{ObjectMeta: template.ObjectMeta, Spec: template.Spec}
	pod.Name, pod.GenerateName = "", deployment.Name+"-"
	pod.OwnerReferences = []metav1.OwnerReference{
		*metav1.NewControllerRef(deployment, appsv1.SchemeGroupVersion.WithKind("Deployment")),
	}
	c.pods.create(c.front, pod, deployment.Namespace)
}

func (c *controller) reconcileBudget(budget *policyv1.PodDisruptionBudget, deployments []table.Object, pods []*v1.Pod) {
	var healthy, expected, scale int32
	// evictions are those that are allowed, but have not begun.
	evictions := map[string]metav1.Time{}
	owners := map[table.Object]bool{}
	for _, pod := range pods {
		if !protects(budget, pod) {
			continue
		}
		expected++
		if _, evicted := budget.Status.DisruptedPods[pod.Name]; evicted && pod.DeletionTimestamp == nil {
			evictions[pod.Name] = budget.Status.DisruptedPods[pod.Name]
		} else if pod.DeletionTimestamp == nil && isReady(pod) {
			healthy++
		}
		for _, owner := range deployments {
			if metav1.IsControlledBy(pod, owner) && !owners[owner] {
				owners[owner] = true
				scale += *owner.(*appsv1.Deployment).Spec.Replicas
			}
		}
	}
	desired := int32(0)
	least, most := budget.Spec.MinAvailable, budget.Spec.MaxUnavailable
	if most != nil || least != nil && least.Type == intstr.String {
		expected = scale
	}
	// The errors are of texts that are no percentages.
	if most != nil {
		count, _ := intstr.GetScaledValueFromIntOrPercent(most, int(expected), true)
		desired = max(expected-int32(count), 0)
	} else if least != nil {
		count, _ := intstr.GetScaledValueFromIntOrPercent(least, int(expected), true)
		desired = int32(count)
	}
	allowed := int32(0)
	if expected > 0 {
		allowed = max(healthy-desired, 0)
	}
	key := table.Key{Resource: budgetsKey, Namespace: budget.Namespace, Name: budget.Name}
	c.Table.Update(key, func(old table.Object) (table.Object, error) {
		if old.GetResourceVersion() != budget.ResourceVersion {
			return old, nil // It will be its turn again.
		}
		changed := old.DeepCopyObject().(*policyv1.PodDisruptionBudget)
		changed.Status = policyv1.PodDisruptionBudgetStatus{
			ObservedGeneration: budget.Generation,
			DisruptedPods:      evictions,
			DisruptionsAllowed: allowed,
			CurrentHealthy:     healthy,
			DesiredHealthy:     desired,
			ExpectedPods:       expected,
		}
		return changed, nil
	})
}

func isReady(pod *v1.Pod) bool {
	for _, condition := range pod.Status.Conditions {
		if condition.Type == v1.PodReady {
			return condition.Status == v1.ConditionTrue
		}
	}
	return false
}
