package endpoints

import (
	"fmt"
	"net"
	"net/netip"
	"strings"

	"github.com/distribution/reference"
)

// Image is what a node talks to when it pulls an image: the registry, its token server and the hosts of its layers
// (azure-facts 6.4). Ref is what a pod's `image` field takes. A registry that is not known here is taken to serve its
// layers itself.
func Image(ref string) ([]Endpoint, error) {
	named, err := reference.ParseNormalizedNamed(ref)
	if err != nil {
		return nil, fmt.Errorf("image %q: not an image reference: %w", ref, err)
	}
	registry := reference.Domain(named)
	switch registry {
	case "docker.io":
		return dockerHub(), nil
	case "mcr.microsoft.com":
		return mcr(), nil
	case "ghcr.io":
		return ghcr(), nil
	}
	if name, ok := strings.CutSuffix(registry, ".azurecr.io"); ok && checkName("acr", name) == nil {
		return acr(name, "*"), nil
	}
	endpoint, err := otherRegistry(registry)
	if err != nil {
		return nil, fmt.Errorf("image %q: registry %s: %w", ref, registry, err)
	}
	return []Endpoint{endpoint}, nil
}

func otherRegistry(registry string) (Endpoint, error) {
	const why = "Image registry."
	host, text, err := net.SplitHostPort(registry)
	if err != nil {
		host, text = registry, "443"
	}
	addr, err := netip.ParseAddr(host)
	if err == nil && (addr.IsLoopback() || addr.IsUnspecified() || addr.IsLinkLocalUnicast()) {
		return Endpoint{}, fmt.Errorf("%s is the node itself", addr)
	}
	if err == nil && addr.Is4() {
		number, err := parsePort(text, 65535)
		return Endpoint{Prefix: netip.PrefixFrom(addr, 32), Protocol: TCP, Port: number, Why: why}, err
	}
	number, err := parsePort(text, maxApplicationPort)
	if err != nil {
		return Endpoint{}, err
	}
	if err := checkFQDN(host); err != nil {
		return Endpoint{}, err
	}
	return Endpoint{Host: strings.ToLower(host), Protocol: HTTPS, Port: number, Why: why}, nil
}

// dockerHub has both CDN names: since 2026 layers are redirected to either (azure-facts 6.4).
func dockerHub() []Endpoint {
	return []Endpoint{
		https("registry-1.docker.io", "Docker Hub's registry."),
		https("auth.docker.io", "Docker Hub's token server, which anonymous pulls need too."),
		https("production.cloudflare.docker.com", "Image layers of Docker Hub."),
		https("production.cloudfront.docker.com", "Image layers of Docker Hub."),
	}
}

func mcr() []Endpoint {
	return []Endpoint{
		https("mcr.microsoft.com", "Microsoft Container Registry."),
		https("*.data.mcr.microsoft.com", "Image layers of Microsoft Container Registry."),
	}
}

func ghcr() []Endpoint {
	return []Endpoint{
		https("ghcr.io", "GitHub's container registry."),
		https("pkg-containers.githubusercontent.com", "Image layers of GitHub's container registry."),
	}
}

// acr names both places of a registry's layers, because which one it uses is not visible from its name: its dedicated
// data endpoint (Premium tier, one for each region; "*" when the region is not known), or a storage account that Azure
// chooses (azure-facts 6.4).
func acr(name, region string) []Endpoint {
	data := name + "." + region + ".data.azurecr.io"
	if region == "*" {
		data = "*.data.azurecr.io"
	}
	return []Endpoint{
		https(strings.ToLower(name)+".azurecr.io", "Azure container registry "+name+"."),
		https(strings.ToLower(data), "Image layers of registries with dedicated data endpoints."),
		https("*.blob.core.windows.net", "Image layers of registries without dedicated data endpoints."),
	}
}
