package machine

import (
	"io"
	"slices"
	"sync"
)

// group writes to all of its members and removes one that fails. A slow member
// blocks all, as in containerd.
type group struct {
	mu      sync.Mutex
	members []*member
	closed  bool
}

type member struct {
	writer io.WriteCloser
	once   sync.Once
	// out is closed when the member is removed.
	out chan struct{}
}

func (m *member) end() {
	m.once.Do(func() {
		m.writer.Close()
		close(m.out)
	})
}

// Write never fails.
func (g *group) Write(bytes []byte) (int, error) {
	g.mu.Lock()
	members := slices.Clone(g.members)
	g.mu.Unlock()
	for _, m := range members {
		if _, err := m.writer.Write(bytes); err != nil {
			g.remove(m)
		}
	}
	return len(bytes), nil
}

func (g *group) add(writer io.WriteCloser) *member {
	m := &member{writer: writer, out: make(chan struct{})}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		m.end()
	} else {
		g.members = append(g.members, m)
	}
	return m
}

func (g *group) remove(m *member) {
	g.mu.Lock()
	g.members = slices.DeleteFunc(g.members, func(other *member) bool { return other == m })
	g.mu.Unlock()
	m.end()
}

// close removes all members, and any that join later.
func (g *group) close() {
	g.mu.Lock()
	g.closed = true
	members := g.members
	g.members = nil
	g.mu.Unlock()
	for _, m := range members {
		m.end()
	}
}
