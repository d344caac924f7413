package api

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"podwire.dev/upstream/machine"
)

// log answers with what a container's main process wrote.
func (c *call) log() error {
	if c.info.Verb != "get" {
		return c.unsupported()
	}
	options, err := c.logOptions()
	if err != nil {
		return err
	}
	pod, err := c.pod()
	if err != nil {
		return err
	}
	container, err := chooseContainer(pod, options.Container)
	if err != nil {
		return err
	}
	if options.Previous {
		return apierrors.NewBadRequest(fmt.Sprintf(
			"previous terminated container %q in pod %q not found", container, pod.Name))
	}
	log, ok := c.Node.Log(pod, container)
	if !ok {
		return apierrors.NewBadRequest(fmt.Sprintf(
			"container %q in pod %q is waiting to start: ContainerCreating", container, pod.Name))
	}
	c.w.Header().Set("Content-Type", "text/plain")
	(&logWriter{c.w, c.r, options}).write(log)
	return nil
}

func (c *call) logOptions() (*v1.PodLogOptions, error) {
	query := c.r.URL.Query()
	options := &v1.PodLogOptions{
		Container:  query.Get("container"),
		Follow:     flag(query, "follow"),
		Previous:   flag(query, "previous"),
		Timestamps: flag(query, "timestamps"),
	}
	for name, target := range map[string]**int64{
		"tailLines":    &options.TailLines,
		"limitBytes":   &options.LimitBytes,
		"sinceSeconds": &options.SinceSeconds,
	} {
		values := query[name]
		if err := runtime.Convert_Slice_string_To_Pointer_int64(&values, target, nil); err != nil {
			return nil, apierrors.NewBadRequest(err.Error())
		}
	}
	if text := query.Get("sinceTime"); text != "" {
		since, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return nil, apierrors.NewBadRequest(err.Error())
		}
		options.SinceTime = &metav1.Time{Time: since}
	}
	if options.TailLines != nil && *options.TailLines < 0 {
		return nil, apierrors.NewBadRequest("tailLines: Invalid value: " + strconv.FormatInt(*options.TailLines, 10))
	}
	return options, nil
}

type logWriter struct {
	w       http.ResponseWriter
	r       *http.Request
	options *v1.PodLogOptions
}

func (l *logWriter) write(log *machine.Log) {
	lines, next, more := log.From(0)
	l.writeLines(l.tail(l.recent(lines)))
	for l.options.Follow && more != nil {
		http.NewResponseController(l.w).Flush()
		select {
		case <-more:
		case <-l.r.Context().Done():
			return
		}
		lines, next, more = log.From(next)
		l.writeLines(lines)
	}
}

// recent leaves out what is older than wanted.
func (l *logWriter) recent(lines []machine.Line) []machine.Line {
	var since time.Time
	if seconds := l.options.SinceSeconds; seconds != nil {
		since = time.Now().Add(-time.Duration(*seconds) * time.Second)
	}
	if l.options.SinceTime != nil {
		since = l.options.SinceTime.Time
	}
	for len(lines) > 0 && lines[0].Time.Before(since) {
		lines = lines[1:]
	}
	return lines
}

func (l *logWriter) tail(lines []machine.Line) []machine.Line {
	if count := l.options.TailLines; count != nil && *count < int64(len(lines)) {
		return lines[int64(len(lines))-*count:]
	}
	return lines
}

func (l *logWriter) writeLines(lines []machine.Line) {
	for _, line := range lines {
		text := line.Text
		if l.options.Timestamps {
			text = append([]byte(line.Time.UTC().Format(time.RFC3339Nano)+" "), text...)
		}
		if left := l.options.LimitBytes; left != nil {
			text = text[:min(int64(len(text)), *left)]
			*left -= int64(len(text))
		}
		l.w.Write(text)
	}
}
