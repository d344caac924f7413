package main

import (
	"io"
	"os"
	"os/signal"
	"syscall"
)

// waitForEnd returns at the end of stdin, or at a signal.
func waitForEnd() {
	over := make(chan os.Signal, 1)
	signal.Notify(over, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		io.Copy(io.Discard, os.Stdin)
		over <- nil
	}()
	<-over
}
