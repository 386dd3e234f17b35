package egress

import "strings"

// caveats come before what a trace did not consider, in its reason.
const caveats = "; not considered: "

// Caveat is what the trace did not consider; empty: nothing that could matter.
func (t *Trace) Caveat() string {
	_, caveat, _ := strings.Cut(t.Reason, caveats)
	return caveat
}

// Path is the way of the flow in few words: the devices that decided, and what stopped it, such as
// "firewall: rcg/allow/required, NAT gateway" or "firewall: no rule".
func (t *Trace) Path() string {
	var devices []string
	for i := range t.Hops {
		if device := t.Hops[i].device(); device != "" {
			devices = append(devices, device)
		}
	}
	if stop := t.Stop(); stop != "" {
		if at := t.lastHop().device(); at != "" {
			devices = devices[:len(devices)-1] // stop names it
		}
		devices = append(devices, stop)
	}
	return strings.Join(devices, ", ")
}

// device is what a hop adds to a path; empty for what every flow passes.
func (h *Hop) device() string {
	switch h.At {
	case "pod", "cluster", "AKS-managed VNet", "peering":
		return ""
	case "route":
		if _, endpoint, ok := strings.Cut(h.Rule, serviceEndpointWord); ok {
			return "service endpoint " + strings.TrimSuffix(endpoint, ")")
		}
		if h.Action == "next hop "+string(NextHopNone) {
			return "route"
		}
		return ""
	case "firewall":
		if strings.HasPrefix(h.Action, "allow") || strings.HasPrefix(h.Action, "translate") {
			return "firewall: " + h.ruleName()
		}
		if strings.HasPrefix(h.Action, "SNAT") {
			return "" // its public IPs, after its rules
		}
	case "network security group":
		if h.Action == "allow" {
			return ""
		}
	case "node":
		return "public IPs of the nodes"
	case "subnet":
		switch h.Rule {
		case defaultOutboundAccess:
			return defaultOutboundAccess
		case privateSubnet:
			return "private subnet"
		}
	}
	return h.At
}

// ruleName is a firewall's rule without its kind: "rcg/allow/required" of "rcg/allow/required (network rule)".
func (h *Hop) ruleName() string {
	if h.Rule == defaultDeny {
		return "no rule"
	}
	rule, _, _ := strings.Cut(h.Rule, " (")
	return rule
}

// Stop is what stopped a flow that does not arrive, in few words: a device with its rule, or how the flow ends; empty
// if it arrives, or if that is not known.
func (t *Trace) Stop() string {
	last := t.lastHop()
	switch t.Disposition {
	case DeniedOut, DeniedIn:
		return last.refusal()
	case NullRouted:
		prefix, _, _ := strings.Cut(last.Rule, " (")
		return "route " + prefix + " drops it"
	case NoEgress:
		return strings.TrimPrefix(last.device()+": no public address", ": ")
	case NoRoute:
		return "no route"
	case Loop:
		return "goes in a circle"
	case Asymmetric:
		return "its answer takes another way"
	case NoReturn:
		return "its answer has no way back"
	case ExitsInternet, DeliveredLocal, DeliveredService, Insufficient:
	}
	return ""
}

func (t *Trace) lastHop() *Hop {
	if len(t.Hops) == 0 {
		return &Hop{}
	}
	return &t.Hops[len(t.Hops)-1]
}

// refusal is the device that refuses a flow, and its rule.
func (h *Hop) refusal() string {
	switch {
	case h.At == "firewall" && strings.HasPrefix(h.Action, "deny"):
		return h.At + ": " + h.ruleName()
	case h.At == "network security group" && h.Action == "deny":
		return h.At + ": " + h.Rule
	case h.At == "API server" && h.Action == "drop":
		return h.At + ": " + authorizedRanges
	}
	return "nothing there takes it"
}
