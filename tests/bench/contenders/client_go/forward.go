package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"strconv"

	"k8s.io/client-go/tools/portforward"
)

// forwardPlan is what is forwarded: see tests/bench/plan.ts.
type forwardPlan struct {
	Peer string `json:"peer"`
	Pod  string `json:"pod"`
	Port int    `json:"port"`
}

func forwardDownload(c *client, of plan) (measurement, error) {
	return forwardData(c, of, "download")
}

func forwardUpload(c *client, of plan) (measurement, error) {
	return forwardData(c, of, "upload")
}

// forwardData moves data on a connection after a first one that warms up.
func forwardData(c *client, of plan, way string) (measurement, error) {
	local, err := c.forward(of.Forward)
	if err != nil {
		return measurement{}, err
	}
	cpu := 0.0
	made, err := visit(of.Forward.Peer, way, local, func() { cpu = cpuTime() },
		of.Numbers.WarmUp, of.Numbers.Bytes)
	if err != nil {
		return measurement{}, err
	}
	mebibytes := float64(of.Numbers.Bytes) / mib
	return measurement{Figures: map[string]float64{
		"MiB/s":     mebibytes / made["seconds"],
		"CPU s/GiB": (cpuTime() - cpu) / (mebibytes / 1024),
	}}, nil
}

func forwardLatency(c *client, of plan) (measurement, error) {
	local, err := c.forward(of.Forward)
	if err != nil {
		return measurement{}, err
	}
	made, err := visit(of.Forward.Peer, "latency", local, func() {},
		of.Numbers.WarmUps, of.Numbers.Count)
	return measurement{Figures: made}, err
}

func forwardSlow(c *client, of plan) (measurement, error) {
	local, err := c.forward(of.Forward)
	if err != nil {
		return measurement{}, err
	}
	peer := of.Forward.Peer
	// The first connection loads what is loaded once.
	if _, err := visit(peer, "download", local, func() {}, mib); err != nil {
		return measurement{}, err
	}
	before, growth := resident(), 0.0
	whileSlow, inAll := watchMemory(), watchMemory()
	_, err = visit(peer, "slow", local, func() { growth = whileSlow() - before },
		of.Numbers.Bytes, of.Numbers.Slow, of.Numbers.PerChunk)
	return measurement{Figures: map[string]float64{
		"growth while slow, MiB": growth,
		"growth in all, MiB":     inAll() - before,
	}}, err
}

// forward forwards a local port, as kubectl does; returns its number.
func (c *client) forward(to forwardPlan) (int, error) {
	target, err := url.Parse(c.server + "/api/v1/namespaces/default/pods/" + to.Pod + "/portforward")
	if err != nil {
		return 0, err
	}
	dialer, err := portforward.NewSPDYOverWebsocketDialer(target, c.config)
	if err != nil {
		return 0, err
	}
	ready, ended := make(chan struct{}), make(chan error, 1)
	forwarder, err := portforward.NewOnAddresses(dialer, []string{"127.0.0.1"},
		[]string{fmt.Sprintf("0:%d", to.Port)}, nil, ready, io.Discard, os.Stderr)
	if err != nil {
		return 0, err
	}
	go func() { ended <- forwarder.ForwardPorts() }()
	select {
	case err := <-ended:
		return 0, err
	case <-ready:
	}
	ports, err := forwarder.GetPorts()
	if err != nil {
		return 0, err
	}
	return int(ports[0].Local), nil
}

// visit runs the local program of forward_peer/; returns the figures of its last
// line. It calls told at the first of several.
func visit(
	peer, name string, port int, told func(), numbers ...int,
) (map[string]float64, error) {
	args := []string{name, fmt.Sprintf("127.0.0.1:%d", port)}
	for _, number := range numbers {
		args = append(args, strconv.Itoa(number))
	}
	command := exec.Command(peer, args...)
	command.Stderr = os.Stderr
	lines, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, err
	}
	var made map[string]float64
	for scanner := bufio.NewScanner(lines); scanner.Scan(); {
		if made == nil {
			told()
		}
		made = nil
		if err := json.Unmarshal(scanner.Bytes(), &made); err != nil {
			return nil, err
		}
	}
	return made, command.Wait()
}
