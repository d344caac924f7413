package api

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/endpoints/handlers/responsewriters"
	generic "k8s.io/apiserver/pkg/registry/generic/rest"
	"k8s.io/client-go/kubernetes/scheme"

	"podwire.dev/upstream/node"
)

// log answers with the log of a container's main process.
func (c *call) log() error {
	if c.info.Verb != "get" {
		return c.unsupported()
	}
	options, err := node.LogOptions(c.r.URL.Query())
	if err != nil {
		return apierrors.NewBadRequest(err.Error())
	}
	pod, err := c.pod()
	if err != nil {
		return err
	}
	container, err := chooseContainer(pod, options.Container)
	if err != nil {
		return err
	}
	location, err := c.logLocation(pod, container, options)
	if err != nil {
		return err
	}
	streamer := &generic.LocationStreamer{
		Location:        location,
		Transport:       kubeletTransport,
		ContentType:     "text/plain",
		Flush:           options.Follow,
		ResponseChecker: generic.NewGenericHttpResponseChecker(schema.GroupResource{Resource: "pods/log"}, pod.Name),
		RedirectChecker: generic.PreventRedirects,
	}
	responsewriters.StreamObject(http.StatusOK, v1.SchemeGroupVersion, scheme.Codecs, streamer, c.w, c.r)
	return nil
}

// kubeletTransport keeps no connection: each may have a fault of its own.
var kubeletTransport = &http.Transport{DisableKeepAlives: true}

// logLocation is the kubelet's URL of a log, or nil without a node. As upstream's
// it has whole seconds only.
func (c *call) logLocation(pod *v1.Pod, container string, options *v1.PodLogOptions) (*url.URL, error) {
	if pod.Spec.NodeName == "" {
		return nil, nil
	}
	location, err := c.location(pod, "containerLogs", container)
	if err != nil {
		return nil, err
	}
	query := url.Values{}
	for name, wanted := range map[string]bool{
		"follow":     options.Follow,
		"previous":   options.Previous,
		"timestamps": options.Timestamps,
	} {
		if wanted {
			query.Set(name, "true")
		}
	}
	for name, value := range map[string]*int64{
		"sinceSeconds": options.SinceSeconds,
		"tailLines":    options.TailLines,
		"limitBytes":   options.LimitBytes,
	} {
		if value != nil {
			query.Set(name, strconv.FormatInt(*value, 10))
		}
	}
	if options.SinceTime != nil {
		query.Set("sinceTime", options.SinceTime.Format(time.RFC3339))
	}
	location.RawQuery = query.Encode()
	return location, nil
}
