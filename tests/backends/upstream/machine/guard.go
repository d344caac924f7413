package machine

import (
	"io"
	"os"
	"os/exec"
	"syscall"
)

// guardFlag makes this program run as a guard.
const guardFlag = "--guard"

// guard is a process that kills all others when the server is gone, even by
// SIGKILL: the kernel kills only the server's own children.
type guard struct {
	command *exec.Cmd
	pipe    io.Closer
}

func newGuard(mark string) (*guard, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	command := exec.Command(program, guardFlag, mark)
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	pipe, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}
	return &guard{command, pipe}, command.Start()
}

// dismiss returns when the guard and all other processes are gone.
func (g *guard) dismiss() {
	g.pipe.Close()
	g.command.Wait()
}

// GuardIfAsked runs the guard if the process was started as one.
func GuardIfAsked() {
	if len(os.Args) != 3 || os.Args[1] != guardFlag {
		return
	}
	io.Copy(io.Discard, os.Stdin)
	killAll(os.Args[2])
	os.Exit(0)
}
