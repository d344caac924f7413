package node

import (
	"fmt"
	"net/url"
	"time"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	conversion "k8s.io/apimachinery/pkg/runtime"
)

// LogOptions reads the query of a request for a log, the API server's or the
// kubelet's; upstream's own conversion is in no published module.
func LogOptions(query url.Values) (*v1.PodLogOptions, error) {
	options := &v1.PodLogOptions{Container: query.Get("container")}
	for name, target := range map[string]*bool{
		"follow":     &options.Follow,
		"previous":   &options.Previous,
		"timestamps": &options.Timestamps,
	} {
		values := query[name]
		conversion.Convert_Slice_string_To_bool(&values, target, nil) // It never fails.
	}
	for name, target := range map[string]**int64{
		"tailLines":    &options.TailLines,
		"limitBytes":   &options.LimitBytes,
		"sinceSeconds": &options.SinceSeconds,
	} {
		values := query[name]
		if err := conversion.Convert_Slice_string_To_Pointer_int64(&values, target, nil); err != nil {
			return nil, err
		}
	}
	if text := query.Get("sinceTime"); text != "" {
		since, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return nil, err
		}
		options.SinceTime = &metav1.Time{Time: since}
	}
	if options.TailLines != nil && *options.TailLines < 0 {
		return nil, fmt.Errorf("tailLines: Invalid value: %d", *options.TailLines)
	}
	return options, nil
}
