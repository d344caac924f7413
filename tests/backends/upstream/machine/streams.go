package machine

import (
	"io"

	"k8s.io/cri-streaming/pkg/streaming/remotecommand"
)

// Streams are what a client has asked for; nil for what it has not.
type Streams struct {
	In     io.Reader
	Out    io.WriteCloser
	Err    io.WriteCloser
	Resize <-chan remotecommand.TerminalSize
}
