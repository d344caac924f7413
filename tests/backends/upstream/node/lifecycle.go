package node

import (
	"errors"
	"maps"
	"sync"
	"time"

	v1 "k8s.io/api/core/v1"

	"podwire.dev/upstream/machine"
	"podwire.dev/upstream/table"
)

// UnschedulableAnnotation keeps a pod from being scheduled.
const UnschedulableAnnotation = "podwire.dev/unschedulable"

const (
	schedulingDelay = 7 * time.Millisecond
	startingDelay   = 13 * time.Millisecond
	// longestGrace keeps tests fast: shells ignore SIGTERM.
	longestGrace = 2 * time.Second
)

var errGone = errors.New("the pod is gone")

// Start schedules a pod and starts its containers after short delays.
func (n *Node) Start(pod *v1.Pod) {
	if _, never := pod.Annotations[UnschedulableAnnotation]; never {
		return
	}
	_, halfCloses := pod.Annotations[HalfCloseAnnotation]
	run := &podRun{
		halfCloses: halfCloses,
		gone:       make(chan struct{}),
		containers: map[string]*machine.Container{},
	}
	n.mu.Lock()
	n.pods[pod.UID] = run
	n.mu.Unlock()
	go func() {
		time.Sleep(schedulingDelay)
		if n.change(pod, schedule) != nil {
			return
		}
		n.limit(pod, run)
		time.Sleep(startingDelay)
		n.run(pod, run)
	}()
}

// Stop ends a pod's processes, then removes the pod from the table.
func (n *Node) Stop(pod *v1.Pod, grace time.Duration) {
	n.mu.Lock()
	run := n.pods[pod.UID]
	n.mu.Unlock()
	if run != nil {
		run.stop(min(grace, longestGrace))
	}
	n.mu.Lock()
	delete(n.pods, pod.UID)
	delete(n.links, pod.UID)
	n.mu.Unlock()
	n.table.Delete(keyOf(pod), pod)
}

// stop ends the containers; clients can reach them until then.
func (r *podRun) stop(grace time.Duration) {
	r.mu.Lock()
	first := !r.stopped
	r.stopped = true
	if r.deadline != nil {
		r.deadline.Stop()
	}
	containers := maps.Clone(r.containers)
	r.mu.Unlock()
	stopAll(containers, grace)
	if first {
		close(r.gone)
	}
}

func stopAll(containers map[string]*machine.Container, grace time.Duration) {
	var stopping sync.WaitGroup
	for _, container := range containers {
		stopping.Go(func() { container.Stop(grace) })
	}
	stopping.Wait()
}

// limit starts the clock of a pod that may not be active for longer.
func (n *Node) limit(pod *v1.Pod, run *podRun) {
	seconds := pod.Spec.ActiveDeadlineSeconds
	if seconds == nil {
		return
	}
	run.mu.Lock()
	defer run.mu.Unlock()
	if !run.stopped {
		limit := time.Duration(*seconds) * time.Second
		run.deadline = time.AfterFunc(limit, func() { n.exceed(pod, run) })
	}
}

// exceed ends a pod that was active for too long.
func (n *Node) exceed(pod *v1.Pod, run *podRun) {
	run.mu.Lock()
	if run.stopped || run.over {
		run.mu.Unlock()
		return
	}
	run.exceeded = true
	containers := maps.Clone(run.containers)
	run.mu.Unlock()
	grace := longestGrace
	if seconds := pod.Spec.TerminationGracePeriodSeconds; seconds != nil {
		grace = min(grace, time.Duration(*seconds)*time.Second)
	}
	stopAll(containers, grace)
	// Without a container that runs, nothing has told it yet.
	n.change(pod, func(pod *v1.Pod) {
		if !hasEnded(pod) {
			exceeded(pod)
		}
	})
}

// run starts the containers, then updates the pod's status.
func (n *Node) run(pod *v1.Pod, run *podRun) {
	run.mu.Lock()
	defer run.mu.Unlock()
	if run.stopped || run.exceeded {
		return
	}
	run.started = true
	outcomes := map[string]*outcome{}
	for _, spec := range pod.Spec.Containers {
		outcomes[spec.Name] = n.launch(pod, run, spec)
	}
	n.change(pod, func(pod *v1.Pod) { started(pod, outcomes) })
	n.observe(pod, run, outcomes)
	n.StartEphemeral(pod)
}

// launch starts a container. The caller holds the lock of its pod.
func (n *Node) launch(pod *v1.Pod, run *podRun, spec v1.Container) *outcome {
	if problem := imageProblem(spec.Image); problem != nil {
		return &outcome{image: problem}
	}
	container, err := n.machine.Run(specOf(pod, spec))
	if err == nil {
		run.containers[spec.Name] = container
	}
	return &outcome{container: container, err: err}
}

// observe updates the status of containers as they change.
func (n *Node) observe(pod *v1.Pod, run *podRun, outcomes map[string]*outcome) {
	for name, outcome := range outcomes {
		if outcome.image != nil {
			time.AfterFunc(pullBackOff, func() {
				n.change(pod, func(pod *v1.Pod) { backOff(statusOf(pod, name)) })
			})
		} else if outcome.err == nil {
			go n.watch(pod, run, name, outcome.container)
		}
	}
}

func (n *Node) watch(pod *v1.Pod, run *podRun, name string, container *machine.Container) {
	<-container.Ended
	run.mu.Lock()
	isLate := run.exceeded
	run.mu.Unlock()
	var last *v1.Pod
	n.change(pod, func(pod *v1.Pod) {
		ended(pod, name, container.ExitCode())
		if isLate {
			exceeded(pod)
		}
		last = pod
	})
	if last != nil && hasEnded(last) {
		run.finish(last)
	}
}

// change updates the pod in the table, unless another one took its name.
func (n *Node) change(pod *v1.Pod, change func(*v1.Pod)) error {
	_, err := n.table.Update(keyOf(pod), func(old table.Object) (table.Object, error) {
		if old.GetUID() != pod.UID {
			return nil, errGone
		}
		changed := old.DeepCopyObject().(*v1.Pod)
		change(changed)
		return changed, nil
	})
	return err
}

func specOf(pod *v1.Pod, container v1.Container) machine.Spec {
	spec := machine.Spec{
		Hostname:  pod.Name,
		Command:   append(append([]string(nil), container.Command...), container.Args...),
		Directory: container.WorkingDir,
		Stdin:     container.Stdin,
		StdinOnce: container.StdinOnce,
		TTY:       container.TTY,
	}
	for _, variable := range container.Env {
		spec.Env = append(spec.Env, variable.Name+"="+variable.Value)
	}
	return spec
}
