package api

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	translator "k8s.io/apiserver/pkg/util/proxy"
	"k8s.io/streaming/pkg/httpstream/wsstream"

	"podwire.dev/upstream/fault"
)

// connect proxies to the pod's kubelet, after the API server's checks in their
// order.
func (c *call) connect() error {
	if err := c.authorizeCreate(); err != nil {
		return err
	}
	pod, err := c.pod()
	if err != nil {
		return err
	}
	handler, err := c.streamHandler(pod)
	if err != nil {
		return err
	}
	w := c.w
	if annotation, ok := pod.Annotations[fault.Annotation]; ok {
		if w, err = fault.Wrap(c.w, c.r, annotation); err != nil {
			return apierrors.NewBadRequest(err.Error())
		}
	}
	// Elsewhere the WebSocket ends at the kubelet or the runtime.
	if c.generation == Translated && wsstream.IsWebSocketRequestWithStreamCloseProtocol(c.r) {
		if w, err = fault.LimitIdle(w, pod.Annotations[fault.IdleAnnotation]); err != nil {
			return apierrors.NewBadRequest(err.Error())
		}
	}
	handler.ServeHTTP(w, c.r)
	return nil
}

func (c *call) streamHandler(pod *v1.Pod) (http.Handler, error) {
	query := c.r.URL.Query()
	if c.info.Subresource == "portforward" {
		location, err := c.location(pod, "portForward")
		if err != nil {
			return nil, err
		}
		if ports := query["ports"]; len(ports) > 0 {
			location.RawQuery = url.Values{"port": {strings.Join(ports, ",")}}.Encode()
		}
		return c.generation.portForwardHandler(location, responder{c}), nil
	}
	container, err := chooseContainer(pod, query.Get("container"))
	if err != nil {
		return nil, err
	}
	location, err := c.location(pod, c.info.Subresource, container)
	if err != nil {
		return nil, err
	}
	options := translator.Options{
		Stdin:  flag(query, "stdin"),
		Stdout: flag(query, "stdout"),
		Stderr: flag(query, "stderr"),
		Tty:    flag(query, "tty"),
	}
	location.RawQuery = kubeletQuery(options, query["command"]).Encode()
	return c.generation.streamHandler(location, options, responder{c}), nil
}

// location is an address of the pod's kubelet.
func (c *call) location(pod *v1.Pod, verb string, container ...string) (*url.URL, error) {
	if pod.Spec.NodeName == "" {
		return nil, apierrors.NewBadRequest(fmt.Sprintf("pod %s does not have a host assigned", pod.Name))
	}
	host, err := c.Node.KubeletAddress(pod, c.generation.kubelet(c.Kubelets))
	if err != nil {
		return nil, apierrors.NewBadRequest(err.Error())
	}
	segments := append([]string{"", verb, pod.Namespace, pod.Name}, container...)
	return &url.URL{Scheme: "http", Host: host, Path: strings.Join(segments, "/")}, nil
}

// chooseContainer returns the requested or the only container.
func chooseContainer(pod *v1.Pod, wanted string) (string, error) {
	var names []string
	for _, container := range pod.Spec.Containers {
		names = append(names, container.Name)
	}
	switch {
	case wanted == "" && len(names) == 1:
		return names[0], nil
	case wanted == "":
		return "", apierrors.NewBadRequest(fmt.Sprintf(
			"a container name must be specified for pod %s, choose one of: %s", pod.Name, names))
	case !slices.Contains(names, wanted) && !hasEphemeral(pod, wanted):
		return "", apierrors.NewBadRequest(fmt.Sprintf("container %s is not valid for pod %s", wanted, pod.Name))
	}
	return wanted, nil
}

func hasEphemeral(pod *v1.Pod, name string) bool {
	return slices.ContainsFunc(pod.Spec.EphemeralContainers, func(container v1.EphemeralContainer) bool {
		return container.Name == name
	})
}

func kubeletQuery(options translator.Options, command []string) url.Values {
	// These are the kubelet's names, not the API server's.
	query := url.Values{}
	for name, wanted := range map[string]bool{
		v1.ExecStdinParam:  options.Stdin,
		v1.ExecStdoutParam: options.Stdout,
		v1.ExecStderrParam: options.Stderr,
		v1.ExecTTYParam:    options.Tty,
	} {
		if wanted {
			query.Set(name, "1")
		}
	}
	if len(command) > 0 {
		query["command"] = command
	}
	return query
}

// flag reads a boolean as the API server does, which accepts several spellings.
func flag(query url.Values, name string) bool {
	values := query[name]
	var set bool
	runtime.Convert_Slice_string_To_bool(&values, &set, nil) // It never fails.
	return set
}

// responder answers errors before the upgrade with a Status.
type responder struct {
	call *call
}

// Error implements the genuine proxy's ErrorResponder.
func (r responder) Error(_ http.ResponseWriter, _ *http.Request, err error) {
	r.call.fail(err)
}
