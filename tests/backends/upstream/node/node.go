// Package node is the cluster's one node: it runs the pods, and provides the
// kubelet and the container runtime that streams pass through.
package node

import (
	"sync"
	"time"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"podwire.dev/upstream/fault"
	"podwire.dev/upstream/machine"
	"podwire.dev/upstream/table"
)

// Name is the name of the node.
const Name = "podwire-node"

// Node runs the pods of a table on a machine.
type Node struct {
	table   *table.Table
	machine *machine.Machine

	mu   sync.Mutex
	pods map[types.UID]*podRun
	// links are the connections of the pods that ask for a fault.
	links map[types.UID]*fault.Node
}

// podRun is the node's state of one pod.
type podRun struct {
	// halfCloses is whether forwarded connections can be half-closed.
	halfCloses bool
	// gone is closed when the pod has ended for good.
	gone chan struct{}

	mu         sync.Mutex
	containers map[string]*machine.Container
	// started is whether the containers were started.
	started bool
	// over is whether all but the ephemeral containers have ended.
	over    bool
	stopped bool
	// deadline is the timer of a pod that may not be active for longer.
	deadline *time.Timer
	// exceeded is whether it has expired.
	exceeded bool
}

// New returns a node without pods.
func New(pods *table.Table, host *machine.Machine) *Node {
	return &Node{
		table:   pods,
		machine: host,
		pods:    map[types.UID]*podRun{},
		links:   map[types.UID]*fault.Node{},
	}
}

// running returns a container if it runs, else nil.
func (n *Node) running(pod *v1.Pod, name string) *machine.Container {
	container := n.find(pod, name)
	if container == nil {
		return nil
	}
	select {
	case <-container.Ended:
		return nil
	default:
		return container
	}
}

func (n *Node) find(pod *v1.Pod, container string) *machine.Container {
	n.mu.Lock()
	run := n.pods[pod.UID]
	n.mu.Unlock()
	if run == nil {
		return nil
	}
	run.mu.Lock()
	defer run.mu.Unlock()
	return run.containers[container]
}

func keyOf(pod *v1.Pod) table.Key {
	return table.Key{Resource: "pods", Namespace: pod.Namespace, Name: pod.Name}
}
