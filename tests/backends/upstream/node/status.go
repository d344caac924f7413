package node

import (
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"podwire.dev/upstream/machine"
)

const address = "127.0.0.1"

// startErrorCode is what containerd reports for a container that never ran.
const startErrorCode = 128

// outcome is how the start of a container went.
type outcome struct {
	container *machine.Container
	err       error
	// image is why the container waits for its image, if it does.
	image *v1.ContainerStateWaiting
}

func schedule(pod *v1.Pod) {
	now := metav1.Now()
	pod.Spec.NodeName = Name
	pod.Status = v1.PodStatus{
		Phase:     v1.PodPending,
		StartTime: &now,
		HostIP:    address,
		QOSClass:  v1.PodQOSBestEffort,
	}
	setConditions(pod, v1.ConditionTrue, v1.PodScheduled, v1.PodInitialized)
	setConditions(pod, v1.ConditionFalse, v1.ContainersReady, v1.PodReady)
	for _, container := range pod.Spec.Containers {
		pod.Status.ContainerStatuses = append(
			pod.Status.ContainerStatuses, creating(container.Name, container.Image))
	}
}

func creating(name, image string) v1.ContainerStatus {
	return v1.ContainerStatus{
		Name:    name,
		Image:   image,
		Started: new(bool),
		State: v1.ContainerState{
			Waiting: &v1.ContainerStateWaiting{Reason: "ContainerCreating"},
		},
	}
}

func started(pod *v1.Pod, outcomes map[string]*outcome) {
	pod.Status.PodIP = address
	pod.Status.PodIPs = []v1.PodIP{{IP: address}}
	waits := false
	for name, outcome := range outcomes {
		status := statusOf(pod, name)
		outcome.record(status)
		running := status.State.Running != nil
		status.Ready, status.Started = running, &running
		waits = waits || outcome.image != nil
	}
	if waits {
		return
	}
	pod.Status.Phase = v1.PodRunning
	setConditions(pod, v1.ConditionTrue, v1.ContainersReady, v1.PodReady)
	settle(pod)
}

// record sets the state of a container; it leaves its readiness.
func (o *outcome) record(status *v1.ContainerStatus) {
	switch {
	case o.image != nil:
		status.State = v1.ContainerState{Waiting: o.image}
	case o.err != nil:
		terminate(status, startErrorCode, "StartError", o.err.Error())
	default:
		status.ContainerID = "containerd://" + o.container.ID
		status.State = v1.ContainerState{
			Running: &v1.ContainerStateRunning{StartedAt: metav1.Now()},
		}
	}
}

func ended(pod *v1.Pod, container string, code int) {
	reason := "Completed"
	if code != 0 {
		reason = "Error"
	}
	terminate(statusOf(pod, container), code, reason, "")
	if !isEphemeral(pod, container) {
		settle(pod)
	}
}

// exceeded tells why a pod was ended that was active for too long.
func exceeded(pod *v1.Pod) {
	pod.Status.Phase = v1.PodFailed
	pod.Status.Reason = "DeadlineExceeded"
	pod.Status.Message = "Pod was active on the node longer than the specified deadline"
}

func hasEnded(pod *v1.Pod) bool {
	return pod.Status.Phase == v1.PodSucceeded || pod.Status.Phase == v1.PodFailed
}

func terminate(status *v1.ContainerStatus, code int, reason, message string) {
	terminated := &v1.ContainerStateTerminated{
		ExitCode:    int32(code),
		Reason:      reason,
		Message:     message,
		FinishedAt:  metav1.Now(),
		ContainerID: status.ContainerID,
	}
	if status.State.Running != nil {
		terminated.StartedAt = status.State.Running.StartedAt
	}
	status.Ready = false
	status.Started = new(bool)
	status.State = v1.ContainerState{Terminated: terminated}
}

// settle draws the pod's phase and readiness from its containers.
func settle(pod *v1.Pod) {
	running, failed := 0, 0
	for _, status := range pod.Status.ContainerStatuses {
		if status.State.Terminated == nil {
			running++
		} else if status.State.Terminated.ExitCode != 0 {
			failed++
		}
	}
	if running < len(pod.Status.ContainerStatuses) {
		setConditions(pod, v1.ConditionFalse, v1.ContainersReady, v1.PodReady)
	}
	if running > 0 {
		return
	}
	pod.Status.Phase = v1.PodSucceeded
	if failed > 0 {
		pod.Status.Phase = v1.PodFailed
	}
}

func statusOf(pod *v1.Pod, container string) *v1.ContainerStatus {
	for _, statuses := range [][]v1.ContainerStatus{
		pod.Status.ContainerStatuses, pod.Status.EphemeralContainerStatuses,
	} {
		for i := range statuses {
			if status := &statuses[i]; status.Name == container {
				return status
			}
		}
	}
	return &v1.ContainerStatus{}
}

func setConditions(pod *v1.Pod, to v1.ConditionStatus, types ...v1.PodConditionType) {
	for _, kind := range types {
		condition := v1.PodCondition{Type: kind, Status: to, LastTransitionTime: metav1.Now()}
		replaced := false
		for i, old := range pod.Status.Conditions {
			if old.Type == kind {
				pod.Status.Conditions[i] = condition
				replaced = true
			}
		}
		if !replaced {
			pod.Status.Conditions = append(pod.Status.Conditions, condition)
		}
	}
}
