package browser_test

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/egress"
	"aks-egress/internal/report"
	"aks-egress/internal/report/render"
	"aks-egress/internal/report/reporttest"
)

//go:embed page.js
var checks string

// The page is right for every screen: nothing is said on the console or asked from the network, nothing overflows, the
// drawing shows every hop, and no label lies on another.
func TestPage(t *testing.T) {
	for _, c := range pages(t) {
		figures := words(t, c.Report)
		for _, s := range screens {
			t.Run(c.Name+"/"+s.name, func(t *testing.T) {
				tab := newTab(t, s, c.html)
				tab.load(t, checks)
				tab.picture(t, c.Name+"-"+s.name)
				if s.media == "print" {
					assert.Empty(t, tab.ask(t, "folded()"), "folds are open on paper")
				}
				tab.ask(t, "opened()")
				assert.Empty(t, tab.ask(t, "overflow()"))
				assert.Empty(t, tab.ask(t, "collisions()"))
				assert.Empty(t, tab.ask(t, "absent("+figures+")"))
				assert.Empty(t, tab.ask(t, "faint()"))
				assert.Empty(t, tab.complaints())
			})
		}
	}
}

// The page is accessible, as far as axe can tell.
func TestAccessibility(t *testing.T) {
	axe := script(t, "axe-core/axe.min.js")
	for _, c := range pages(t) {
		for _, s := range screens[:4] {
			t.Run(c.Name+"/"+s.name, func(t *testing.T) {
				tab := newTab(t, s, c.html)
				tab.load(t, axe)
				tab.load(t, checks)
				tab.ask(t, "opened()")
				assert.Empty(t, tab.ask(t, "violations()"))
			})
		}
	}
}

// page is a report as HTML.
type page struct {
	reporttest.Case
	html []byte
}

// pages are reports with all that a page can have; of hostile names it is enough to see a part.
func pages(t *testing.T) []page {
	t.Helper()
	list, err := writePages()
	require.NoError(t, err)
	return list
}

// writePages draws for seconds, so tests share what it made.
var writePages = sync.OnceValues(func() ([]page, error) {
	hostile := reporttest.Hostile(reporttest.Words)
	hostile.Stacks = hostile.Stacks[:6]
	list := []page{
		{Case: reporttest.Case{Name: "changes", Report: reporttest.Changes()}},
		{Case: reporttest.Case{Name: "troubles", Report: reporttest.Troubles()}},
		{Case: reporttest.Case{Name: "hostile", Report: hostile}},
	}
	for i := range list {
		var b bytes.Buffer
		if err := render.HTML(&b, list[i].Report); err != nil {
			return nil, err
		}
		list[i].html = b.Bytes()
	}
	return list, nil
})

// words are what each drawing of a report must show, as JSON.
func words(t *testing.T, r *report.Report) string {
	t.Helper()
	figures := [][]string{}
	for _, s := range r.Stacks {
		for i := range s.Paths {
			figures = append(figures, pathWords(&s.Paths[i]))
		}
	}
	document, err := json.Marshal(figures)
	require.NoError(t, err)
	return string(document)
}

// pathWords are all that a path's hops say.
func pathWords(p *report.Path) []string {
	var list []string
	add := func(hops []egress.Hop) {
		for _, h := range hops {
			list = append(list, h.At, h.ResourceName(), h.Rule, h.Action)
		}
	}
	add(p.Trace.Hops)
	add(p.Trace.Return)
	for i, word := range list {
		list[i] = strings.Join(strings.Fields(word), "")
	}
	return list
}
