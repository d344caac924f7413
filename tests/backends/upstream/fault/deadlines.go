package fault

import "time"

// SetDeadline has no effect once the fault has begun.
func (c *conn) SetDeadline(at time.Time) error {
	return c.unlessOver(func() error { return c.Conn.SetDeadline(at) })
}

// SetReadDeadline is like SetDeadline.
func (c *conn) SetReadDeadline(at time.Time) error {
	return c.unlessOver(func() error { return c.Conn.SetReadDeadline(at) })
}

// SetWriteDeadline is like SetDeadline.
func (c *conn) SetWriteDeadline(at time.Time) error {
	return c.unlessOver(func() error { return c.Conn.SetWriteDeadline(at) })
}

func (c *conn) unlessOver(action func() error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.isOver() {
		return nil
	}
	return action()
}
