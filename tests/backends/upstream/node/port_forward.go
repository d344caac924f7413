package node

import (
	"context"
	"fmt"
	"io"
	"net"
	"time"
)

// closingTime limits how long one direction continues without the other.
const closingTime = time.Second

// forward copies in both directions until both have ended, as containerd does.
func forward(ctx context.Context, port int32, stream io.ReadWriteCloser) error {
	defer stream.Close()
	connection, err := dialLocal(port)
	if err != nil {
		return err
	}
	defer connection.Close()
	ends := make(chan error, 2)
	go func() {
		_, err := io.Copy(stream, connection)
		ends <- err
	}()
	go func() {
		_, err := io.Copy(connection, stream)
		ends <- err
	}()
	var first error
	select {
	case first = <-ends:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case second := <-ends:
		if first == nil {
			first = second
		}
	case <-time.After(closingTime):
	case <-ctx.Done():
		return ctx.Err()
	}
	return first
}

func dialLocal(port int32) (net.Conn, error) {
	target := fmt.Sprintf("localhost:%d", port)
	connection, err := net.Dial("tcp4", target)
	if err == nil {
		return connection, nil
	}
	connection, errV6 := net.Dial("tcp6", target)
	if errV6 == nil {
		return connection, nil
	}
	return nil, fmt.Errorf("failed to connect to %s inside namespace %q, IPv4: %v IPv6 %v ", target, "host", err, errV6)
}
