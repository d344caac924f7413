package fault

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// NodeAnnotation holds a NodeFault as JSON.
const NodeAnnotation = "podwire.dev/node-fault"

// The connections behind the API server.
const (
	// KubeletConnection leads from the API server to the kubelet.
	KubeletConnection = "kubelet"
	// RuntimeConnection leads from the kubelet to the container runtime.
	RuntimeConnection = "runtime"
)

// dialTimeout is how long the genuine code has to use a link.
const dialTimeout = 10 * time.Second

// errNodeFault is what is wrong with a fault that never happens.
var errNodeFault = errors.New("after or afterOutput is required")

// NodeFault is how the API server loses a pod's node, in
// tests/backends/backend.ts too.
type NodeFault struct {
	// Connection is which one is cut: "kubelet", the default, or "runtime".
	Connection string `json:"connection"`
	// After cuts it so many milliseconds after it was opened.
	After *int `json:"after"`
	// AfterOutput cuts it once exactly so many bytes of output have passed.
	AfterOutput *int64 `json:"afterOutput"`
	// How is "FIN", the default, "RST", or "stall": nothing passes any more,
	// and nothing says so.
	How string `json:"how"`
	// Down is for how many milliseconds new connections are refused then.
	Down int `json:"down"`
	// Times is how many connections are cut; all by default.
	Times *int `json:"times"`
}

func parseNode(annotation string) (*NodeFault, error) {
	fault := &NodeFault{Connection: KubeletConnection, How: "FIN"}
	err := json.Unmarshal([]byte(annotation), fault)
	if err == nil && fault.After == nil && fault.AfterOutput == nil {
		err = errNodeFault
	}
	if err == nil && !slices.Contains([]string{"FIN", "RST", "stall"}, fault.How) {
		err = fmt.Errorf("how it ends: %q", fault.How)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", NodeAnnotation, err)
	}
	return fault, nil
}

// Node knows what has become of the connections of one pod.
type Node struct {
	mu     sync.Mutex
	opened int
	down   time.Time
}

// Address returns the address to connect to in place of another, so that the
// connection goes wrong.
func (n *Node) Address(annotation, connection, original string) (string, error) {
	fault, err := parseNode(annotation)
	if err != nil || fault.Connection != connection {
		return original, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if time.Now().Before(n.down) {
		return Unreachable, nil
	}
	n.opened++
	if fault.Times != nil && n.opened > *fault.Times {
		return original, nil
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	go n.serve(listener.(*net.TCPListener), fault, original)
	return listener.Addr().String(), nil
}

// Unreachable is where nobody listens.
const Unreachable = "127.0.0.1:1"

// serve passes one connection on.
func (n *Node) serve(listener *net.TCPListener, fault *NodeFault, original string) {
	listener.SetDeadline(time.Now().Add(dialTimeout))
	client, err := listener.AcceptTCP()
	listener.Close()
	if err != nil {
		return
	}
	server, err := net.Dial("tcp", original)
	if err != nil {
		client.Close()
		return
	}
	l := &link{fault: fault, node: n, client: client, server: server.(*net.TCPConn)}
	if fault.After != nil {
		timer := time.AfterFunc(time.Duration(*fault.After)*time.Millisecond, l.cut)
		defer timer.Stop()
	}
	l.pass()
}

// link is a connection that is going to be cut.
type link struct {
	fault  *NodeFault
	node   *Node
	client *net.TCPConn
	server *net.TCPConn

	once  sync.Once
	isCut atomic.Bool
}

// pass returns when both directions have ended.
func (l *link) pass() {
	limit := int64(unlimited)
	if l.fault.AfterOutput != nil {
		limit = *l.fault.AfterOutput
	}
	var directions sync.WaitGroup
	directions.Go(func() { l.copy(l.server, l.client, &meter{limit: unlimited}) })
	directions.Go(func() { l.copy(l.client, l.server, &meter{limit: limit}) })
	directions.Wait()
	l.close()
}

// copy passes one direction on; once the link is cut it only reads.
func (l *link) copy(to, from *net.TCPConn, output *meter) {
	buffer := make([]byte, 32<<10)
	for {
		count, err := from.Read(buffer)
		if !l.isCut.Load() {
			allowed, reached := output.pass(buffer[:count])
			to.Write(buffer[:allowed])
			if reached {
				l.cut()
			}
		}
		if err == nil {
			continue
		}
		if !l.isCut.Load() {
			to.CloseWrite()
		} else if l.fault.How == "stall" {
			l.close()
		}
		return
	}
}

// cut makes the fault happen.
func (l *link) cut() {
	l.once.Do(func() {
		l.isCut.Store(true)
		l.node.refuse(time.Duration(l.fault.Down) * time.Millisecond)
		switch l.fault.How {
		case "RST":
			time.Sleep(resetDelay)
			l.client.SetLinger(0)
			l.server.SetLinger(0)
			l.close()
		case "FIN":
			for _, end := range []*net.TCPConn{l.client, l.server} {
				end.CloseWrite()
				end.SetReadDeadline(time.Now().Add(closeTimeout))
			}
		}
	})
}

func (l *link) close() {
	l.client.Close()
	l.server.Close()
}

func (n *Node) refuse(during time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.down = time.Now().Add(during)
}
