package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"time"
)

const request = "GET / HTTP/1.1\r\nHost: pod\r\n\r\n"

// download reads so many bytes, on a connection for each number.
func download(address string, numbers []int) error {
	for _, bytes := range numbers {
		err := transfer(address, "download", bytes, func(with net.Conn) ([]byte, error) {
			return drain(with, bytes, func() {})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// slow reads so many bytes, slowly at first: so many milliseconds, with so many
// after each read. At the end of that it tells how much it has.
func slow(address string, numbers []int) error {
	return transfer(address, "download", numbers[0], func(with net.Conn) ([]byte, error) {
		from := &slowReader{Reader: with, until: time.Now().Add(milliseconds(numbers[1]))}
		return drain(from, numbers[0], func() { from.pause(milliseconds(numbers[2])) })
	})
}

// upload writes so many bytes, on a connection for each number.
func upload(address string, numbers []int) error {
	for _, bytes := range numbers {
		err := transfer(address, "upload", bytes, func(with net.Conn) ([]byte, error) {
			return flood(with, bytes)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// transfer moves so many bytes on a connection, compares the checksums of both
// ends, and tells how long it took.
func transfer(address, way string, size int, move func(net.Conn) ([]byte, error)) error {
	connection, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer connection.Close()
	begun := time.Now()
	if _, err := fmt.Fprintf(connection, "%s %d\n", way, size); err != nil {
		return err
	}
	sum, err := move(connection)
	if err != nil {
		return err
	}
	other, err := readSum(connection)
	if err != nil {
		return err
	}
	if !bytes.Equal(sum, other) {
		return fmt.Errorf("the local checksum is %x, the pod's %x", sum, other)
	}
	return tell(report{"seconds": time.Since(begun).Seconds()})
}

// slowReader reads at most 32 KiB at once until its time is over.
type slowReader struct {
	io.Reader
	until time.Time
	moved int
	over  bool
}

func (s *slowReader) Read(into []byte) (int, error) {
	if !s.over {
		into = into[:min(len(into), 32<<10)]
	}
	count, err := s.Reader.Read(into)
	s.moved += count
	return count, err
}

func (s *slowReader) pause(each time.Duration) {
	if s.over {
		return
	}
	if time.Now().Before(s.until) {
		time.Sleep(each)
		return
	}
	s.over = true
	tell(report{"moved": float64(s.moved)})
}

// latency sends requests, each on a connection of its own, then as many on one
// connection. The first number of them warms up, the second one counts.
func latency(address string, numbers []int) error {
	warmUps, count := numbers[0], numbers[1]
	var own, kept []float64
	for index := range warmUps + count {
		begun := time.Now()
		connection, err := net.Dial("tcp", address)
		if err != nil {
			return err
		}
		err = get(connection, bufio.NewReader(connection))
		took := time.Since(begun)
		connection.Close()
		if err != nil {
			return err
		}
		if index >= warmUps {
			own = append(own, took.Seconds()*1000)
		}
	}
	connection, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer connection.Close()
	in := bufio.NewReader(connection)
	for index := range warmUps + count {
		begun := time.Now()
		if err := get(connection, in); err != nil {
			return err
		}
		if index >= warmUps {
			kept = append(kept, time.Since(begun).Seconds()*1000)
		}
	}
	return tell(report{"p50 ms": median(own), "kept, p50 ms": median(kept)})
}

func get(to io.Writer, in *bufio.Reader) error {
	if _, err := io.WriteString(to, request); err != nil {
		return err
	}
	response, err := http.ReadResponse(in, nil)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(response.Body)
	if err == nil && string(body) != "ok" {
		err = fmt.Errorf("the body is %q", body)
	}
	return err
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}
