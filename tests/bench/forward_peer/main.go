// Both ends of the bench's forwarded connections, in processes of their own:
// the port of the pod, and the local program that connects to the forwarder.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"
)

// visits are what a local program does; each tells its figures.
var visits = map[string]func(address string, numbers []int) error{
	"download": download,
	"slow":     slow,
	"upload":   upload,
	"latency":  latency,
}

// report is a line of JSON that a local program prints.
type report map[string]float64

func tell(made report) error {
	return json.NewEncoder(os.Stdout).Encode(made)
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "Error:", err)
		os.Exit(1)
	}
}

// run serves until the end of stdin without arguments; else these are a visit,
// an address, and the visit's numbers.
func run(args []string) error {
	if len(args) == 0 {
		port, err := listen()
		if err != nil {
			return err
		}
		fmt.Println(port)
		_, err = io.Copy(io.Discard, os.Stdin)
		return err
	}
	visit := visits[args[0]]
	if visit == nil || len(args) < 2 {
		return fmt.Errorf("there is no visit %q", args)
	}
	var numbers []int
	for _, text := range args[2:] {
		number, err := strconv.Atoi(text)
		if err != nil {
			return err
		}
		numbers = append(numbers, number)
	}
	return visit(args[1], numbers)
}

func milliseconds(count int) time.Duration {
	return time.Duration(count) * time.Millisecond
}
