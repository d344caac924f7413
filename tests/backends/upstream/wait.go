package main

import (
	"io"
	"os"
	"os/signal"
	"syscall"
)

// waitForEnd returns when stdin has ended, or a signal asks to end.
func waitForEnd() {
	over := make(chan os.Signal, 1)
	signal.Notify(over, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		io.Copy(io.Discard, os.Stdin)
		over <- nil
	}()
	<-over
}
