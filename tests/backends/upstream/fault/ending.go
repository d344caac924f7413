package fault

import (
	"io"
	"net"
	"time"
)

const (
	// resetDelay is how long what was sent has to arrive, as in the embedded
	// cluster: a reset drops what has not.
	resetDelay = 50 * time.Millisecond
	// patience is how long a client may take to close its end.
	patience = 10 * time.Second
)

// end makes the fault happen; status is the frame that was about to be sent,
// nil if there is none yet. c.mu is held.
func (c *conn) end(status []byte) {
	close(c.over)
	c.Conn.SetDeadline(time.Time{})
	if garbage := c.fault.Status.Garbage; garbage != nil {
		c.Conn.Write(newFrame(binaryFrame, append([]byte{statusChannel}, *garbage...)))
	} else if !c.fault.Status.Omit {
		c.Conn.Write(status)
	}
	// The genuine code may be reading: it is to stop.
	c.Conn.SetReadDeadline(time.Now())
	switch c.fault.Then {
	case "hold":
		go c.hold()
	case "reset":
		go c.reset()
	case "drop":
		go c.finish()
	default:
		c.Conn.Write(newClose(c.fault.Code))
		go c.finish()
	}
}

// takeOver waits until the genuine code reads no more; it never will again.
func (c *conn) takeOver() {
	c.reading.Lock()
	defer c.reading.Unlock()
	c.Conn.SetReadDeadline(time.Time{})
}

// finish ends our half, and waits for the client's: to close at once could
// reset the connection, and lose what was sent.
func (c *conn) finish() {
	defer c.Conn.Close()
	c.takeOver()
	if writer, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		writer.CloseWrite()
	}
	if transport, ok := transportOf(c.Conn).(interface{ CloseWrite() error }); ok {
		transport.CloseWrite()
	}
	c.Conn.SetReadDeadline(time.Now().Add(patience))
	io.Copy(io.Discard, c.Conn)
}

// reset drops the connection.
func (c *conn) reset() {
	time.Sleep(resetDelay)
	transport := transportOf(c.Conn)
	if tcp, ok := transport.(interface{ SetLinger(int) error }); ok {
		tcp.SetLinger(0)
	}
	transport.Close()
}

// hold sends nothing more on its own, but is well mannered: it answers pings
// and the client's Close.
func (c *conn) hold() {
	defer c.Conn.Close()
	c.takeOver()
	buffer := make([]byte, 32<<10)
	for controls := c.late; c.answer(controls); {
		count, err := c.Conn.Read(buffer)
		if err != nil {
			return
		}
		controls = c.in.pass(buffer[:count])
	}
}

// answer says what a client's control frames ask for, until its Close.
func (c *conn) answer(controls []frame) bool {
	for _, control := range controls {
		switch control.opcode {
		case pingFrame:
			c.Conn.Write(newFrame(pongFrame, control.payload))
		case closeFrame:
			c.Conn.Write(newFrame(closeFrame, control.payload))
			return false
		}
	}
	return true
}

// transportOf is the TCP connection under TLS.
func transportOf(connection net.Conn) net.Conn {
	if secure, ok := connection.(interface{ NetConn() net.Conn }); ok {
		return secure.NetConn()
	}
	return connection
}
