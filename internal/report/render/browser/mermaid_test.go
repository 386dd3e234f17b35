package browser_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
	"pgregory.net/rapid"

	"aks-egress/internal/report"
	"aks-egress/internal/report/render"
	"aks-egress/internal/report/reporttest"
)

// drawn lets Mermaid draw a source as GitHub does, and says which words are not there.
const drawn = `
mermaid.initialize({ startOnLoad: false, securityLevel: "strict" });
let count = 0;
async function drawn(source, words) {
  try {
    await mermaid.parse(source);
    const { svg } = await mermaid.render("m" + count++, source);
    const shown = new DOMParser().parseFromString(svg, "text/html");
    if (shown.querySelector("a, img, script")) return ["a link, a picture or a script: " + svg];
    shown.querySelectorAll("style, title, desc").forEach((e) => e.remove());
    const text = shown.body.textContent.replace(/\s+/g, "");
    const absent = words.filter((word) => !text.includes(word.replace(/\s+/g, "")));
    return absent.map((word) => "lacks " + word + ": " + text);
  } catch (error) {
    return [String(error)];
  }
}`

func newMermaid(t *testing.T) *tab {
	t.Helper()
	source := script(t, "mermaid/dist/mermaid.min.js")
	tab := newTab(t, screens[0], []byte("<!DOCTYPE html><title>Mermaid</title><body></body>"))
	tab.load(t, source)
	tab.load(t, drawn)
	return tab
}

func (p *tab) draw(t *testing.T, source string, words []string) []string {
	t.Helper()
	arguments, err := json.Marshal([]any{source, words})
	require.NoError(t, err)
	return p.ask(t, fmt.Sprintf("drawn(...%s)", arguments))
}

// Mermaid draws each path, with all that its hops say.
func TestMermaid(t *testing.T) {
	tab := newMermaid(t)
	for _, c := range reporttest.Cases() {
		for _, s := range c.Report.Stacks {
			for i := range s.Paths {
				p := &s.Paths[i]
				assert.Empty(t, tab.draw(t, render.Mermaid(p), pathWords(p)), "%s: %s", c.Name, s.Name)
			}
		}
	}
}

// What stands in Markdown as a flowchart is what Mermaid takes.
func TestMermaidInMarkdown(t *testing.T) {
	tab := newMermaid(t)
	for _, c := range reporttest.Cases() {
		var b strings.Builder
		require.NoError(t, render.Markdown(&b, c.Report))
		blocks := flowcharts([]byte(b.String()))
		require.NotEmpty(t, blocks, c.Name)
		for _, block := range blocks {
			assert.Empty(t, tab.draw(t, block, []string{}), c.Name)
		}
	}
}

// flowcharts are the blocks of a document that GitHub gives to Mermaid.
func flowcharts(document []byte) []string {
	var blocks []string
	root := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(document))
	for n := root.FirstChild(); n != nil; n = n.NextSibling() {
		if code, ok := n.(*ast.FencedCodeBlock); ok && string(code.Language(document)) == "mermaid" {
			blocks = append(blocks, string(code.Lines().Value(document)))
		}
	}
	return blocks
}

// No name breaks a flowchart.
func TestMermaidWithAnyName(t *testing.T) {
	tab := newMermaid(t)
	p := reporttest.Stack("udr", reporttest.Network("udr")).Paths[0]
	rapid.Check(t, func(r *rapid.T) {
		name := rapid.OneOf(
			rapid.SampledFrom(reporttest.Words), rapid.StringMatching("[!-~]{1,12}"), rapid.StringMatching("[ -~\\n]{1,40}"),
		)
		path := hostilePath(p, name.Draw(r, "rule"), name.Draw(r, "place"))
		if wrong := tab.draw(t, render.Mermaid(path), pathWords(path)); len(wrong) > 0 {
			r.Fatal(wrong)
		}
	})
}

// hostilePath is a path with other names.
func hostilePath(p report.Path, rule, place string) *report.Path {
	places := report.Places{}
	for id, names := range *p.Network {
		places[id] = append([]string{place}, names...)
	}
	p.Network = &places
	p.Trace.Hops = append(p.Trace.Hops[:0:0], p.Trace.Hops...)
	for i := range p.Trace.Hops {
		p.Trace.Hops[i].Rule = rule
	}
	return &p
}
