package machine

import (
	"bytes"
	"io"
	"sync"
	"time"
)

const (
	// longestLine is the length at which containerd splits a line.
	longestLine = 16 << 10
	// keptLines limits the length of a log.
	keptLines = 1 << 20
)

// Line is a line of a log, or a part of one, then without a line end.
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

// From returns the lines from an index on, the next index, and a channel that is
// closed when there are more lines; nil when the log is complete.
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

// Stream returns a writer for one of the container's streams.
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

// logStream splits its input into lines.
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
