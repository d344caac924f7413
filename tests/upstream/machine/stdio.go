package machine

import (
	"os"

	"github.com/creack/pty"
	"k8s.io/cri-streaming/pkg/streaming/remotecommand"
)

// stdio is our side of a process's standard streams.
type stdio struct {
	// in is nil for a process without stdin.
	in  *os.File
	out *os.File
	// err is nil for a process under a terminal.
	err      *os.File
	terminal *os.File
	// theirs are the process's own ends.
	theirs []*os.File
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
	s := &stdio{out: ours, terminal: ours, theirs: []*os.File{theirs, theirs, theirs}}
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

// handedOver closes the process's ends, of which it has copies.
func (s *stdio) handedOver() {
	for _, file := range s.theirs {
		file.Close()
	}
	s.theirs = nil
}

func (s *stdio) close() {
	s.handedOver()
	for _, file := range []*os.File{s.in, s.out, s.err} {
		if file != nil {
			file.Close()
		}
	}
}

// resize hands sizes on until there are no more; it empties the channel in any
// case, or what fills it would wait for ever.
func (s *stdio) resize(sizes <-chan remotecommand.TerminalSize) {
	if sizes == nil {
		return
	}
	for size := range sizes {
		if s.terminal == nil || size.Width < 1 || size.Height < 1 {
			continue
		}
		pty.Setsize(s.terminal, &pty.Winsize{Cols: size.Width, Rows: size.Height})
	}
}
