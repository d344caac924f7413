package fault

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"
)

// IdleAnnotation holds the idle limit of a pod's sessions in milliseconds, in
// place of the four hours of the genuine code.
const IdleAnnotation = "podwire.dev/idle-timeout"

// longestDeadline tells the idle limit from the deadlines of single writes.
const longestDeadline = time.Hour

// LimitIdle shortens the idle limit of the connection that the genuine code
// takes over; "" leaves it as it is.
func LimitIdle(w http.ResponseWriter, milliseconds string) (http.ResponseWriter, error) {
	if milliseconds == "" {
		return w, nil
	}
	limit, err := strconv.ParseUint(milliseconds, 10, 31)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", IdleAnnotation, err)
	}
	return &idleWriter{w, time.Duration(limit) * time.Millisecond}, nil
}

type idleWriter struct {
	http.ResponseWriter
	limit time.Duration
}

// Hijack implements http.Hijacker, which the genuine code uses.
func (w *idleWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	original, buffers, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	return &idleConn{original, w.limit}, buffers, nil
}

// Flush implements http.Flusher.
func (w *idleWriter) Flush() {
	http.NewResponseController(w.ResponseWriter).Flush()
}

// idleConn brings distant deadlines near.
type idleConn struct {
	net.Conn
	limit time.Duration
}

// SetDeadline implements net.Conn.
func (c *idleConn) SetDeadline(at time.Time) error {
	return c.Conn.SetDeadline(c.near(at))
}

// SetReadDeadline implements net.Conn.
func (c *idleConn) SetReadDeadline(at time.Time) error {
	return c.Conn.SetReadDeadline(c.near(at))
}

// SetWriteDeadline implements net.Conn.
func (c *idleConn) SetWriteDeadline(at time.Time) error {
	return c.Conn.SetWriteDeadline(c.near(at))
}

func (c *idleConn) near(at time.Time) time.Time {
	if time.Until(at) < longestDeadline {
		return at
	}
	return time.Now().Add(c.limit)
}
