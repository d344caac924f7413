package main

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// podSize is the JSON of each pod of the server.
const podSize = 8 << 10

func gets(c *client, of plan) (measurement, error) {
	clientset, err := c.clientset()
	if err != nil {
		return measurement{}, err
	}
	n := of.Numbers
	var next atomic.Int64
	get := func() error {
		index := (next.Add(1) - 1) % int64(n.Count)
		name := fmt.Sprintf("web-%05d", index)
		pod, err := clientset.CoreV1().Pods("pods-100").
			Get(context.Background(), name, metav1.GetOptions{})
		if err == nil && pod.Name != name {
			err = fmt.Errorf("Received another pod than %s", name)
		}
		return err
	}
	for range n.WarmUps {
		if err := get(); err != nil {
			return measurement{}, err
		}
	}
	var sequence, atOnce []float64
	for range n.Times {
		begun := time.Now()
		for range n.Count {
			if err := get(); err != nil {
				return measurement{}, err
			}
		}
		between := time.Now()
		if err := together(n.Count, get); err != nil {
			return measurement{}, err
		}
		sequence = append(sequence, inMilliseconds(between.Sub(begun)))
		atOnce = append(atOnce, inMilliseconds(time.Since(between)))
	}
	slices.Sort(sequence)
	slices.Sort(atOnce)
	return measurement{Figures: map[string]float64{
		"in sequence, ms": quantile(sequence, 0.5),
		"at once, ms":     quantile(atOnce, 0.5),
	}}, nil
}

func list(c *client, of plan) (measurement, error) {
	clientset, err := c.clientset()
	if err != nil {
		return measurement{}, err
	}
	listed := func(count int) (*corev1.PodList, error) {
		return clientset.CoreV1().Pods("pods-"+strconv.Itoa(count)).
			List(context.Background(), metav1.ListOptions{})
	}
	if _, err := listed(10); err != nil {
		return measurement{}, err
	}
	count := of.Numbers.Bytes / podSize
	before, _ := settledMemory()
	// From here on, the system keeps the highest resident memory anew.
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		return measurement{}, err
	}
	cpu, begun := cpuTime(), time.Now()
	pods, err := listed(count)
	took, used := time.Since(begun), cpuTime()-cpu
	if err != nil {
		return measurement{}, err
	}
	most, err := peak()
	if len(pods.Items) != count {
		err = fmt.Errorf("Received %d of %d pods", len(pods.Items), count)
	}
	debug.FreeOSMemory()
	after := resident()
	text := float64(of.Numbers.Bytes) / mib
	figures := map[string]float64{
		"ms":                    inMilliseconds(took),
		"CPU s":                 used,
		"peak growth per text":  (most - before) / text,
		"growth after per text": (after - before) / text,
	}
	// The pods are in use until here.
	if name := pods.Items[count-1].Name; err == nil && !strings.HasPrefix(name, "web-") {
		err = fmt.Errorf("The last pod is %s", name)
	}
	return measurement{Figures: figures}, err
}

// peak is the highest resident memory, in MiB.
func peak() (float64, error) {
	status, err := os.ReadFile("/proc/self/status")
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	var kibibytes float64
	fmt.Sscan(rest, &kibibytes)
	return kibibytes / 1024, err
}

// clientset has no limit of its own on requests (by default 5 per second).
func (c *client) clientset() (*kubernetes.Clientset, error) {
	c.config.QPS = -1
	return kubernetes.NewForConfig(c.config)
}
