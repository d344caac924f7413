// client-go in the benchmarks, as tests/bench/client.ts is for the clients in
// JavaScript: runs one workload and prints its measurement as the last line.
package main

import (
	"encoding/json"
	"fmt"
	"os"
)

// plan is what one process measures: see tests/bench/plan.ts.
type plan struct {
	Workload  string      `json:"workload"`
	Server    string      `json:"server"`
	Token     string      `json:"token"`
	Authority string      `json:"authority"`
	Name      string      `json:"name"`
	Numbers   numbers     `json:"numbers"`
	Forward   forwardPlan `json:"forward"`
}

// numbers are sizes, times (in milliseconds) and counts of a workload.
type numbers struct {
	Bytes       int `json:"bytes"`
	Frame       int `json:"frame"`
	Count       int `json:"count"`
	Further     int `json:"further"`
	Together    int `json:"together"`
	MaxDuration int `json:"maxDuration"`
	WarmUps     int `json:"warmUps"`
	Warming     int `json:"warming"`
	WarmUp      int `json:"warmUp"`
	Times       int `json:"times"`
	Slow        int `json:"slow"`
	PerChunk    int `json:"perChunk"`
	Unread      int `json:"unread"`
	SampleAt    int `json:"sampleAt"`
}

// measurement is the result of one process.
type measurement struct {
	Figures map[string]float64 `json:"figures"`
	Digest  string             `json:"digest,omitempty"`
	Slow    *slow              `json:"slow,omitempty"`
}

// slow is the progress at the end of the slow part, and its time.
type slow struct {
	Mebibytes float64 `json:"mebibytes"`
	Until     int64   `json:"until"`
}

var workloads = map[string]func(*client, plan) (measurement, error){
	"download":     download,
	"download-4k":  download,
	"collect":      collect,
	"upload":       upload,
	"calls":        calls,
	"parallel":     parallel,
	"gets":         gets,
	"list":         list,
	"list-link":    list,
	"idle":         idle,
	"slow-reader":  slowReader,
	"unread-stdin": unreadStdin,

	"forward download": forwardDownload,
	"forward upload":   forwardUpload,
	"forward latency":  forwardLatency,
	"forward slow":     forwardSlow,
}

func main() {
	made, err := measure()
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(made)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "Error:", err)
		os.Exit(1)
	}
}

func measure() (measurement, error) {
	var wanted plan
	if err := json.Unmarshal([]byte(os.Getenv("PODWIRE_BENCH")), &wanted); err != nil {
		return measurement{}, err
	}
	workload := workloads[wanted.Workload]
	if workload == nil {
		return measurement{}, fmt.Errorf("there is no workload %q", wanted.Workload)
	}
	return workload(newClient(wanted), wanted)
}
