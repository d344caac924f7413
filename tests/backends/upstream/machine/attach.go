package machine

import (
	"io"
	"sync"
)

// Attach attaches to the main process as containerd does: the client receives
// output from now on; its input goes to the process if the container has a
// stdin, and is not read otherwise.
func (c *Container) Attach(streams Streams) {
	go c.stdio.resize(streams.Resize)
	var waiting sync.WaitGroup
	var members []*member
	inputOver := make(chan struct{})
	join := func(to *group, writer io.WriteCloser) {
		m := to.add(writer)
		members = append(members, m)
		waiting.Go(func() { <-m.out })
	}
	if streams.Out != nil {
		join(&c.stdout, streams.Out)
	}
	if streams.Err != nil && c.stdio.err != nil {
		join(&c.stderr, streams.Err)
	}
	if streams.In != nil && c.stdio.in != nil {
		go func() {
			defer close(inputOver)
			io.Copy(c.stdio.in, streams.In)
			c.inputEnded(members)
		}()
		if len(members) == 0 {
			<-inputOver
		}
	}
	waiting.Wait()
}

// inputEnded closes the container's stdin if it is for one client only;
// otherwise it ends that client's session.
func (c *Container) inputEnded(members []*member) {
	if c.spec.StdinOnce && !c.spec.TTY {
		c.stdio.in.Close()
		return
	}
	for _, m := range members {
		c.stdout.remove(m)
		c.stderr.remove(m)
	}
}
