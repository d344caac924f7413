package main

import (
	"context"
	"errors"
	"slices"
	"time"
)

func calls(c *client, of plan) (measurement, error) {
	n := of.Numbers
	if _, err := inSequence(c, n.WarmUps, n.Warming); err != nil {
		return measurement{}, err
	}
	times, err := inSequence(c, n.Count, n.MaxDuration)
	slices.Sort(times)
	return measurement{Figures: map[string]float64{
		"p50 ms": quantile(times, 0.5),
		"p99 ms": quantile(times, 0.99),
		"calls":  float64(len(times)),
	}}, err
}

func parallel(c *client, of plan) (measurement, error) {
	n := of.Numbers
	if _, err := inSequence(c, n.WarmUps, n.Warming); err != nil {
		return measurement{}, err
	}
	begun := time.Now()
	err := together(n.Count, c.warm)
	return measurement{Figures: map[string]float64{
		"all ms": inMilliseconds(time.Since(begun)),
	}}, err
}

func idle(c *client, of plan) (measurement, error) {
	n := of.Numbers
	if err := together(20, c.warm); err != nil {
		return measurement{}, err
	}
	before, heapBefore := settledMemory()
	if err := hold(c, n.Count, n.Together); err != nil {
		return measurement{}, err
	}
	first, heapFirst := settledMemory()
	if err := hold(c, n.Further, n.Together); err != nil {
		return measurement{}, err
	}
	all, _ := settledMemory()
	return measurement{Figures: map[string]float64{
		"RSS KiB each":         (first - before) * 1024 / float64(n.Count),
		"heap KiB each":        (heapFirst - heapBefore) * 1024 / float64(n.Count),
		"RSS KiB each further": (all - first) * 1024 / float64(n.Further),
	}}, nil
}

// hold keeps so many more sessions open.
func hold(c *client, count, at int) error {
	for held := 0; held < count; held += at {
		if err := together(at, c.hold); err != nil {
			return err
		}
	}
	return nil
}

// inSequence makes so many calls, or as many as begin in time, and gives the
// milliseconds that each took.
func inSequence(c *client, count, maxDuration int) ([]float64, error) {
	var times []float64
	begun := time.Now()
	end := begun.Add(milliseconds(maxDuration))
	for len(times) < count && !begun.After(end) {
		if err := c.warm(); err != nil {
			return nil, err
		}
		now := time.Now()
		times = append(times, inMilliseconds(now.Sub(begun)))
		begun = now
	}
	return times, nil
}

// together does something so often at once.
func together(count int, body func() error) error {
	done := make(chan error)
	for range count {
		go func() { done <- body() }()
	}
	var all error
	for range count {
		all = errors.Join(all, <-done)
	}
	return all
}

// hold attaches, and leaves it at that.
func (c *client) hold() error {
	stdin := silence(make(chan struct{}, 1))
	ended := make(chan error, 1)
	go func() { ended <- c.attach(context.Background(), stdin) }()
	select {
	case <-stdin:
		return nil
	case err := <-ended:
		return errors.Join(errors.New("it did not stay attached"), err)
	}
}

// silence says when it is read the first time, which is when the session is
// there, and gives nothing.
type silence chan struct{}

func (s silence) Read([]byte) (int, error) {
	s <- struct{}{}
	select {}
}

// quantile interpolates, as tests/bench/statistics.ts does.
func quantile(sorted []float64, part float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	place := float64(len(sorted)-1) * part
	below := int(place)
	above := min(below+1, len(sorted)-1)
	return sorted[below] + (sorted[above]-sorted[below])*(place-float64(below))
}

func milliseconds(count int) time.Duration {
	return time.Duration(count) * time.Millisecond
}

func inMilliseconds(time time.Duration) float64 {
	return float64(time.Microseconds()) / 1000
}
