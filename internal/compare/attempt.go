package compare

import (
	"bytes"
	"fmt"
	"slices"

	"aks-egress/egress"
	"aks-egress/egress/migration"
	"aks-egress/egress/price"
	"aks-egress/internal/config"
	"aks-egress/internal/deploytime"
	"aks-egress/internal/migrate"
)

// Attempt is one deployment that tells something of a table: an outbound type, or one of its ingress modes.
type Attempt struct {
	OutboundType migration.OutboundType
	Ingress      config.Ingress // empty: the stack's own, and the attempt is the column itself
	Fit          migrate.Fit    // with Problems it is not deployed
	Deployed     Deployed       // set by who deploys it
}

// Deployed is what came of an attempt.
type Deployed struct {
	Network  *egress.Network // nil: Errors
	Outputs  map[string]any  // of the stack
	Export   []byte          // what `pulumi stack export` writes
	Entrance *egress.Flow    // by which clients on the internet come in; nil: there is none
	Errors   []string        // why it was not deployed
}

// Attempts are what a comparison of a stack deploys: every outbound type, and if asked for each way in that is not the
// column's own anyway. Types and modes that the configuration refuses are there too, with Problems.
func Attempts(s migrate.Stack, ingress bool) []*Attempt {
	var list []*Attempt
	for _, t := range migration.Types() {
		column := &Attempt{OutboundType: t, Fit: s.Fit(t, "")}
		list = append(list, column)
		if !ingress || column.Fit.Config == nil {
			continue
		}
		for _, mode := range config.IngressModes() {
			if mode != config.IngressNone && mode != column.Fit.Config.Ingress {
				list = append(list, &Attempt{OutboundType: t, Ingress: mode, Fit: s.Fit(t, mode)})
			}
		}
	}
	return list
}

// String names an attempt.
func (a *Attempt) String() string {
	if a.Ingress == "" {
		return string(a.OutboundType)
	}
	return fmt.Sprintf("%s, ingress %s", a.OutboundType, a.Ingress)
}

// TableOf reads a table from attempts, those with Config deployed. Stack is what they were made of.
func TableOf(s migrate.Stack, attempts []*Attempt) Table {
	table := Table{Stack: s.Name, Columns: []Column{}}
	current := currentOf(s, attempts)
	for _, a := range attempts {
		for _, problem := range a.Deployed.Errors {
			table.Failed = append(table.Failed, a.String()+": "+problem)
		}
		if a.Ingress == "" {
			c := columnOf(a)
			c.Current = a == current
			if len(c.Problems) == 0 {
				c.Migration = migrationOf(s, current, a)
			}
			table.Columns = append(table.Columns, c)
		}
		c := &table.Columns[len(table.Columns)-1]
		if mode := a.publishes(); mode != config.IngressNone && len(c.Problems) == 0 {
			c.Ingress = append(c.Ingress, a.mode(mode))
		}
	}
	return table
}

// publishes is the ingress mode that an attempt tries, or has as the stack's own.
func (a *Attempt) publishes() config.Ingress {
	if a.Ingress != "" || a.Fit.Config == nil {
		return a.Ingress
	}
	return a.Fit.Config.Ingress
}

// currentOf is the attempt with the stack's own outbound type; nil: it has none.
func currentOf(s migrate.Stack, attempts []*Attempt) *Attempt {
	for _, a := range attempts {
		if a.Ingress == "" && string(a.OutboundType) == s.OutboundType() {
			return a
		}
	}
	return nil
}

// columnOf is what one deployment says by itself.
func columnOf(a *Attempt) Column {
	c := Column{
		OutboundType: string(a.OutboundType), Dropped: a.Fit.Dropped, EgressIPs: []string{}, Ingress: []IngressMode{},
		Problems:  slices.Concat(a.Fit.Problems, a.Deployed.Errors),
		Migration: Migration{Steps: []string{}, Effects: []string{}},
		Cost:      price.Estimate{Lines: []price.Line{}, PerGB: []price.Line{}, NotPriced: []string{}},
		Time:      deploytime.Estimate{Chain: []deploytime.Step{}, Unknown: []string{}},
	}
	if len(c.Problems) > 0 {
		return c
	}
	n := a.Deployed.Network
	if w, ok := wayOf(n); ok {
		c.EgressIPs, c.ManagedBy, c.Zones = w.egressIPs(), w.managedBy(), w.zones()
	} else if c.EgressIPs = texts(a.Deployed.Outputs["expectedEgressIps"]); len(c.EgressIPs) > 0 {
		c.ManagedBy = byYou // what leaves the network by somebody else's device
	}
	c.SNAT, c.Filtering, c.Cost = SNATOf(n), filteringOf(n), price.Of(n)
	var err error
	if c.Time, err = deploytime.FromExport(bytes.NewReader(a.Deployed.Export)); err != nil {
		c.Problems = append(c.Problems, err.Error())
	}
	return c
}

// mode asks the model whether a client on the internet reaches what an attempt publishes, and the answer comes back.
func (a *Attempt) mode(mode config.Ingress) IngressMode {
	m := IngressMode{Mode: string(mode)}
	switch problems := slices.Concat(a.Fit.Problems, a.Deployed.Errors); {
	case len(problems) > 0:
		m.Reason = problems[0]
	case a.Deployed.Entrance == nil:
		m.Reason = "the stack has no address for clients"
	default:
		t := a.Deployed.Network.Trace(*a.Deployed.Entrance)
		if m.Works = t.Disposition.Arrives(); !m.Works {
			m.Reason = fmt.Sprintf("%s: %s", t.Disposition, t.Reason)
		}
	}
	return m
}

// texts is an output that is a list of texts; never nil.
func texts(value any) []string {
	found := []string{}
	list, _ := value.([]any)
	for _, element := range list {
		if text, ok := element.(string); ok {
			found = append(found, text)
		}
	}
	return found
}
