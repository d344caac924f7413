package fault

import (
	"bytes"
	"io"
	"net"
	"sync"
)

// The channels of the remote command protocol that the server writes to.
const (
	stdoutChannel = 1
	stderrChannel = 2
	statusChannel = 3
)

// conn is a client's connection on which a fault waits for its moment. From
// then on it is the fault's: for the genuine code, the client is gone.
type conn struct {
	net.Conn
	fault  *Fault
	closed chan struct{}
	once   sync.Once

	// reading is held while the genuine code reads; in is what it has read of
	// a frame that is not whole.
	reading sync.Mutex
	in      tracker
	// late is what the genuine code would have read after the fault began.
	late []frame

	mu       sync.Mutex
	upgraded bool
	// plain is set for an answer that is no upgrade: it goes through.
	plain bool
	out   []byte
	sent  int64
	over  chan struct{}
}

func newConn(original net.Conn, fault *Fault) *conn {
	return &conn{
		Conn:   original,
		fault:  fault,
		closed: make(chan struct{}),
		over:   make(chan struct{}),
	}
}

// Read is at its end once the fault has taken over.
func (c *conn) Read(into []byte) (int, error) {
	if c.fault.Stall && c.isUpgraded() {
		select {
		case <-c.closed:
		case <-c.over:
		}
		return 0, io.EOF
	}
	c.reading.Lock()
	defer c.reading.Unlock()
	if c.isOver() {
		return 0, io.EOF
	}
	count, err := c.Conn.Read(into)
	controls := c.in.pass(into[:count])
	if c.isOver() {
		c.late = controls
		return 0, io.EOF
	}
	return count, err
}

// Write looks at what the genuine code sends, frame by frame.
func (c *conn) Write(from []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.isOver() {
		return 0, net.ErrClosed
	}
	if c.plain {
		return c.Conn.Write(from)
	}
	c.out = append(c.out, from...)
	if !c.upgraded {
		if err := c.passHead(); err != nil || !c.upgraded {
			return len(from), err
		}
	}
	for !c.isOver() {
		next, whole := nextFrame(c.out)
		if !whole {
			break
		}
		c.out = c.out[len(next.raw):]
		if err := c.passFrame(next); err != nil {
			return 0, err
		}
	}
	return len(from), nil
}

// passHead sends the head of the answer once it is whole.
func (c *conn) passHead() error {
	end := bytes.Index(c.out, []byte("\r\n\r\n"))
	if end < 0 {
		return nil
	}
	c.upgraded = bytes.HasPrefix(c.out, []byte("HTTP/1.1 101"))
	c.plain = !c.upgraded
	head := c.out[:end+4]
	if c.plain {
		head = c.out
	}
	c.out = c.out[len(head):]
	_, err := c.Conn.Write(head)
	return err
}

// passFrame sends a frame, or has the fault begin with it.
func (c *conn) passFrame(next frame) error {
	if !c.fault.ends || next.opcode != binaryFrame || len(next.payload) < 2 {
		_, err := c.Conn.Write(next.raw)
		return err
	}
	if next.payload[0] == statusChannel {
		c.end(next.raw)
		return nil
	}
	_, err := c.Conn.Write(next.raw)
	if next.payload[0] == stdoutChannel || next.payload[0] == stderrChannel {
		c.sent += int64(len(next.payload) - 1)
	}
	if limit := c.fault.AfterOutput; limit != nil && c.sent >= *limit {
		c.end(nil)
	}
	return err
}

// Close leaves to the fault what it has taken over.
func (c *conn) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.once.Do(func() { close(c.closed) })
	if c.isOver() {
		return nil
	}
	return c.Conn.Close()
}

func (c *conn) isOver() bool {
	select {
	case <-c.over:
		return true
	default:
		return false
	}
}

func (c *conn) isUpgraded() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.upgraded
}
