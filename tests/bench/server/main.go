// The server of the benchmarks: the channel protocol over TLS, with only the
// standard library. It counts what it sends and receives.
package main

import (
	"crypto/tls"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
)

// announcement is the line of JSON that the server prints.
type announcement struct {
	Server string `json:"server"`
	// Slow is the same server behind a link of 100 Mbit/s.
	Slow string `json:"slow"`
	// Ledger is where GET /NAME answers with the counts of a session, and with
	// those of all connections.
	Ledger string `json:"ledger"`
}

func main() {
	directory := flag.String("authority", "", "the folder of ca.crt and ca.key")
	flag.Parse()
	if err := serve(*directory); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	io.Copy(io.Discard, os.Stdin)
}

// serve starts everything and prints the announcement.
func serve(directory string) error {
	certificate, err := issueCertificate(directory)
	if err != nil {
		return err
	}
	books := newLedger()
	front, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	slow, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	side, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler: variants(newFront(books)),
		// An upgrade needs HTTP/1.1.
		TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){},
	}
	config := &tls.Config{
		Certificates:                []tls.Certificate{certificate},
		DynamicRecordSizingDisabled: true,
	}
	for _, to := range []*link{
		{Listener: front, traffic: &books.traffic},
		{Listener: slow, traffic: &books.traffic, rate: linkRate},
	} {
		go server.Serve(tls.NewListener(to, config))
	}
	go http.Serve(side, books)
	return json.NewEncoder(os.Stdout).Encode(announcement{
		Server: "https://" + front.Addr().String(),
		Slow:   "https://" + slow.Addr().String(),
		Ledger: "http://" + side.Addr().String(),
	})
}
