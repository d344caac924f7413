package fault

import (
	"io"
	"net"
	"time"
)

const (
	// resetDelay lets sent data arrive before a reset, which drops the rest;
	// the embedded cluster does the same.
	resetDelay = 50 * time.Millisecond
	// closeTimeout limits how long a client may take to close its end.
	closeTimeout = 10 * time.Second
)

// end begins the fault; status is the status frame that was about to be sent, or
// nil. The caller holds c.mu.
func (c *conn) end(status []byte) {
	close(c.over)
	c.Conn.SetDeadline(time.Time{})
	if garbage := c.fault.Status.Garbage; garbage != nil {
		c.Conn.Write(newFrame(binaryFrame, append([]byte{statusChannel}, *garbage...)))
	} else if !c.fault.Status.Omit {
		c.Conn.Write(status)
	}
	// Stop a pending read of the genuine code.
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

// takeOver waits until the genuine code has stopped reading for good.
func (c *conn) takeOver() {
	c.reading.Lock()
	defer c.reading.Unlock()
	c.Conn.SetReadDeadline(time.Time{})
}

// finish half-closes the connection and waits for the client to close: closing
// at once could reset the connection and lose sent data.
func (c *conn) finish() {
	defer c.Conn.Close()
	c.takeOver()
	if writer, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		writer.CloseWrite()
	}
	if transport, ok := transportOf(c.Conn).(interface{ CloseWrite() error }); ok {
		transport.CloseWrite()
	}
	c.Conn.SetReadDeadline(time.Now().Add(closeTimeout))
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

// hold only answers pings and the client's Close.
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

// answer answers a client's control frames; it returns false after a Close.
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

// transportOf returns the TCP connection under TLS.
func transportOf(connection net.Conn) net.Conn {
	if secure, ok := connection.(interface{ NetConn() net.Conn }); ok {
		return secure.NetConn()
	}
	return connection
}
