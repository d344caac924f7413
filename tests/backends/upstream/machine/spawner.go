package machine

import (
	"os"
	"runtime"
	"syscall"
)

// spawner starts every process from one thread that never ends: with
// PDEATHSIG, the kernel kills a child when the thread that started it ends.
type spawner struct {
	requests chan func()
}

func newSpawner() *spawner {
	s := &spawner{make(chan func())}
	go func() {
		runtime.LockOSThread()
		for request := range s.requests {
			request()
		}
	}()
	return s
}

// start runs a program in a session of its own, whose controlling terminal is
// the first file if that is a terminal.
func (s *spawner) start(path string, argv []string, attr *os.ProcAttr, terminal bool) (*process, error) {
	attr.Sys = &syscall.SysProcAttr{
		Setsid:    true,
		Setctty:   terminal,
		Pdeathsig: syscall.SIGKILL,
	}
	type outcome struct {
		handle *os.Process
		err    error
	}
	outcomes := make(chan outcome, 1)
	s.requests <- func() {
		handle, err := os.StartProcess(path, argv, attr)
		outcomes <- outcome{handle, err}
	}
	started := <-outcomes
	if started.err != nil {
		return nil, started.err
	}
	return watch(started.handle), nil
}
