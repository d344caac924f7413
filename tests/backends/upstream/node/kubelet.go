package node

import (
	"io"
	"net"
	"net/http"
	"net/url"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/proxy"
	"k8s.io/cri-streaming/pkg/streaming"

	"podwire.dev/upstream/table"
)

// KubeletAnnotation holds the fault of a pod's kubelet.
const KubeletAnnotation = "podwire.dev/kubelet"

const (
	// Forgetful kubelets do not know the pod.
	Forgetful = "forgetful"
	// Unreachable kubelets cannot be connected to.
	Unreachable = "unreachable"
)

// kubelet serves the API server's requests to a node, over the genuine
// streaming server.
type kubelet struct {
	node    *Node
	runtime streaming.Server
	// translates is whether it accepts v5 itself, as kubelets do since 1.36.
	translates bool
}

// Kubelets are the addresses, host and port, of the node's kubelets.
type Kubelets struct {
	// Plain leaves v5 to the API server.
	Plain string
	// Translating accepts v5 itself.
	Translating string
}

// Listen starts the node's kubelets over one container runtime.
func (n *Node) Listen() (Kubelets, error) {
	runtime, err := startStreaming(n)
	if err != nil {
		return Kubelets{}, err
	}
	plain, err := (&kubelet{n, runtime, false}).listen()
	if err != nil {
		return Kubelets{}, err
	}
	translating, err := (&kubelet{n, runtime, true}).listen()
	return Kubelets{plain, translating}, err
}

func (k *kubelet) listen() (string, error) {
	listener, err := net.Listen("tcp", address+":0")
	if err != nil {
		return "", err
	}
	handler := http.NewServeMux()
	handler.HandleFunc("/exec/{namespace}/{pod}/{container}", k.exec)
	handler.HandleFunc("/attach/{namespace}/{pod}/{container}", k.attach)
	handler.HandleFunc("/containerLogs/{namespace}/{pod}/{container}", k.log)
	handler.HandleFunc("/portForward/{namespace}/{pod}", k.portForward)
	go http.Serve(listener, handler)
	return listener.Addr().String(), nil
}

// pod finds the pod that the path names, or answers 404.
func (k *kubelet) pod(w http.ResponseWriter, r *http.Request) (*v1.Pod, bool) {
	key := table.Key{Resource: "pods", Namespace: r.PathValue("namespace"), Name: r.PathValue("pod")}
	object, err := k.node.table.Get(key)
	if err == nil {
		if pod := object.(*v1.Pod); pod.Annotations[KubeletAnnotation] != Forgetful {
			return pod, true
		}
	}
	refuse(w, http.StatusNotFound, "pod does not exist")
	return nil, false
}

// proxy connects to an address of the runtime, which is valid once.
func (k *kubelet) proxy(location *url.URL) http.Handler {
	return proxy.NewUpgradeAwareHandler(location, nil, false, true, responder{})
}

type responder struct{}

// Error answers in plain text, as kubelets do.
func (responder) Error(w http.ResponseWriter, _ *http.Request, err error) {
	http.Error(w, err.Error(), http.StatusInternalServerError)
}

// refuse answers without the line end of http.Error, as kubelets do.
func refuse(w http.ResponseWriter, code int, text string) {
	w.WriteHeader(code)
	io.WriteString(w, text)
}

func fullName(pod *v1.Pod) string {
	return pod.Name + "_" + pod.Namespace
}
