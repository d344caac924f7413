package machine

import (
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
)

// Exec runs a command beside the main process, with containerd's manners: it
// returns once the command has ended and all of its output is handed on, and
// nobody who leaves ends the command.
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
	if streams.In != nil {
		go own.feed(streams.In)
	}
	var copying sync.WaitGroup
	copying.Go(func() { handOn(streams.Out, own.out) })
	if own.err != nil {
		copying.Go(func() { handOn(streams.Err, own.err) })
	}
	<-started.ended
	copying.Wait()
	return started.code, nil
}

// feed hands the client's input on. Its end is the process's; under a terminal
// it is the end of the output instead, as in containerd.
func (s *stdio) feed(input io.Reader) {
	io.Copy(s.in, input)
	if s.terminal == nil {
		s.in.Close()
	} else {
		s.out.SetReadDeadline(time.Now())
	}
}

// handOn copies output to a client. What a client that is gone has not taken
// is never read: the process waits, for its pipe stays open.
func handOn(client io.WriteCloser, output *os.File) {
	if client == nil {
		io.Copy(io.Discard, output)
		return
	}
	io.Copy(client, output)
	client.Close()
}
