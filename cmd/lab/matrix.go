package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"net/url"

	"aks-egress/egress"
	"aks-egress/egress/endpoints"
	"aks-egress/egress/matrix"
	"aks-egress/internal/config"
	"aks-egress/internal/engine"
	"aks-egress/internal/topology"
)

// matrixReport is the JSON contract of trace --matrix.
type matrixReport struct {
	Matrix      []stackMatrix `json:"matrix"`
	NotDeployed []string      `json:"notDeployed"` // stacks that --all left out
}

// stackMatrix is the answer of one network.
type stackMatrix struct {
	Stack            string       `json:"stack,omitempty"` // empty for state files
	Rows             []matrix.Row `json:"rows"`
	UnknownResources []string     `json:"unknownResources"` // see doctorReport
}

// askedNetwork is a network with what a matrix asks of it.
type askedNetwork struct {
	stack   string
	network *egress.Network
	unknown []topology.Resource
	own     matrix.Own
	start   matrix.Start
	region  string
}

// traceMatrix asks the networks of stacks, or that of state files, for every class of destinations.
func (l *lab) traceMatrix(ctx context.Context, stacks []string, f traceFlags) error {
	if err := f.matrixProblem(); err != nil {
		return err
	}
	asked, missing, err := l.askedNetworks(ctx, stacks, f)
	if err != nil {
		return err
	}
	var own matrix.Own
	for _, a := range asked {
		own.Add(a.own)
	}
	lists := make([][]matrix.Destination, len(asked))
	for i, a := range asked {
		lists[i] = matrix.Destinations(a.region, own)
	}
	destinations := matrix.Merge(lists...)
	answers := make([][]matrix.Row, len(asked))
	for i, a := range asked {
		answers[i] = matrix.Rows(a.network, a.start, destinations)
	}
	report := matrixReport{NotDeployed: append([]string{}, missing...)}
	for i, rows := range matrix.Shown(answers) {
		report.Matrix = append(report.Matrix, stackMatrix{asked[i].stack, rows, unknownIDs(asked[i].unknown)})
	}
	if l.json {
		return l.printJSON(report)
	}
	w := &summary{out: l.stdout, color: wantsColor(l.stdout), lab: l}
	w.matrix(report, terminalWidth(l.stdout, traceWidth))
	return nil
}

// matrixProblem is what does not go with --matrix.
func (f traceFlags) matrixProblem() error {
	for _, other := range []struct {
		given bool
		flag  string
	}{
		{f.to != "", "--to"},
		{f.inbound, "--inbound"},
		{f.from == egress.FromOperator, "--from operator"},
		{f.client != "", "--client"},
		{f.address != "", "--address"},
		{len(f.tags) > 0, "--service-tag"},
	} {
		if other.given {
			return fmt.Errorf("--matrix asks for every destination: give no %s", other.flag)
		}
	}
	if f.all && len(f.files) > 0 {
		return errors.New("give --all or --state, not both")
	}
	return nil
}

// askedNetworks reads what is asked, and which stacks --all leaves out because they are not deployed.
func (l *lab) askedNetworks(
	ctx context.Context, stacks []string, f traceFlags,
) (asked []askedNetwork, missing []string, err error) {
	if len(f.files) > 0 || len(stacks) == 0 && !f.all {
		a, err := l.askedNetwork(ctx, namedStack(stacks), f)
		return []askedNetwork{a}, nil, err
	}
	options, err := l.options()
	if err != nil {
		return nil, nil, err
	}
	if stacks, err = chooseStacks(options.Project, stacks, f.all); err != nil {
		return nil, nil, err
	}
	for _, stack := range stacks {
		if _, err := engine.Settings(stack, options); f.all && errors.Is(err, engine.ErrNotDeployed) {
			missing = append(missing, stack)
			continue
		}
		a, err := l.askedNetwork(ctx, stack, f)
		if err != nil {
			return nil, nil, err
		}
		asked = append(asked, a)
	}
	if len(asked) == 0 {
		return nil, nil, failure{fmt.Errorf("no stack is deployed in the lab: run %s", l.next("up", "--all"))}
	}
	return asked, missing, nil
}

func (l *lab) askedNetwork(ctx context.Context, stack string, f traceFlags) (a askedNetwork, err error) {
	a.stack = stack
	if a.network, a.unknown, err = l.readNetwork(ctx, stack, f.files); err != nil {
		return a, err
	}
	if a.network.ServiceTags, err = readServiceTags(f.tagsFile); err != nil {
		return a, err
	}
	if a.start.From, a.start.Pod, err = f.start(a.network); err != nil {
		return a, err
	}
	switch a.region = a.start.Region(a.network); {
	case a.region == "":
		return a, fmt.Errorf("the location of %s is not in the state, and hosts depend on it", egress.ShortName(a.start.From))
	case !endpoints.PublicCloud(a.region):
		return a, fmt.Errorf("region %s is outside Azure public cloud, the only one whose hosts are known here", a.region)
	}
	a.own = matrix.OwnOf(a.network)
	if stack != "" {
		own, err := l.configuredOwn(stack)
		if err != nil { // the settings of a run that was refused, say; the network is still there to be asked
			fmt.Fprintf(l.stderr, "stack %s: its settings name no destinations: %v\n", stack, err)
		}
		a.own.Add(own)
	}
	return a, nil
}

// configuredOwn is what a stack's settings say of its destinations.
func (l *lab) configuredOwn(stack string) (own matrix.Own, err error) {
	options, err := l.options()
	if err != nil {
		return own, err
	}
	file, err := engine.Settings(stack, options)
	if err != nil {
		return own, err
	}
	values, err := config.ReadStackFile(file)
	if err != nil {
		return own, err
	}
	c, err := config.Load(values)
	if err != nil {
		return own, err
	}
	own.Allowed, own.Images = c.Allow, []string{c.ProbeImage}
	own.Targets = []endpoints.Endpoint{targetOf(c.ProbeTarget)}
	return own, nil
}

// targetOf is where a request to a URL goes; to an address, by address.
func targetOf(u *url.URL) endpoints.Endpoint {
	if target, err := endpoints.FromURL(u, ""); err == nil {
		return target
	}
	flow, err := parseDestination(u.Scheme + "://" + u.Host)
	if err != nil {
		return endpoints.Endpoint{} // no destination: it has no row
	}
	at := netip.PrefixFrom(flow.Addr, flow.Addr.BitLen())
	return endpoints.Endpoint{Prefix: at, Protocol: endpoints.TCP, Port: flow.Port}
}
