package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/spf13/cobra"

	"aks-egress/internal/engine"
	"aks-egress/internal/engine/simulation"
	"aks-egress/internal/kubesim"
	"aks-egress/internal/kubesim/shell"
)

// The probe's pod, where exec runs by default.
const (
	probeNamespace = "egress-probe"
	probePod       = "egress-probe-0"
)

// curlPatience is how long curl waits by default, in simulated seconds: a lost packet is not worth two minutes.
const curlPatience = "10"

// ranReport is the JSON contract of exec and curl.
type ranReport struct {
	Stack    string `json:"stack"`
	ExitCode int    `json:"exitCode"` // of the command
	Output   string `json:"output"`   // standard output and standard error together
	Why      string `json:"why,omitempty"`
}

func (l *lab) execCommand() *cobra.Command {
	var namespace, pod, container string
	c := &cobra.Command{
		Use:   "exec STACK -- COMMAND…",
		Short: "Run a command in the probe's pod, as kubectl exec does",
		Long: "Run a command in a pod of a deployed stack, as kubectl exec does: in the probe's pod, unless --pod names\n" +
			"another. Its requests take the way that the model says. Simulated are sh, curl and the usual small tools.",
		Args: func(c *cobra.Command, arguments []string) error {
			if c.ArgsLenAtDash() != 1 || len(arguments) < 2 {
				return errors.New("lab exec STACK -- COMMAND…: one stack, and the command behind --")
			}
			return nil
		},
		ValidArgsFunction: stackThen(nil),
		RunE: func(c *cobra.Command, arguments []string) error {
			stack := arguments[0]
			err := l.ran(c.Context(), stack, func(k *kubesim.Kubernetes) (shell.Result, error) {
				return k.Exec(c.Context(), namespace, pod, container, arguments[1:])
			}, nil)
			return l.explained(c.Context(), stack, err)
		},
	}
	c.Flags().StringVarP(&namespace, "namespace", "n", probeNamespace, "namespace of the pod")
	c.Flags().StringVar(&pod, "pod", probePod, "name of the pod")
	c.Flags().StringVarP(&container, "container", "c", "", "container of the pod (default its first)")
	l.operatorFlag(c)
	return c
}

func (l *lab) curlCommand() *cobra.Command {
	var client string
	c := &cobra.Command{
		Use:   "curl STACK [URL] [-- CURL-OPTION…]",
		Short: "Ask a stack's ingress for a page, as a client on the internet",
		Long: "Ask for a page as a client on the internet with curl: at the stack's ingressUrl, unless a URL is given.\n" +
			"The request and its answer take the way that the model says, and what listens there answers.",
		Args: func(c *cobra.Command, arguments []string) error {
			own := len(arguments)
			if dash := c.ArgsLenAtDash(); dash >= 0 {
				own = dash
			}
			if own < 1 || own > 2 {
				return errors.New("lab curl STACK [URL] [-- CURL-OPTION…]: one stack, and one URL at most")
			}
			return nil
		},
		ValidArgsFunction: stackThen(nil),
		RunE: func(c *cobra.Command, arguments []string) error {
			own, options := arguments, []string{"--max-time", curlPatience}
			if dash := c.ArgsLenAtDash(); dash >= 0 {
				own, options = arguments[:dash], append(options, arguments[dash:]...)
			}
			return l.curl(c.Context(), own, options, client)
		},
	}
	c.Flags().StringVar(&client, "client", "", "address of the client (default some address that no rule names)")
	return c
}

func (l *lab) curl(ctx context.Context, arguments, options []string, client string) error {
	stack := arguments[0]
	var from netip.Addr
	if client != "" {
		addr, err := netip.ParseAddr(client)
		if err != nil || !addr.Is4() {
			return fmt.Errorf("--client %q is not an IPv4 address", client)
		}
		from = addr
	}
	url, err := l.ingressURL(stack, arguments[1:])
	if err != nil {
		return err
	}
	why := func() string {
		trace, err := l.enter(ctx, stack, url)
		if err != nil || trace.Disposition.Arrives() {
			return ""
		}
		return fmt.Sprintf("%s: %s", trace.Disposition, trace.Reason)
	}
	return l.ran(ctx, stack, func(k *kubesim.Kubernetes) (shell.Result, error) {
		return k.Visitor(ctx, from).Curl(append(append([]string{"-sS"}, options...), url)...), nil
	}, why)
}

// ingressURL is the URL given, or that of the stack.
func (l *lab) ingressURL(stack string, given []string) (string, error) {
	if len(given) > 0 {
		return given[0], nil
	}
	options, err := l.options()
	if err != nil {
		return "", err
	}
	result := engine.Outputs(stack, options)
	if !result.OK {
		return "", failure{errors.New(strings.Join(result.Errors, "\n"))}
	}
	url := ingressText(result.Outputs)
	if url == "" {
		return "", failure{fmt.Errorf("stack %s has no ingress: give a URL, or deploy it with -c ingress=…", stack)}
	}
	return url, nil
}

// ran runs a command in the simulated Kubernetes of a deployed stack, and shows what it printed. Why, if any, explains
// a command that failed.
func (l *lab) ran(
	ctx context.Context, stack string, run func(*kubesim.Kubernetes) (shell.Result, error), why func() string,
) error {
	var result shell.Result
	err := l.inCloud(ctx, stack, func(cloud engine.Cloud) error {
		kubernetes, err := simulation.Kubernetes(cloud)
		if err == nil {
			result, err = run(kubernetes)
		}
		if err != nil {
			return failure{err}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if result.Ending != shell.Exited {
		return failure{errors.New(endingText(result))}
	}
	report := ranReport{Stack: stack, ExitCode: result.ExitCode, Output: result.Output}
	if result.ExitCode != 0 && why != nil {
		report.Why = why()
	}
	if l.json {
		if err := l.printJSON(report); err != nil {
			return err
		}
	} else {
		l.showRan(report)
	}
	if result.ExitCode != 0 {
		return errFailed
	}
	return nil
}

func (l *lab) showRan(r ranReport) {
	fmt.Fprint(l.stdout, r.Output)
	if r.Output != "" && !strings.HasSuffix(r.Output, "\n") {
		fmt.Fprintln(l.stdout)
	}
	if r.ExitCode != 0 {
		fmt.Fprintf(l.stderr, "command terminated with exit code %d\n", r.ExitCode)
	}
	if r.Why != "" {
		for i, line := range wrap(r.Why, summaryWidth-2) {
			fmt.Fprintln(l.stderr, strings.Repeat("  ", min(i, 1))+line)
		}
	}
}

// endingText says why a command did not end.
func endingText(r shell.Result) string {
	switch r.Ending {
	case shell.StillRunning:
		return "the command does not end"
	case shell.Endless, shell.NotSimulated, shell.Exited:
	}
	return r.Reason
}
