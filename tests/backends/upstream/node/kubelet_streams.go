package node

import (
	"fmt"
	"net/http"
	"net/url"

	v1 "k8s.io/api/core/v1"
	translator "k8s.io/apiserver/pkg/util/proxy"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
	"k8s.io/cri-streaming/pkg/streaming"
	"k8s.io/cri-streaming/pkg/streaming/portforward"
	"k8s.io/cri-streaming/pkg/streaming/remotecommand"
	"k8s.io/streaming/pkg/httpstream/wsstream"

	"podwire.dev/upstream/fault"
)

func (k *kubelet) exec(w http.ResponseWriter, r *http.Request) {
	options, pod, ok := k.streamed(w, r)
	if !ok {
		return
	}
	container := k.node.running(pod, r.PathValue("container"))
	if container == nil {
		fail(w, fmt.Errorf("container not found (%q)", r.PathValue("container")))
		return
	}
	answer, err := k.runtime.GetExec(&runtimeapi.ExecRequest{
		ContainerId: container.ID,
		Cmd:         r.URL.Query()["command"],
		Tty:         options.TTY,
		Stdin:       options.Stdin,
		Stdout:      options.Stdout,
		Stderr:      options.Stderr,
	})
	if err != nil {
		fail(w, err)
		return
	}
	k.stream(w, r, pod, answer.Url, options)
}

// attach uses a terminal if the container has one, whatever the request says.
func (k *kubelet) attach(w http.ResponseWriter, r *http.Request) {
	options, pod, ok := k.streamed(w, r)
	if !ok {
		return
	}
	container := k.node.running(pod, r.PathValue("container"))
	if container == nil {
		fail(w, fmt.Errorf("container %s not found in pod %s", r.PathValue("container"), fullName(pod)))
		return
	}
	answer, err := k.runtime.GetAttach(&runtimeapi.AttachRequest{
		ContainerId: container.ID,
		Tty:         container.TTY(),
		Stdin:       options.Stdin,
		Stdout:      options.Stdout,
		Stderr:      options.Stderr,
	})
	if err != nil {
		fail(w, err)
		return
	}
	k.stream(w, r, pod, answer.Url, options)
}

// streamed reads the options and finds the pod, or answers with the error.
func (k *kubelet) streamed(w http.ResponseWriter, r *http.Request) (*remotecommand.Options, *v1.Pod, bool) {
	options, err := remotecommand.NewOptions(r)
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return nil, nil, false
	}
	pod, ok := k.pod(w, r)
	return options, pod, ok
}

// stream connects the client to the runtime.
func (k *kubelet) stream(w http.ResponseWriter, r *http.Request, pod *v1.Pod, address string, options *remotecommand.Options) {
	location, err := k.runtimeLocation(pod, address)
	if err != nil {
		fail(w, err)
		return
	}
	idle := pod.Annotations[fault.IdleAnnotation]
	translates := k.translates && wsstream.IsWebSocketRequestWithStreamCloseProtocol(r)
	if translates {
		if w, err = fault.LimitIdle(w, idle); err != nil {
			fail(w, err)
			return
		}
	} else if wsstream.IsWebSocketRequest(r) {
		location.RawQuery = url.Values{idleParameter: {idle}}.Encode()
	}
	handler := k.proxy(location)
	if translates {
		handler = translator.NewStreamTranslatorHandler(location, nil, 0, translator.Options{
			Stdin:  options.Stdin,
			Stdout: options.Stdout,
			Stderr: options.Stderr,
			Tty:    options.TTY,
		})
	}
	handler.ServeHTTP(w, r)
}

// runtimeLocation is an address of the runtime's, as the pod's faults have it.
func (k *kubelet) runtimeLocation(pod *v1.Pod, address string) (*url.URL, error) {
	location, err := url.Parse(address)
	if err == nil {
		location.Host, err = k.node.link(pod, fault.RuntimeConnection, location.Host)
	}
	return location, err
}

func (k *kubelet) portForward(w http.ResponseWriter, r *http.Request) {
	tunnels := k.translates && wsstream.IsWebSocketRequestWithTunnelingProtocol(r)
	options := &portforward.V4Options{}
	if !tunnels {
		var err error
		if options, err = portforward.NewV4Options(r); err != nil {
			refuse(w, http.StatusBadRequest, err.Error())
			return
		}
	}
	pod, ok := k.pod(w, r)
	if !ok {
		return
	}
	if pod.Status.Phase != v1.PodRunning {
		fail(w, fmt.Errorf("pod not found (%q)", fullName(pod)))
		return
	}
	location, err := k.portForwardLocation(pod, options.Ports)
	if err != nil {
		fail(w, err)
		return
	}
	handler := k.proxy(location)
	if tunnels {
		handler = translator.NewTunnelingHandler(handler)
	}
	handler.ServeHTTP(w, r)
}

func (k *kubelet) portForwardLocation(pod *v1.Pod, ports []int32) (*url.URL, error) {
	answer, err := k.runtime.GetPortForward(&runtimeapi.PortForwardRequest{
		PodSandboxId: string(pod.UID),
		Port:         ports,
	})
	if err != nil {
		return nil, err
	}
	return k.runtimeLocation(pod, answer.Url)
}

func fail(w http.ResponseWriter, err error) {
	streaming.WriteError(err, w)
}
