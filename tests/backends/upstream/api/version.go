package api

import (
	"runtime/debug"
	"strings"
)

// ModuleVersion is that of the upstream modules in this program, "v0.36.x".
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

// kubernetesVersion is that of the release they belong to, "v1.36.x".
func kubernetesVersion() string {
	return strings.Replace(ModuleVersion(), "v0.", "v1.", 1)
}
