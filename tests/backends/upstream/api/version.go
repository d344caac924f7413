package api

import (
	"runtime/debug"
	"strings"
)

// ModuleVersion is the version of the upstream modules, "v0.36.x".
func ModuleVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, module := range info.Deps {
		if module.Path == "k8s.io/apiserver" {
			return module.Version
		}
	}
	return ""
}

// kubernetesVersion is the version of their release, "v1.36.x".
func kubernetesVersion() string {
	return strings.Replace(ModuleVersion(), "v0.", "v1.", 1)
}
