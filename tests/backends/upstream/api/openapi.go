package api

// A minimal schema: kubectl looks there whether the server validates fields.
var (
	openapiIndex = map[string]any{
		"paths": map[string]any{
			"api/v1": map[string]any{"serverRelativeURL": "/openapi/v3/api/v1"},
		},
	}
	openapiCore = map[string]any{
		"openapi": "3.0.0",
		"info":    map[string]any{"title": "Kubernetes", "version": kubernetesVersion()},
		"paths": map[string]any{
			"/api/v1/namespaces/{name}":                  patchable("Namespace"),
			"/api/v1/namespaces/{namespace}/pods/{name}": patchable("Pod"),
		},
	}
)

func patchable(kind string) map[string]any {
	return map[string]any{
		"patch": map[string]any{
			"parameters": []any{map[string]any{
				"name":   "fieldValidation",
				"in":     "query",
				"schema": map[string]any{"type": "string"},
			}},
			"responses": map[string]any{},
			"x-kubernetes-group-version-kind": map[string]any{
				"group":   "",
				"version": "v1",
				"kind":    kind,
			},
		},
	}
}
