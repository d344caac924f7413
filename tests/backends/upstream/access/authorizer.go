package access

import (
	"context"
	"slices"

	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
)

// NewAuthorizer authorizes the users by name, and the group system:masters.
func NewAuthorizer() authorizer.Authorizer {
	return authorizer.AuthorizerFunc(
		func(_ context.Context, asked authorizer.Attributes) (authorizer.Decision, string, error) {
			if allows(asked) {
				return authorizer.DecisionAllow, "", nil
			}
			return authorizer.DecisionNoOpinion, "", nil
		},
	)
}

func allows(asked authorizer.Attributes) bool {
	who := asked.GetUser()
	if who.GetName() == Admin || slices.Contains(who.GetGroups(), user.SystemPrivilegedGroup) {
		return true
	}
	if !asked.IsResourceRequest() {
		return asked.GetVerb() == "get"
	}
	switch who.GetName() {
	case Reader:
		return asked.GetVerb() == "get"
	case Viewer:
		return asked.IsReadOnly() && asked.GetResource() == "pods" &&
			slices.Contains([]string{"", "log"}, asked.GetSubresource())
	}
	return false
}
