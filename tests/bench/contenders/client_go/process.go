package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"
)

const mib = 1 << 20

// cpuTime is the CPU time of this process so far, in seconds.
func cpuTime() float64 {
	var used syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return time.Duration(used.Utime.Nano() + used.Stime.Nano()).Seconds()
}

// resident is the resident memory of this process, in MiB.
func resident() float64 {
	statm, _ := os.ReadFile("/proc/self/statm")
	var size, pages int
	fmt.Sscan(string(statm), &size, &pages)
	return float64(pages*os.Getpagesize()) / mib
}

// settledMemory is the memory after a garbage collection, in MiB.
func settledMemory() (all, heap float64) {
	debug.FreeOSMemory()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return resident(), float64(stats.HeapAlloc) / mib
}

// watchMemory returns a function that returns the maximum since then, in MiB.
func watchMemory() func() float64 {
	stop, most := make(chan struct{}), make(chan float64)
	go func() {
		seen := resident()
		ticks := time.Tick(20 * time.Millisecond)
		for {
			select {
			case <-ticks:
				seen = max(seen, resident())
			case <-stop:
				most <- max(seen, resident())
				return
			}
		}
	}()
	return func() float64 {
		close(stop)
		return <-most
	}
}
