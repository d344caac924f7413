package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
)

// answer is what each request of HTTP gets.
const answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

// listen serves the pod's port; returns its number.
func listen() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go serve(connection)
		}
	}()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

// serve answers "download N" with N bytes and their checksum, "upload N" and N
// bytes with their checksum, and anything else as HTTP. Then it waits for the end.
func serve(connection net.Conn) {
	defer connection.Close()
	in := bufio.NewReaderSize(connection, block)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		var bytes int
		var sum []byte
		if _, err := fmt.Sscanf(line, "download %d", &bytes); err == nil {
			sum, err = flood(connection, bytes)
			if err != nil {
				return
			}
		} else if _, err := fmt.Sscanf(line, "upload %d", &bytes); err == nil {
			if sum, err = drain(in, bytes, func() {}); err != nil {
				return
			}
		} else if err := skipHead(in); err != nil {
			return
		} else {
			sum = []byte(answer)
		}
		if _, err := connection.Write(sum); err != nil {
			return
		}
	}
}

// skipHead reads the header of a request without a body.
func skipHead(in *bufio.Reader) error {
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return err
		}
		if strings.TrimSpace(line) == "" {
			return nil
		}
	}
}

// readSum reads the checksum that follows the data.
func readSum(from io.Reader) ([]byte, error) {
	sum := make([]byte, sumSize)
	_, err := io.ReadFull(from, sum)
	return sum, err
}
