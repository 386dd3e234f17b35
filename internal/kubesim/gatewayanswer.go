package kubesim

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"aks-egress/internal/kubesim/shell"
)

// ingressAnswers is for the address of the application gateway: it sends a request on by its host and path. Where no
// listener takes the host it answers 404, and where nothing healthy is behind a path 502.
func (s *session) ingressAnswers(at arrival, r shell.Request) (shell.Answer, bool) {
	if !s.cluster.GatewayAddress.IsValid() || at.addr.Addr() != s.cluster.GatewayAddress {
		return shell.Answer{}, false
	}
	routes := s.gatewayRoutes(false)
	host, ok := listener(routes, strings.ToLower(r.Host))
	if !ok {
		return gatewayError(http.StatusNotFound), true
	}
	path, _, _ := strings.Cut(r.Path, "?")
	for _, route := range routes {
		if route.Host != host || len(route.Paths) > 0 && !slices.ContainsFunc(route.Paths, matches(path)) {
			continue
		}
		if len(route.Pods) == 0 {
			break
		}
		return page("service " + route.Service), true
	}
	return gatewayError(http.StatusBadGateway), true
}

// listener is the host of the listener that takes a request: one for the host, else one for a wildcard that covers it,
// else one for all. A gateway without routes has one for all.
func listener(routes []GatewayRoute, host string) (string, bool) {
	if len(routes) == 0 {
		return "", true
	}
	_, domain, _ := strings.Cut(host, ".")
	for _, wanted := range []string{host, "*." + domain, ""} {
		if slices.ContainsFunc(routes, func(r GatewayRoute) bool { return strings.EqualFold(r.Host, wanted) }) {
			return wanted, true
		}
	}
	return "", false
}

// matches compares a path with the gateway's patterns, which know no case.
func matches(path string) func(pattern string) bool {
	path = strings.ToLower(path)
	return func(pattern string) bool {
		pattern = strings.ToLower(pattern)
		if prefix, ok := strings.CutSuffix(pattern, "*"); ok {
			return strings.HasPrefix(path, prefix)
		}
		return path == pattern
	}
}

// gatewayError is the page of the gateway itself.
func gatewayError(status int) shell.Answer {
	title := fmt.Sprintf("%d %s", status, http.StatusText(status))
	return shell.Answer{
		Status: status, Type: "text/html",
		Body: "<html>\r\n<head><title>" + title + "</title></head>\r\n<body>\r\n<center><h1>" + title + "</h1></center>\r\n" +
			"<hr><center>Microsoft-Azure-Application-Gateway/v2</center>\r\n</body>\r\n</html>\r\n",
	}
}
