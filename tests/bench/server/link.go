package main

import (
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// linkRate is the rate of the slow link in bytes per second: 100 Mbit/s.
const linkRate = 100_000_000 / 8

// burst is how much may follow at once after a pause or a late wake-up.
const burst = 10 * time.Millisecond

// traffic counts the connections and the bytes sent on them.
type traffic struct{ connections, sent atomic.Int64 }

// link is a listener whose connections share a rate. What it sends counts as it
// leaves TLS; headers of TCP and IP do not count, and there is no delay: a real
// link of this rate carries about 95 % of it, and later.
type link struct {
	net.Listener
	// rate is in bytes per second; 0 is without a limit.
	rate    int
	traffic *traffic
	mutex   sync.Mutex
	// free is when the link will have sent everything so far.
	free time.Time
}

func (l *link) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	l.traffic.connections.Add(1)
	return &linkConn{conn, l}, nil
}

// linkConn is a connection over a link.
type linkConn struct {
	net.Conn
	link *link
}

func (c *linkConn) Write(bytes []byte) (int, error) {
	if c.link.rate == 0 {
		written, err := c.Conn.Write(bytes)
		c.link.traffic.sent.Add(int64(written))
		return written, err
	}
	written := 0
	for written < len(bytes) {
		// A millisecond's worth: the rate is even, and connections take turns.
		part := bytes[written:min(len(bytes), written+c.link.rate/1000)]
		c.link.wait(len(part))
		count, err := c.Conn.Write(part)
		written += count
		c.link.traffic.sent.Add(int64(count))
		if err != nil {
			return written, err
		}
	}
	return written, nil
}

// wait returns when the link has sent so many bytes.
func (l *link) wait(bytes int) {
	l.mutex.Lock()
	earliest := time.Now().Add(-burst)
	if l.free.Before(earliest) {
		l.free = earliest
	}
	// From the schedule, not from now: a late wake-up does not lower the rate.
	l.free = l.free.Add(time.Duration(bytes) * time.Second / time.Duration(l.rate))
	until := l.free
	l.mutex.Unlock()
	time.Sleep(time.Until(until))
}
