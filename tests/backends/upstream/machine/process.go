package machine

import (
	"os"
	"syscall"
)

// process is a child of ours.
type process struct {
	handle *os.Process
	ended  chan struct{}
	// code is what a shell would say, once ended is closed.
	code int
}

func watch(handle *os.Process) *process {
	p := &process{handle: handle, ended: make(chan struct{})}
	go func() {
		defer close(p.ended)
		state, err := handle.Wait()
		if err != nil {
			p.code = 255
			return
		}
		p.code = exitCode(state.Sys().(syscall.WaitStatus))
	}()
	return p
}

func (p *process) signal(signal os.Signal) {
	p.handle.Signal(signal)
}

// killGroup kills it and what it has started without a group of its own.
func (p *process) killGroup() {
	syscall.Kill(-p.handle.Pid, syscall.SIGKILL)
}

// exitCode is runc's: 128 and the number of the signal that ended it.
func exitCode(status syscall.WaitStatus) int {
	if status.Signaled() {
		return 128 + int(status.Signal())
	}
	return status.ExitStatus()
}
