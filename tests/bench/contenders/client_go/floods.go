package main

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"math"
	"sync/atomic"
	"time"
)

// flood is a flood that server and client hash.
type flood struct {
	n      numbers
	sum    hash.Hash
	moved  atomic.Int64
	begun  time.Time
	before float64
	// whenSlow and most return the maximum memory so far.
	whenSlow, most func() float64
	end            atomic.Pointer[endOfSlow]
}

// endOfSlow is the state at the end of the slow part.
type endOfSlow struct {
	slow
	growth float64
}

func newFlood(c *client, of plan) (*flood, error) {
	if err := c.warm(); err != nil {
		return nil, err
	}
	before, _ := settledMemory()
	return &flood{
		n: of.Numbers, sum: sha256.New(), before: before, begun: time.Now(),
		whenSlow: watchMemory(), most: watchMemory(),
	}, nil
}

func slowReader(c *client, of plan) (measurement, error) {
	f, err := newFlood(c, of)
	if err != nil {
		return measurement{}, err
	}
	err = c.exec(nil, f, "flood", f.n.Bytes, f.n.Frame, of.Name, "hash")
	return f.measured(complete(err, int(f.moved.Load()), f.n.Bytes))
}

func unreadStdin(c *client, of plan) (measurement, error) {
	f, err := newFlood(c, of)
	if err != nil {
		return measurement{}, err
	}
	time.AfterFunc(milliseconds(f.n.SampleAt), f.noteEnd)
	err = c.exec(f, io.Discard, "sink", f.n.Bytes, f.n.Unread, of.Name, "hash")
	return f.measured(err)
}

// Write consumes a chunk of stdout, slowly at first.
func (f *flood) Write(chunk []byte) (int, error) {
	f.sum.Write(chunk)
	f.moved.Add(int64(len(chunk)))
	if time.Since(f.begun) < milliseconds(f.n.Slow) {
		time.Sleep(milliseconds(f.n.PerChunk))
	} else if f.end.Load() == nil {
		f.noteEnd()
	}
	return len(chunk), nil
}

// Read returns a unique chunk of stdin.
func (f *flood) Read(into []byte) (int, error) {
	moved := int(f.moved.Load())
	if moved == f.n.Bytes {
		return 0, io.EOF
	}
	chunk := into[:min(len(into), f.n.Frame, f.n.Bytes-moved)]
	for index := range chunk {
		chunk[index] = byte(moved / f.n.Frame)
	}
	binary.BigEndian.PutUint64(chunk, math.Float64bits(float64(moved)))
	f.sum.Write(chunk)
	f.moved.Add(int64(len(chunk)))
	return len(chunk), nil
}

func (f *flood) noteEnd() {
	f.end.Store(&endOfSlow{
		slow: slow{
			Mebibytes: float64(f.moved.Load()) / mib,
			Until:     time.Now().UnixMilli(),
		},
		growth: f.whenSlow() - f.before,
	})
}

func (f *flood) measured(err error) (measurement, error) {
	if err != nil {
		return measurement{}, err
	}
	end := f.end.Load()
	if end == nil {
		return measurement{}, errors.New("It was over before it was fast")
	}
	return measurement{
		Figures: map[string]float64{
			"growth while slow, MiB": end.growth,
			"growth in all, MiB":     f.most() - f.before,
		},
		Digest: hex.EncodeToString(f.sum.Sum(nil)),
		Slow:   &end.slow,
	}, nil
}
