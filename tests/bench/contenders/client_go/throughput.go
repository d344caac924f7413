package main

import (
	"bytes"
	"fmt"
	"io"
	"time"
)

func download(c *client, of plan) (measurement, error) {
	return throughput(c, of, func(n numbers) error {
		var read counter
		err := c.exec(nil, &read, "flood", n.Bytes, n.Frame)
		return complete(err, int(read), n.Bytes)
	})
}

func collect(c *client, of plan) (measurement, error) {
	return throughput(c, of, func(n numbers) error {
		var stdout bytes.Buffer
		err := c.exec(nil, &stdout, "flood", n.Bytes, n.Frame)
		return complete(err, stdout.Len(), n.Bytes)
	})
}

func upload(c *client, of plan) (measurement, error) {
	return throughput(c, of, func(n numbers) error {
		stdin := io.LimitReader(newPattern(n.Frame), int64(n.Bytes))
		return c.exec(stdin, io.Discard, "sink", n.Bytes, 0)
	})
}

// throughput measures the rate and the CPU time of a workload.
func throughput(c *client, of plan, body func(numbers) error) (measurement, error) {
	if err := c.warm(); err != nil {
		return measurement{}, err
	}
	cpu, begun := cpuTime(), time.Now()
	if err := body(of.Numbers); err != nil {
		return measurement{}, err
	}
	seconds, mebibytes := time.Since(begun).Seconds(), float64(of.Numbers.Bytes)/mib
	return measurement{Figures: map[string]float64{
		"MiB/s":     mebibytes / seconds,
		"CPU s/GiB": (cpuTime() - cpu) / (mebibytes / 1024),
	}}, nil
}

func complete(err error, got, of int) error {
	if err == nil && got != of {
		return fmt.Errorf("It got %d bytes of %d", got, of)
	}
	return err
}

// counter counts the bytes written to it.
type counter int

func (c *counter) Write(chunk []byte) (int, error) {
	*c += counter(len(chunk))
	return len(chunk), nil
}

// pattern is an endless reader of one chunk.
type pattern []byte

func newPattern(length int) pattern {
	made := make(pattern, length)
	for index := range made {
		made[index] = byte(index)
	}
	return made
}

func (p pattern) Read(into []byte) (int, error) {
	return copy(into, p), nil
}
