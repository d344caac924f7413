package front

import (
	"net"
	"net/http"
	"sync"
	"sync/atomic"
)

// counting is a listener that counts its open hijacked connections.
type counting struct {
	net.Listener
	upgraded *atomic.Int64
}

// Accept implements net.Listener.
func (l counting) Accept() (net.Conn, error) {
	accepted, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &counted{TCPConn: accepted.(*net.TCPConn), upgraded: l.upgraded}, nil
}

type counted struct {
	*net.TCPConn
	upgraded *atomic.Int64

	mu     sync.Mutex
	counts bool
	closed bool
}

// countUpgraded is the HTTP server's ConnState hook.
func countUpgraded(connection net.Conn, state http.ConnState) {
	secure, ok := connection.(interface{ NetConn() net.Conn })
	if !ok || state != http.StateHijacked {
		return
	}
	c := secure.NetConn().(*counted)
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closed {
		c.counts = true
		c.upgraded.Add(1)
	}
}

// Close implements net.Conn.
func (c *counted) Close() error {
	c.mu.Lock()
	if c.counts {
		c.upgraded.Add(-1)
	}
	c.counts = false
	c.closed = true
	c.mu.Unlock()
	return c.TCPConn.Close()
}
