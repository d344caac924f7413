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

// conn is a client's connection with a fault. Once the fault begins, it owns the
// connection; to the genuine code the client looks gone.
type conn struct {
	net.Conn
	fault  *Fault
	closed chan struct{}
	once   sync.Once

	// reading is held while the genuine code reads; in tracks the frames that
	// it reads.
	reading sync.Mutex
	in      tracker
	// late holds the control frames that were read after the fault began.
	late []frame

	mu       sync.Mutex
	upgraded bool
	// plain is set for an answer other than 101, which passes unchanged.
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

// Read returns io.EOF once the fault has begun.
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

// Write passes on what the genuine code sends, frame by frame.
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

// passHead sends the head of the answer once it is complete.
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

// passFrame sends a frame, or begins the fault with it.
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

// Close does nothing once the fault owns the connection.
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
