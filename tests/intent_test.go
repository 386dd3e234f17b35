package tests

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"aks-egress/egress"
	"aks-egress/egress/doctor"
	"aks-egress/egress/endpoints"
	"aks-egress/egress/networktest"
	"aks-egress/internal/azuresim"
	"aks-egress/internal/config"
	"aks-egress/internal/engine"
	"aks-egress/internal/engine/simulation"
	"aks-egress/internal/topology"
)

// Intent equals result: what the program expects as egress addresses is what the model finds in the deployed network,
// and in Pulumi's state as far as that holds it. The doctor finds no error in a stack that config accepts.
func TestIntent(t *testing.T) {
	t.Parallel()
	for _, stack := range stacks {
		t.Run(stack, func(t *testing.T) {
			t.Parallel()
			l := newStack(t, stack)
			up := l.must((*engine.Stack).Up)
			require.NoError(t, l.checkIntent(up))
			network, err := l.deployed()
			require.NoError(t, err)
			require.NoError(t, network.Validate())
			require.Empty(t, doctor.Examine(network), "a healthy stack has no findings")
			require.Empty(t, networktest.Unnoticed(network), "nothing of it is there for nothing")
		})
	}
}

// checkIntent compares the outputs of an update with the model.
func (l *lab) checkIntent(up engine.Result, overrides ...string) error {
	network, err := l.deployed()
	if err != nil {
		return err
	}
	expected, err := prefixesOf(up.Outputs["expectedEgressIps"])
	if err != nil {
		return err
	}
	flow, err := probeFlow(overrides)
	if err != nil {
		return err
	}
	if err := exitsBy(network, flow, expected); err != nil {
		return fmt.Errorf("in the deployed network: %w", err)
	}
	if err := l.stateAgrees(flow, expected); err != nil {
		return fmt.Errorf("in the exported state: %w", err)
	}
	for _, finding := range doctor.Examine(network) {
		if finding.Severity == doctor.Error {
			return fmt.Errorf("the doctor finds %s: %s", finding.ID, finding.Message)
		}
	}
	return nil
}

// deployed is the network of the simulated Azure.
func (l *lab) deployed() (network *egress.Network, err error) {
	err = engine.Change(l.t.Context(), l.name, l.options, func(c engine.Cloud) error {
		var azure *azuresim.Cloud
		if azure, err = simulation.Azure(c); err == nil {
			network, err = azure.Network()
		}
		return err
	})
	return network, err
}

// stateAgrees traces in the exported state: it holds no public IPs of the node resource group, so for those the model
// must say that it cannot tell.
func (l *lab) stateAgrees(flow egress.Flow, expected []netip.Prefix) error {
	var export bytes.Buffer
	if err := engine.Export(l.t.Context(), l.name, l.options, &export); err != nil {
		return err
	}
	resources, err := topology.FromDeployment(&export, l.name)
	if err != nil {
		return err
	}
	network, unknown, err := topology.Build(resources)
	if err != nil {
		return err
	}
	if len(unknown) > 0 {
		return fmt.Errorf("not known to the model: %v", unknown)
	}
	if aksOwnsEgress(network) {
		flow.From = network.Clusters[0].ID
		if got := network.Trace(flow); got.Disposition != egress.Insufficient {
			return fmt.Errorf("%s from %v although no public IP is there", got.Disposition, got.Sources)
		}
		return nil
	}
	return exitsBy(network, flow, expected)
}

// aksOwnsEgress: the cluster leaves by addresses that AKS made in its node resource group.
func aksOwnsEgress(n *egress.Network) bool {
	ids := n.Clusters[0].OutboundPublicIPIDs
	return len(ids) > 0 && !slices.ContainsFunc(n.PublicIPs, func(ip egress.PublicIP) bool {
		return strings.EqualFold(ip.ID, ids[0])
	})
}

func exitsBy(n *egress.Network, flow egress.Flow, expected []netip.Prefix) error {
	flow.From = n.Clusters[0].ID
	got := n.Trace(flow)
	if got.Disposition != egress.ExitsInternet || !slices.Equal(got.Sources, expected) {
		return fmt.Errorf("expected %v, traced %v (%s: %s)", expected, got.Sources, got.Disposition, got.Reason)
	}
	return nil
}

// probeFlow is the probe's request.
func probeFlow(overrides []string) (egress.Flow, error) {
	i := slices.IndexFunc(config.Keys(), func(k config.Key) bool { return k.Name == "probeTarget" })
	target := config.Keys()[i].Default.(string)
	for _, override := range overrides {
		if value, ok := strings.CutPrefix(override, "probeTarget="); ok {
			target = value
		}
	}
	parsed, err := url.Parse(target)
	if err != nil {
		return egress.Flow{}, err
	}
	e, err := endpoints.FromURL(parsed, "")
	return egress.Flow{Pod: true, Host: e.Host, Port: e.Port, Protocol: egress.Protocol(e.Protocol)}, err
}

// prefixesOf reads addresses and prefixes from a stack output, sorted.
func prefixesOf(output any) ([]netip.Prefix, error) {
	encoded, err := json.Marshal(output)
	if err != nil {
		return nil, err
	}
	var texts []string
	if err := json.Unmarshal(encoded, &texts); err != nil {
		return nil, err
	}
	prefixes := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		if prefixes[i], err = egress.ParsePrefix(text); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(prefixes, func(a, b netip.Prefix) int { return a.Addr().Compare(b.Addr()) })
	return prefixes, nil
}
