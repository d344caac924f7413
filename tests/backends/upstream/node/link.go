package node

import (
	v1 "k8s.io/api/core/v1"

	"podwire.dev/upstream/fault"
)

// KubeletAddress returns where the API server reaches a pod's kubelet, which
// is at some address: elsewhere if the pod asks for a fault.
func (n *Node) KubeletAddress(pod *v1.Pod, address string) (string, error) {
	if pod.Annotations[KubeletAnnotation] == Unreachable {
		return fault.Unreachable, nil
	}
	return n.link(pod, fault.KubeletConnection, address)
}

func (n *Node) link(pod *v1.Pod, connection, address string) (string, error) {
	annotation, ok := pod.Annotations[fault.NodeAnnotation]
	if !ok {
		return address, nil
	}
	n.mu.Lock()
	if n.links[pod.UID] == nil {
		n.links[pod.UID] = &fault.Node{}
	}
	found := n.links[pod.UID]
	n.mu.Unlock()
	return found.Address(annotation, connection, address)
}
