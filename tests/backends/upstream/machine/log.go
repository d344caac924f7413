package machine

import (
	"bytes"
	"io"
	"sync"
	"time"
)

const (
	// longestLine is where containerd splits a line.
	longestLine = 16 << 10
	// keptLines bounds what a log takes.
	keptLines = 1 << 20
)

// Line is a line of a log, with its line end unless it was split.
type Line struct {
	Time time.Time
	Text []byte
}

// Log holds the lines that a container has written.
type Log struct {
	mu      sync.Mutex
	lines   []Line
	dropped int
	changed chan struct{}
	over    bool
}

func newLog() *Log {
	return &Log{changed: make(chan struct{})}
}

// From gives the lines from an index on, the index of what comes next, and a
// channel that is closed when there is more; nil when there never will be.
func (l *Log) From(index int) ([]Line, int, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	next := l.dropped + len(l.lines)
	lines := l.lines[max(index-l.dropped, 0):]
	if l.over {
		return lines, next, nil
	}
	return lines, next, l.changed
}

// Stream is a writer of one of the container's streams.
func (l *Log) Stream() io.WriteCloser {
	return &logStream{log: l}
}

func (l *Log) append(text []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.lines) == keptLines {
		l.lines = append([]Line(nil), l.lines[keptLines/2:]...)
		l.dropped += keptLines / 2
	}
	l.lines = append(l.lines, Line{time.Now(), text})
	close(l.changed)
	l.changed = make(chan struct{})
}

func (l *Log) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.over = true
	close(l.changed)
}

// logStream makes lines of what is written.
type logStream struct {
	log  *Log
	rest []byte
}

func (s *logStream) Write(text []byte) (int, error) {
	s.rest = append(s.rest, text...)
	for {
		end := bytes.IndexByte(s.rest, '\n') + 1
		if end == 0 && len(s.rest) >= longestLine || end > longestLine {
			end = longestLine
		}
		if end == 0 {
			return len(text), nil
		}
		s.log.append(bytes.Clone(s.rest[:end]))
		s.rest = s.rest[end:]
	}
}

// Close ends the last line.
func (s *logStream) Close() error {
	if len(s.rest) > 0 {
		s.log.append(append(s.rest, '\n'))
	}
	return nil
}
