package machine

import (
	"crypto/rand"
	"fmt"
	"io"
	"strings"
	"sync"
)

// Exec runs a command beside the main process as containerd does: it returns once
// the command has ended and all of its output is copied, and a client that leaves
// does not end the command.
func (c *Container) Exec(argv []string, streams Streams, tty bool) (int, error) {
	own, err := newStdio(streams.In != nil, tty)
	if err != nil {
		return 0, err
	}
	started, err := c.spawn(argv, own)
	if err != nil {
		return 0, fmt.Errorf("failed to start exec %q: %w", strings.ToLower(rand.Text()), err)
	}
	defer own.close()
	go own.resize(streams.Resize)
	outputs := []*gate{newGate(streams.Out), newGate(streams.Err)}
	if streams.In != nil {
		go own.feed(streams.In, outputs)
	}
	var copying sync.WaitGroup
	copying.Go(func() { outputs[0].handOn(own.out) })
	if own.err != nil {
		copying.Go(func() { outputs[1].handOn(own.err) })
	}
	<-started.ended
	copying.Wait()
	return started.code, nil
}

// feed copies the client's input. At its end it closes the process's stdin; with
// a terminal it ends the output instead, as containerd does.
func (s *stdio) feed(input io.Reader, outputs []*gate) {
	io.Copy(s.in, input)
	if !s.tty {
		s.in.Close()
		return
	}
	for _, output := range outputs {
		output.Close()
	}
}
