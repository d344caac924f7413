package node

import (
	"slices"
	"time"

	v1 "k8s.io/api/core/v1"

	"podwire.dev/upstream/machine"
)

// StartEphemeral starts the ephemeral containers that were added to a pod; those
// of a pod that does not run yet start with it.
func (n *Node) StartEphemeral(pod *v1.Pod) {
	n.mu.Lock()
	run := n.pods[pod.UID]
	n.mu.Unlock()
	if run != nil {
		go n.runEphemeral(pod, run)
	}
}

// runEphemeral starts the ephemeral containers that have not been started.
func (n *Node) runEphemeral(pod *v1.Pod, run *podRun) {
	run.mu.Lock()
	defer run.mu.Unlock()
	if !run.started || run.stopped || run.over || run.exceeded {
		return
	}
	var added []v1.EphemeralContainer
	n.change(pod, func(pod *v1.Pod) {
		added = slices.DeleteFunc(slices.Clone(pod.Spec.EphemeralContainers), func(spec v1.EphemeralContainer) bool {
			return statusOf(pod, spec.Name).Name != ""
		})
		for _, spec := range added {
			pod.Status.EphemeralContainerStatuses = append(
				pod.Status.EphemeralContainerStatuses, creating(spec.Name, spec.Image))
		}
	})
	if len(added) == 0 {
		return
	}
	time.Sleep(startingDelay)
	outcomes := map[string]*outcome{}
	for _, spec := range added {
		outcomes[spec.Name] = n.launch(pod, run, v1.Container(spec.EphemeralContainerCommon))
	}
	n.change(pod, func(pod *v1.Pod) {
		for name, outcome := range outcomes {
			outcome.record(statusOf(pod, name))
		}
	})
	n.observe(pod, run, outcomes)
}

// finish ends the ephemeral containers of a pod whose others have all ended.
func (r *podRun) finish(pod *v1.Pod) {
	r.mu.Lock()
	r.over = true
	var left []*machine.Container
	for _, spec := range pod.Spec.EphemeralContainers {
		if container := r.containers[spec.Name]; container != nil {
			left = append(left, container)
		}
	}
	r.mu.Unlock()
	for _, container := range left {
		container.Stop(0)
	}
}

func isEphemeral(pod *v1.Pod, name string) bool {
	return slices.ContainsFunc(pod.Spec.EphemeralContainers, func(spec v1.EphemeralContainer) bool {
		return spec.Name == name
	})
}
