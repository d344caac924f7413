package machine

import (
	"io"
	"os"
	"sync/atomic"
)

// gate is a client's end of an output stream, which may close before the output
// ends.
type gate struct {
	client io.WriteCloser
	closed atomic.Bool
}

// newGate discards output if the client did not request it.
func newGate(client io.WriteCloser) *gate {
	return &gate{client: client}
}

// handOn copies output to the client. Once the client is gone the output is not
// read any more: the process blocks, because its pipe stays open.
func (g *gate) handOn(output *os.File) {
	io.Copy(g, output)
	g.Close()
}

// Write fails once the gate is closed.
func (g *gate) Write(bytes []byte) (int, error) {
	if g.closed.Load() {
		return 0, io.ErrClosedPipe
	}
	if g.client == nil {
		return len(bytes), nil
	}
	return g.client.Write(bytes)
}

// Close closes the client's end.
func (g *gate) Close() error {
	if g.closed.Swap(true) || g.client == nil {
		return nil
	}
	return g.client.Close()
}
