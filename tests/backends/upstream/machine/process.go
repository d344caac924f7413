package machine

import (
	"os"
	"syscall"
)

// process is a child process.
type process struct {
	handle *os.Process
	ended  chan struct{}
	// code is the exit code as a shell reports it, once ended is closed.
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

// killGroup kills the process group.
func (p *process) killGroup() {
	syscall.Kill(-p.handle.Pid, syscall.SIGKILL)
}

// exitCode returns the exit code as runc does: 128 plus a signal's number.
func exitCode(status syscall.WaitStatus) int {
	if status.Signaled() {
		return 128 + int(status.Signal())
	}
	return status.ExitStatus()
}
