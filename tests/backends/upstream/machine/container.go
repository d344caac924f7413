package machine

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"sync"
	"syscall"
	"time"
)

// Spec describes a container.
type Spec struct {
	Hostname string
	// Command is the program and its arguments; defaults to a shell or an
	// idle process.
	Command   []string
	Env       []string
	Directory string
	// Stdin opens a stdin that clients can attach to.
	Stdin bool
	// StdinOnce closes that stdin with the first client's.
	StdinOnce bool
	TTY       bool
}

// Container is a main process and the processes of its execs.
type Container struct {
	ID string
	// Log holds what the main process wrote.
	Log *Log
	// Ended is closed when all processes have ended.
	Ended chan struct{}

	machine *Machine
	spec    Spec
	env     []string
	mark    string
	main    *process
	stdio   *stdio
	stdout  group
	stderr  group

	mu      sync.Mutex
	running map[*process]struct{}
	stopped bool
}

func (m *Machine) start(spec Spec) (*Container, error) {
	id := make([]byte, 32)
	rand.Read(id) // It never fails.
	c := &Container{
		ID:      hex.EncodeToString(id),
		Log:     newLog(),
		Ended:   make(chan struct{}),
		machine: m,
		spec:    spec,
		running: map[*process]struct{}{},
	}
	c.mark = m.mark + c.ID
	c.env = environment(spec, c.mark)
	streams, err := newStdio(spec.Stdin, spec.TTY)
	if err != nil {
		return nil, err
	}
	c.stdio = streams
	if c.main, err = c.spawn(mainCommand(spec), streams); err != nil {
		return nil, fmt.Errorf("failed to create containerd task: failed to create shim task: %w", err)
	}
	go c.serve()
	return c, nil
}

// ExitCode returns the main process's exit code, once Ended is closed.
func (c *Container) ExitCode() int {
	return c.main.code
}

// TTY returns whether the main process has a terminal.
func (c *Container) TTY() bool {
	return c.spec.TTY
}

// Stop sends SIGTERM to the main process, and kills everything after grace.
func (c *Container) Stop(grace time.Duration) {
	if grace > 0 {
		c.main.signal(syscall.SIGTERM)
		select {
		case <-c.main.ended:
		case <-time.After(grace):
		}
	}
	c.kill()
	<-c.Ended
}

// serve copies the main process's output; when it ends, it kills the others.
func (c *Container) serve() {
	c.stdout.add(c.Log.Stream())
	c.stderr.add(c.Log.Stream())
	var copying sync.WaitGroup
	copying.Go(func() { io.Copy(&c.stdout, c.stdio.out) })
	if c.stdio.err != nil {
		copying.Go(func() { io.Copy(&c.stderr, c.stdio.err) })
	}
	<-c.main.ended
	c.kill()
	copying.Wait()
	c.stdio.close()
	c.stdout.close()
	c.stderr.close()
	c.Log.end()
	close(c.Ended)
}

func (c *Container) kill() {
	c.mu.Lock()
	c.stopped = true
	for running := range c.running {
		running.killGroup()
	}
	c.mu.Unlock()
	killAll(c.mark)
}
