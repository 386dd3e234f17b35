package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"aks-egress/egress"
	"aks-egress/internal/topology"
)

// traceFlags are what trace is asked.
type traceFlags struct {
	to, from, cluster, client string
	address, tagsFile         string
	tags, files               []string
	inbound, matrix, all      bool
}

func (l *lab) traceCommand() *cobra.Command {
	var f traceFlags
	c := &cobra.Command{
		Use: "trace [STACK] --to HOST:PORT | --inbound [--to ADDRESS:PORT] | --from operator [--to HOST:PORT] | " +
			"--matrix",
		Short: "Follow a flow: every hop, the rule that decides it, the source IP",
		Long: "Follow one flow: every hop, the rule that decided it, the source IP at the far end, and the answer's way\n" +
			"back.\n\n" +
			"The flow starts in a pod and goes --to host:port, address:port, or either behind http://, https://, tcp:// or\n" +
			"udp://. With --inbound it is a client's on the internet; without --to, one for each port that listens. With\n" +
			"--from operator it is of whoever runs Pulumi and kubectl; without --to, one to each API server.\n" +
			"It ends with 0 if every flow arrives and is answered, with 2 if routes go in a circle, else with 1.\n\n" +
			"With --matrix it asks for every kind of destination at once, of several stacks side by side if there are\n" +
			"several: path, source IP and verdict, and which entry of allow opens what the firewall blocks. A row that is\n" +
			"blocked is an answer, so it ends with 0.",
		Example: "  lab trace udr --to ifconfig.me:80\n" +
			"  pulumi stack export | lab trace --state - --to registry-1.docker.io:443\n" +
			"  lab trace udr --inbound\n" +
			"  lab trace udr --from operator --operator-ip 198.51.100.7\n" +
			"  lab trace lb udr --matrix",
		ValidArgsFunction: completeStacks,
		RunE: func(c *cobra.Command, arguments []string) error {
			if f.matrix {
				return l.traceMatrix(c.Context(), arguments, f)
			}
			if f.all || len(arguments) > 1 {
				return errors.New("several stacks, and --all, go with --matrix")
			}
			return l.trace(c.Context(), namedStack(arguments), f)
		},
	}
	flags := c.Flags()
	flags.StringVar(&f.to, "to", "", "where the flow goes, such as example.com:443 or tcp://203.0.113.7:5432")
	flags.StringVar(&f.from, "from", "pod", "where it starts: pod, node, operator, or the name or id of a subnet")
	_ = c.RegisterFlagCompletionFunc("from", cobra.FixedCompletions( // the flag is there
		[]string{"pod", "node", "operator"}, cobra.ShellCompDirectiveNoFileComp))
	flags.StringVar(&f.cluster, "cluster", "", "name of the cluster it starts in, where there are several")
	flags.BoolVar(&f.inbound, "inbound", false, "the flow comes from the internet")
	flags.BoolVar(&f.matrix, "matrix", false, "every kind of destination in a table; excludes --to and --inbound")
	flags.BoolVar(&f.all, "all", false, "every deployed stack of the project, with --matrix")
	flags.StringVar(&f.client, "client", "", "address of the client, with --inbound (default: some client)")
	flags.StringVar(&f.address, "address", "", "address that the host name of --to stands for (default: some public one)")
	flags.StringArrayVar(&f.tags, "service-tag", nil,
		"service tag that holds the destination, such as AzureCloud.westeurope (repeatable)")
	flags.StringVar(&f.tagsFile, "service-tags", "",
		"Microsoft's ServiceTags_Public_….json: which addresses each service tag holds")
	stateFlag(c, &f.files)
	l.operatorFlag(c)
	return c
}

func (l *lab) trace(ctx context.Context, stack string, f traceFlags) error {
	flow, err := f.flow()
	if err != nil {
		return err
	}
	network, unknown, err := l.readNetwork(ctx, stack, f.files)
	if err != nil {
		return err
	}
	if network.ServiceTags, err = readServiceTags(f.tagsFile); err != nil {
		return err
	}
	model := egress.Compile(network)
	flows := []egress.Flow{flow}
	switch {
	case f.inbound && f.to == "":
		flows = model.Entrances()
		for i := range flows {
			flows[i].Client = flow.Client
		}
	case f.from == egress.FromOperator:
		if flows, err = operatorFlows(network, flow); err != nil {
			return err
		}
	case !f.inbound:
		if flows[0].From, flows[0].Pod, err = f.start(network); err != nil {
			return err
		}
	}
	err = l.traceFlows(model, flows, f.to == "")
	if len(unknown) > 0 && !l.json {
		note := countOf(len(unknown), "resource") +
			" not known to the model, which may change the picture: lab doctor lists them."
		fmt.Fprint(l.stdout, "\n"+paragraph(note, widthUpTo(l.stdout, traceWidth)))
	}
	return err
}

// enter follows a client's request to a URL of a deployed stack.
func (l *lab) enter(ctx context.Context, stack, url string) (egress.Trace, error) {
	flow, err := entranceOf(url)
	if err != nil {
		return egress.Trace{}, err
	}
	network, _, err := l.readNetwork(ctx, stack, nil)
	if err != nil {
		return egress.Trace{}, err
	}
	return network.Trace(flow), nil
}

// finds says whether the command finds destinations by itself.
func (f traceFlags) finds() bool { return f.inbound || f.from == egress.FromOperator }

// flow is the flow without its start.
func (f traceFlags) flow() (egress.Flow, error) {
	var flow egress.Flow
	if f.to == "" && !f.finds() {
		return flow, errors.New("--to is missing: where does the flow go? Such as --to example.com:443")
	}
	if f.client != "" && !f.inbound {
		return flow, errors.New("--client goes with --inbound")
	}
	if f.inbound && (f.from != "pod" || f.cluster != "") {
		return flow, errors.New("--inbound starts on the internet: give no --from and no --cluster")
	}
	if f.to != "" {
		var err error
		if flow, err = parseDestination(f.to); err != nil {
			return flow, fmt.Errorf("--to %w", err)
		}
	}
	if f.inbound {
		flow.From = egress.FromInternet
	}
	flow.ServiceTags = f.tags
	err := f.readAddresses(&flow)
	return flow, err
}

// readAddresses sets the addresses of a flow.
func (f traceFlags) readAddresses(flow *egress.Flow) error {
	for name, value := range map[string]struct {
		text string
		addr *netip.Addr
	}{"--client": {f.client, &flow.Client}, "--address": {f.address, &flow.Addr}} {
		if value.text == "" {
			continue
		}
		addr, err := netip.ParseAddr(value.text)
		if err != nil || !addr.Is4() {
			return fmt.Errorf("%s %q is not an IPv4 address", name, value.text)
		}
		*value.addr = addr
	}
	return nil
}

// start finds where the flow begins.
func (f traceFlags) start(n *egress.Network) (id string, pod bool, err error) {
	if f.from != "pod" && f.from != "node" {
		id, err = subnetNamed(n, f.from)
		return id, false, err
	}
	var names []string
	for i := range n.Clusters {
		c := &n.Clusters[i]
		if f.cluster == "" && len(n.Clusters) == 1 || f.cluster != "" && strings.EqualFold(c.Name, f.cluster) {
			return c.ID, f.from == "pod", nil
		}
		names = append(names, c.Name)
	}
	switch {
	case len(names) == 0:
		return "", false, errors.New("there is no managed cluster to start from: give --from SUBNET")
	case f.cluster != "":
		return "", false, fmt.Errorf("--cluster %s is none of %s", f.cluster, strings.Join(names, ", "))
	}
	return "", false, fmt.Errorf("which cluster? --cluster is one of %s", strings.Join(names, ", "))
}

func subnetNamed(n *egress.Network, name string) (string, error) {
	var ids, names []string
	for _, v := range n.VNets {
		for _, s := range v.Subnets {
			if strings.EqualFold(s.Name, name) || strings.EqualFold(s.ID, name) || strings.EqualFold(v.Name+"/"+s.Name, name) {
				ids = append(ids, s.ID)
			}
			names = append(names, v.Name+"/"+s.Name)
		}
	}
	switch len(ids) {
	case 1:
		return ids[0], nil
	case 0:
		return "", fmt.Errorf("--from %s is neither pod nor node nor one of the subnets %s", name, strings.Join(names, ", "))
	}
	return "", fmt.Errorf("--from %s names %d subnets: give VNET/SUBNET or an id", name, len(ids))
}

func readServiceTags(file string) (map[string][]netip.Prefix, error) {
	if file == "" {
		return nil, nil
	}
	in, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("--service-tags: %w", err)
	}
	defer func() { _ = in.Close() }() // only read
	tags, err := topology.ServiceTags(in)
	if err != nil {
		return nil, fmt.Errorf("--service-tags %s: %w", file, err)
	}
	return tags, nil
}
