package machine

import (
	"os"
	"sync"

	"github.com/creack/pty"
	"k8s.io/cri-streaming/pkg/streaming/remotecommand"
)

// stdio is our side of a process's standard streams.
type stdio struct {
	// in is nil for a process without stdin.
	in  *os.File
	out *os.File
	// err is nil for a process under a terminal.
	err *os.File
	tty bool
	// theirs are the process's ends.
	theirs []*os.File

	// mu keeps a terminal from being closed while its size is set.
	mu     sync.Mutex
	closed bool
}

func newStdio(stdin, tty bool) (*stdio, error) {
	if tty {
		return newTerminal(stdin)
	}
	return newPipes(stdin)
}

func newTerminal(stdin bool) (*stdio, error) {
	ours, theirs, err := pty.Open()
	if err != nil {
		return nil, err
	}
	s := &stdio{out: ours, tty: true, theirs: []*os.File{theirs, theirs, theirs}}
	if stdin {
		s.in = ours
	}
	return s, nil
}

func newPipes(stdin bool) (*stdio, error) {
	s := &stdio{}
	theirIn, err := s.newInput(stdin)
	if err != nil {
		return nil, err
	}
	s.theirs = append(s.theirs, theirIn)
	for _, ours := range []**os.File{&s.out, &s.err} {
		reader, writer, err := os.Pipe()
		if err != nil {
			s.close()
			return nil, err
		}
		*ours = reader
		s.theirs = append(s.theirs, writer)
	}
	return s, nil
}

func (s *stdio) newInput(wanted bool) (*os.File, error) {
	if !wanted {
		return os.Open(os.DevNull)
	}
	reader, writer, err := os.Pipe()
	s.in = writer
	return reader, err
}

// handedOver closes the process's ends, after it has inherited them.
func (s *stdio) handedOver() {
	for _, file := range s.theirs {
		file.Close()
	}
	s.theirs = nil
}

func (s *stdio) close() {
	s.handedOver()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for _, file := range []*os.File{s.in, s.out, s.err} {
		if file != nil {
			file.Close()
		}
	}
}

// resize applies sizes until the channel is closed. It always drains the channel,
// because its writer would block forever otherwise.
func (s *stdio) resize(sizes <-chan remotecommand.TerminalSize) {
	if sizes == nil {
		return
	}
	for size := range sizes {
		if s.tty && size.Width > 0 && size.Height > 0 {
			s.setSize(size)
		}
	}
}

func (s *stdio) setSize(size remotecommand.TerminalSize) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		pty.Setsize(s.out, &pty.Winsize{Cols: size.Width, Rows: size.Height})
	}
}
