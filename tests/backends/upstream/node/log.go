package node

import (
	"fmt"
	"net/http"
	"time"

	v1 "k8s.io/api/core/v1"

	"podwire.dev/upstream/machine"
)

// logTime is how cri-client writes times: all of them are of one length.
const logTime = "2006-01-02T15:04:05.000000000Z07:00"

// log answers with the log of a container's main process.
func (k *kubelet) log(w http.ResponseWriter, r *http.Request) {
	options, err := LogOptions(r.URL.Query())
	if err != nil {
		refuse(w, http.StatusBadRequest, `{"message": "Unable to decode query."}`)
		return
	}
	pod, ok := k.pod(w, r)
	if !ok {
		return
	}
	name := r.PathValue("container")
	container := k.node.find(pod, name)
	if options.Previous {
		refuse(w, http.StatusBadRequest, fmt.Sprintf("previous terminated container %q in pod %q not found", name, pod.Name))
		return
	}
	if container == nil {
		refuse(w, http.StatusBadRequest, fmt.Sprintf("container %q in pod %q is waiting to start: ContainerCreating", name, pod.Name))
		return
	}
	(&logWriter{w, r, options, since(options), true}).write(container.Log)
}

// logWriter writes a log as cri-client does.
type logWriter struct {
	w       http.ResponseWriter
	r       *http.Request
	options *v1.PodLogOptions
	since   time.Time
	// atStart says that a line begins, not the next part of a long one.
	atStart bool
}

func (l *logWriter) write(log *machine.Log) {
	l.w.Header().Set("Transfer-Encoding", "chunked")
	lines, next, more := log.From(0)
	whole := l.writeLines(l.tail(lines))
	for whole && l.options.Follow && more != nil {
		http.NewResponseController(l.w).Flush()
		select {
		case <-more:
		case <-l.r.Context().Done():
			return
		}
		lines, next, more = log.From(next)
		whole = l.writeLines(lines)
	}
}

// since returns the time of the oldest line that is wanted.
func since(options *v1.PodLogOptions) time.Time {
	if seconds := options.SinceSeconds; seconds != nil {
		return time.Now().Add(-time.Duration(*seconds) * time.Second)
	}
	if options.SinceTime != nil {
		return options.SinceTime.Time
	}
	return time.Time{}
}

func (l *logWriter) tail(lines []machine.Line) []machine.Line {
	if count := l.options.TailLines; count != nil && *count < int64(len(lines)) {
		return lines[int64(len(lines))-*count:]
	}
	return lines
}

// writeLines returns whether there is room for more.
func (l *logWriter) writeLines(lines []machine.Line) bool {
	for _, line := range lines {
		text := line.Text
		if l.options.Timestamps && l.atStart {
			text = append([]byte(line.Time.UTC().Format(logTime)+" "), text...)
		}
		l.atStart = len(line.Text) == 0 || line.Text[len(line.Text)-1] == '\n'
		if line.Time.Before(l.since) {
			continue
		}
		left := l.options.LimitBytes
		if left != nil {
			text = text[:min(int64(len(text)), *left)]
			*left -= int64(len(text))
		}
		l.w.Write(text)
		if left != nil && *left == 0 {
			return false
		}
	}
	return true
}
