// Package machine runs containers as plain processes of this machine, which share
// its files and network and do not outlive the server.
package machine

import (
	"crypto/rand"
	"fmt"
	"sync"
)

// variable marks the processes of a container in their environment.
const variable = "PODWIRE_UPSTREAM"

// Machine runs containers.
type Machine struct {
	mark    string
	spawner *spawner
	guard   *guard

	mu         sync.Mutex
	containers map[string]*Container
	closed     bool
}

// New returns a machine without containers.
func New() (*Machine, error) {
	mark := variable + "=" + rand.Text() + "."
	guard, err := newGuard(mark)
	if err != nil {
		return nil, err
	}
	return &Machine{
		mark:       mark,
		spawner:    newSpawner(),
		guard:      guard,
		containers: map[string]*Container{},
	}, nil
}

// Run starts a container.
func (m *Machine) Run(spec Spec) (*Container, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil, fmt.Errorf("the machine is shutting down")
	}
	container, err := m.start(spec)
	if err != nil {
		return nil, err
	}
	m.containers[container.ID] = container
	go func() {
		<-container.Ended
		m.mu.Lock()
		defer m.mu.Unlock()
		delete(m.containers, container.ID)
	}()
	return container, nil
}

// Find returns a running container.
func (m *Machine) Find(id string) (*Container, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if container, ok := m.containers[id]; ok {
		return container, nil
	}
	return nil, fmt.Errorf("failed to find container %q in store: not found", id)
}

// Processes counts the live processes.
func (m *Machine) Processes() int {
	return len(findProcesses(m.mark))
}

// Close ends every process.
func (m *Machine) Close() {
	m.mu.Lock()
	m.closed = true
	for _, container := range m.containers {
		container.kill()
	}
	m.mu.Unlock()
	m.guard.dismiss()
}
