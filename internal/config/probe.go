package config

import (
	"net/netip"
	"net/url"

	"github.com/distribution/reference"

	"aks-egress/egress/endpoints"
)

func (in *input) loadProbe(config *Config) {
	config.ProbeSamples = in.number("probeSamples")
	config.ProbeTarget = in.loadURL("probeTarget")
	image := in.loadImage(config)
	if !in.applies("probeMustBeBlocked") || in.text("probeMustBeBlocked") == "" {
		return
	}
	config.ProbeMustBeBlocked = in.loadURL("probeMustBeBlocked")
	if config.ProbeMustBeBlocked != nil {
		in.checkBlocked(config, image)
	}
}

// loadImage returns the endpoints of the image's registry.
func (in *input) loadImage(config *Config) []endpoints.Endpoint {
	config.ProbeImage = in.text("probeImage")
	named, err := reference.ParseNormalizedNamed(config.ProbeImage)
	if err != nil {
		in.refuse("probeImage", "is not an image reference: %s", err)
		return nil
	}
	if reference.IsNameOnly(named) {
		in.refuse("probeImage", "has neither tag nor digest: an image without one changes under your feet")
		return nil
	}
	list, err := endpoints.Image(config.ProbeImage)
	if err != nil {
		in.refuse("probeImage", "is at a registry that nodes cannot reach: %s", err)
	}
	return list
}

// loadURL reads an http or https URL; nil after a problem.
func (in *input) loadURL(key string) *url.URL {
	if !in.good(key) {
		return nil
	}
	u, err := url.Parse(in.text(key))
	switch {
	case err != nil || u.Host == "":
		in.refuse(key, "is not an http or https URL")
		return nil
	case u.User != nil:
		in.bad[key] = true
		in.report(key, "", "has credentials, which would end up in the state file: remove them")
		return nil
	case u.Fragment != "":
		in.refuse(key, "has a fragment, which is never sent: remove #%s", u.Fragment)
		return nil
	}
	addr, err := netip.ParseAddr(u.Hostname())
	isAddress := err == nil
	if isAddress && addr.Is4() && !in.builds(UserDefinedRouting) {
		return u
	}
	if isAddress && addr.Is4() {
		in.refuse(key, "needs a host name under userDefinedRouting: the firewall's application rules match names")
		return nil
	}
	if _, err := endpoints.FromURL(u, ""); err != nil {
		in.refuse(key, "is not a URL that can be probed: %s", err)
		return nil
	}
	return u
}

// checkBlocked refuses a host that the firewall lets through by its own configuration: the probe would fail for it.
func (in *input) checkBlocked(config *Config, image []endpoints.Endpoint) {
	const key = "probeMustBeBlocked"
	blocked, err := endpoints.FromURL(config.ProbeMustBeBlocked, "")
	if err != nil {
		return
	}
	if config.ProbeTarget != nil {
		if target, err := endpoints.FromURL(config.ProbeTarget, ""); err == nil && lets(target, blocked, config.Location) {
			in.refuse(key, "is what probeTarget asks too: name a host that nothing allows")
			return
		}
	}
	if in.hasExistingHub() {
		return
	}
	if !config.AllowProbe {
		image = nil
	}
	aks := []endpoints.Endpoint{{FQDNTag: endpoints.TagAKS, Protocol: endpoints.HTTPS}}
	for _, source := range []struct {
		name string
		list []endpoints.Endpoint
	}{{"allow", config.Allow}, {"probeImage", image}, {"AKS itself", aks}} {
		for _, endpoint := range source.list {
			if lets(endpoint, blocked, config.Location) {
				in.refuse(key, "is allowed by %s (%s): name a host that nothing allows", source.name, endpoint)
				return
			}
		}
	}
}

// lets reports whether a rule for an endpoint lets a request through. A rule with an FQDN tag is for http:80 and
// https:443 alike. Which addresses a host has is not known here, so that a rule by address never counts.
func lets(rule, request endpoints.Endpoint, region string) bool {
	if rule.FQDNTag != "" {
		if request.Port != 80 && request.Port != 443 {
			return false
		}
		hosts, _ := endpoints.FQDNTag(rule.FQDNTag, region)
		for _, host := range hosts {
			if endpoints.MatchHost(host.Host, request.Host) {
				return true
			}
		}
		return false
	}
	sameProtocol := rule.Protocol == request.Protocol || rule.Protocol == endpoints.TCP
	return rule.Host != "" && sameProtocol && rule.Port == request.Port && endpoints.MatchHost(rule.Host, request.Host)
}
