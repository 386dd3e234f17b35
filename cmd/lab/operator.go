package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"regexp"
	"slices"

	"github.com/fatih/color"
	"github.com/spf13/cobra"

	"aks-egress/egress"
	"aks-egress/egress/doctor"
	"aks-egress/internal/azuresim"
)

// operatorVariable says the operator's address for a whole terminal.
const operatorVariable = "AKS_EGRESS_OPERATOR_IP"

// operatorFlag is for verbs that ask clusters, or about who reaches them.
func (l *lab) operatorFlag(c *cobra.Command) {
	c.Flags().StringVar(&l.operatorIP, "operator-ip", "", fmt.Sprintf(
		"`ADDRESS` from which Pulumi and kubectl come to API servers: a public one, or one in a subnet of the stack "+
			"(default $%s, else %s)", operatorVariable, azuresim.DefaultOperator))
}

// operator is the address of whoever runs Pulumi and kubectl, as it was said; invalid: nobody said one.
func (l *lab) operator() (netip.Addr, error) {
	text, from := l.operatorIP, "--operator-ip"
	if text == "" {
		text, from = os.Getenv(operatorVariable), operatorVariable
	}
	if text == "" {
		return netip.Addr{}, nil
	}
	addr, err := netip.ParseAddr(text)
	if err != nil || !addr.Is4() || addr.IsLoopback() || addr.IsUnspecified() || addr.IsMulticast() ||
		addr.IsLinkLocalUnicast() {
		return netip.Addr{}, fmt.Errorf("%s %q is not the IPv4 address of a machine, such as %s", from, text,
			azuresim.DefaultOperator)
	}
	return addr, nil
}

// operatedBy puts the operator into a network: who was named, and for a stack of the lab somebody in any case.
func (l *lab) operatedBy(n *egress.Network, stack string) error {
	operator, err := l.operator()
	switch {
	case err != nil:
		return err
	case stack == "":
		n.Operator = operator
	case operator.IsValid():
		azuresim.Complete(n, operator)
	default:
		azuresim.Complete(n, azuresim.DefaultOperator)
	}
	return nil
}

// operatorFlows are the ways of the operator to a destination, or without one to the API server of each cluster.
func operatorFlows(n *egress.Network, to egress.Flow) ([]egress.Flow, error) {
	if !n.Operator.IsValid() {
		return nil, errors.New("--from operator: which address has the operator? Give --operator-ip")
	}
	to.From, to.Client = egress.FromOperator, n.Operator
	if to.Port != 0 {
		return []egress.Flow{to}, nil
	}
	var flows []egress.Flow
	for i := range n.Clusters {
		if to.Host = n.Clusters[i].APIServerFQDN; to.Host != "" {
			to.Port, to.Protocol = 443, egress.HTTPS
			flows = append(flows, to)
		}
	}
	if len(flows) == 0 {
		return nil, errors.New("--from operator: the network has no API server; give --to")
	}
	return flows, nil
}

// unreachable is how the kubernetes provider and kubectl speak of a cluster that they do not reach.
var unreachable = regexp.MustCompile(`kubernetes:.*unreachable|^Unable to connect to the server: `)

// explain is what the doctor says of an API server that was not reached; nil where no error is of that kind.
func (l *lab) explain(ctx context.Context, stack string, texts []string) []doctor.Finding {
	if !slices.ContainsFunc(texts, unreachable.MatchString) {
		return nil
	}
	network, _, err := l.readNetwork(ctx, stack, nil)
	if err != nil {
		return nil // what went wrong has been said already
	}
	return slices.DeleteFunc(doctor.Examine(network), func(f doctor.Finding) bool {
		return f.ID != doctor.APIServerUnreachable
	})
}

// explained tells of an error why the API server was not reached, if that is what it says.
func (l *lab) explained(ctx context.Context, stack string, err error) error {
	if err == nil {
		return nil
	}
	findings := l.explain(ctx, stack, []string{err.Error()})
	if len(findings) == 0 {
		return err
	}
	w := &summary{out: l.stderr, color: wantsColor(l.stderr), lab: l}
	w.problem(stack, err.Error())
	w.explained(findings)
	return errFailed
}

// explained writes why an operation failed, and the way out.
func (w *summary) explained(findings []doctor.Finding) {
	for _, f := range findings {
		fmt.Fprintln(w.out, w.paint("why:  ", color.FgYellow), f.Message)
		fmt.Fprintln(w.out, w.paint("fix:  ", color.FgYellow), f.Fix)
	}
}
