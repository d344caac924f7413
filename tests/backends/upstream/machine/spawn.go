package machine

import (
	"fmt"
	"os"
	"slices"
)

// spawn starts a process of the container; its errors are worded as runc's.
func (c *Container) spawn(argv []string, streams *stdio) (*process, error) {
	started, err := c.trySpawn(argv, streams)
	streams.handedOver()
	if err != nil {
		streams.close()
		return nil, fmt.Errorf("OCI runtime exec failed: exec failed: unable to start container process: %w: unknown", err)
	}
	return started, nil
}

func (c *Container) trySpawn(argv []string, streams *stdio) (*process, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stopped {
		return nil, fmt.Errorf("cannot exec in a stopped container")
	}
	if len(argv) == 0 {
		return nil, fmt.Errorf("args must not be empty")
	}
	env := c.env
	if streams.tty {
		env = append(slices.Clone(env), "TERM=xterm")
	}
	path, err := lookUp(argv[0], valueOf(env, "PATH"))
	if err != nil {
		return nil, err
	}
	attr := &os.ProcAttr{Dir: c.spec.Directory, Env: env, Files: streams.theirs}
	started, err := c.machine.spawner.start(path, argv, attr, streams.tty)
	if err == nil {
		c.track(started)
	}
	return started, err
}

// track registers a process while it lives. The caller holds c.mu.
func (c *Container) track(started *process) {
	c.running[started] = struct{}{}
	go func() {
		<-started.ended
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.running, started)
	}()
}
