package machine

import (
	"io"

	"k8s.io/cri-streaming/pkg/streaming/remotecommand"
)

// Streams are the streams that a client requested; nil for the others.
type Streams struct {
	In     io.Reader
	Out    io.WriteCloser
	Err    io.WriteCloser
	Resize <-chan remotecommand.TerminalSize
}
