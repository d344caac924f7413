package machine

import (
	"os"
	"runtime"
	"syscall"
)

// spawner starts every process from one thread, which never ends: the kernel
// kills a child of ours when the thread that started it is gone.
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

// start runs a program in a session of its own, under its terminal if the
// first file is one.
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
