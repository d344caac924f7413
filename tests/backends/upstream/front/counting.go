package front

import (
	"net"
	"net/http"
	"sync"
	"sync/atomic"
)

// counting is a listener that counts those of its connections that somebody
// has taken over from HTTP, for as long as they are open.
type counting struct {
	net.Listener
	upgraded *atomic.Int64
}

// Accept is net.Listener's.
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

// countUpgraded is told by the HTTP server what becomes of a connection.
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

// Close is net.Conn's.
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
