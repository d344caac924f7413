package node

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/cri-streaming/pkg/streaming"
	"k8s.io/cri-streaming/pkg/streaming/remotecommand"
	"k8s.io/utils/exec"

	"podwire.dev/upstream/fault"
	"podwire.dev/upstream/machine"
)

// runtime serves the genuine streaming server as containerd does.
type runtime struct {
	node    *Node
	machine *machine.Machine
}

// startStreaming starts the streaming server on a port of its own.
func startStreaming(node *Node) (streaming.Server, error) {
	listener, err := net.Listen("tcp", address+":0")
	if err != nil {
		return nil, err
	}
	config := streaming.DefaultConfig
	config.BaseURL = &url.URL{Scheme: "http", Host: listener.Addr().String(), Path: "/"}
	server, err := streaming.NewServer(config, &runtime{node, node.machine})
	if err != nil {
		return nil, err
	}
	go http.Serve(listener, limitIdle(server))
	return server, nil
}

// idleParameter is the query parameter with the pod's idle limit.
const idleParameter = "idle"

// limitIdle shortens the idle limit of requests with an idleParameter.
func limitIdle(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		limited, err := fault.LimitIdle(w, r.URL.Query().Get(idleParameter))
		if err != nil {
			fail(w, err)
			return
		}
		handler.ServeHTTP(limited, r)
	})
}

// Exec returns an exit code as the type that the streaming server expects.
func (r *runtime) Exec(_ context.Context, id string, argv []string, in io.Reader, out, err io.WriteCloser, tty bool, resize <-chan remotecommand.TerminalSize) error {
	container, failure := r.machine.Find(id)
	if failure != nil {
		return fmt.Errorf("failed to exec in container: %w", failure)
	}
	code, failure := container.Exec(argv, machine.Streams{In: in, Out: out, Err: err, Resize: resize}, tty)
	if failure != nil {
		return fmt.Errorf("failed to exec in container: %w", failure)
	}
	if code == 0 {
		return nil
	}
	return exec.CodeExitError{
		Err:  fmt.Errorf("error executing command %v, exit code %d", argv, code),
		Code: code,
	}
}

// Attach returns when the container or the client ends the session.
func (r *runtime) Attach(_ context.Context, id string, in io.Reader, out, err io.WriteCloser, _ bool, resize <-chan remotecommand.TerminalSize) error {
	container, failure := r.machine.Find(id)
	if failure != nil {
		return failure
	}
	container.Attach(machine.Streams{In: in, Out: out, Err: err, Resize: resize})
	return nil
}

// PortForward connects to a port of this machine. The sandbox is named as its pod.
func (r *runtime) PortForward(ctx context.Context, sandbox string, port int32, stream io.ReadWriteCloser) error {
	r.node.mu.Lock()
	run := r.node.pods[types.UID(sandbox)]
	r.node.mu.Unlock()
	if run == nil {
		return fmt.Errorf("failed to find sandbox %q in store: not found", sandbox)
	}
	if err := run.forward(ctx, port, stream); err != nil {
		return fmt.Errorf("failed to execute portforward in network namespace %q: %w", "host", err)
	}
	return nil
}
