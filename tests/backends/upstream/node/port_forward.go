package node

import (
	"context"
	"fmt"
	"io"
	"net"
	"syscall"
	"time"
)

// HalfCloseAnnotation makes the runtime pass the end of one direction on, as
// neither containerd nor CRI-O does.
const HalfCloseAnnotation = "podwire.dev/half-close"

// closingTime limits how long one direction continues without the other.
const closingTime = time.Second

// forward copies in both directions. As in containerd, both end soon after one
// of them, unless the pod's runtime passes an end on. It ends with the pod, too.
func (r *podRun) forward(ctx context.Context, port int32, stream io.ReadWriteCloser) error {
	defer stream.Close()
	connection, err := dialLocal(port)
	if err != nil {
		return err
	}
	defer connection.Close()
	halfCloses := r.halfCloses && hasHalfClose(stream)
	ends := make(chan error, 2)
	go func() {
		_, err := io.Copy(stream, connection)
		if halfCloses && err == nil {
			err = stream.Close()
		}
		ends <- err
	}()
	go func() {
		_, err := io.Copy(connection, stream)
		if halfCloses && err == nil {
			err = connection.CloseWrite()
		}
		ends <- err
	}()
	first := r.wait(ctx, ends, nil)
	if halfCloses && first == nil {
		return r.wait(ctx, ends, nil)
	}
	if second := r.wait(ctx, ends, time.After(closingTime)); first == nil {
		return second
	}
	return first
}

// wait returns how a direction ended, or that both have to.
func (r *podRun) wait(ctx context.Context, ends <-chan error, timeout <-chan time.Time) error {
	select {
	case err := <-ends:
		return err
	case <-timeout:
		return nil
	case <-r.gone:
		return fmt.Errorf("read: %w", syscall.ECONNRESET)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// hasHalfClose returns whether a stream is one of a tunnel: a channel of v4
// has no end of its own.
func hasHalfClose(stream io.ReadWriteCloser) bool {
	_, ok := stream.(interface{ Reset() error })
	return ok
}

func dialLocal(port int32) (*net.TCPConn, error) {
	target := fmt.Sprintf("localhost:%d", port)
	connection, err := net.Dial("tcp4", target)
	if err == nil {
		return connection.(*net.TCPConn), nil
	}
	connection, errV6 := net.Dial("tcp6", target)
	if errV6 == nil {
		return connection.(*net.TCPConn), nil
	}
	return nil, fmt.Errorf("failed to connect to %s inside namespace %q, IPv4: %v IPv6 %v ", target, "host", err, errV6)
}
