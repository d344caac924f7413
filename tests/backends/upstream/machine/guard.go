package machine

import (
	"io"
	"os"
	"os/exec"
	"syscall"
)

// guardFlag makes a second process of this program a guard.
const guardFlag = "--guard"

// guard is a process that ends all others when the server is gone, however
// that came about: the kernel ends the server's own children only.
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

// dismiss returns when the guard is gone, and all others with it.
func (g *guard) dismiss() {
	g.pipe.Close()
	g.command.Wait()
}

// GuardIfAsked does a guard's work, if that is what this process is for.
func GuardIfAsked() {
	if len(os.Args) != 3 || os.Args[1] != guardFlag {
		return
	}
	io.Copy(io.Discard, os.Stdin)
	killAll(os.Args[2])
	os.Exit(0)
}
