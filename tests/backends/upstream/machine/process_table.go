package machine

import (
	"bytes"
	"os"
	"strconv"
	"syscall"
	"time"
)

const killInterval = 5 * time.Millisecond

// findProcesses lists the processes with a mark in their environment, whatever
// their session or group. A zombie's environment is empty.
func findProcesses(mark string) []int {
	entries, _ := os.ReadDir("/proc")
	var found []int
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		environment, err := os.ReadFile("/proc/" + entry.Name() + "/environ")
		if err == nil && hasMark(environment, mark) {
			found = append(found, pid)
		}
	}
	return found
}

func hasMark(environment []byte, mark string) bool {
	return bytes.HasPrefix(environment, []byte(mark)) ||
		bytes.Contains(environment, []byte("\x00"+mark))
}

// killAll kills the processes with a mark until there are no more.
func killAll(mark string) {
	for {
		found := findProcesses(mark)
		if len(found) == 0 {
			return
		}
		for _, pid := range found {
			syscall.Kill(pid, syscall.SIGKILL)
		}
		time.Sleep(killInterval)
	}
}
