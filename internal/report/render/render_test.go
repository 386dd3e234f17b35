package render

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
	"golang.org/x/net/html"
	"pgregory.net/rapid"

	"aks-egress/egress"
	"aks-egress/internal/report"
	"aks-egress/internal/report/reporttest"
)

func markdownOf(t require.TestingT, r *report.Report) string {
	var b strings.Builder
	require.NoError(t, Markdown(&b, r))
	return b.String()
}

// The comments are what was looked at; UPDATE_GOLDEN=1 writes them.
func TestMarkdown(t *testing.T) {
	for _, c := range reporttest.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			golden := filepath.Join("testdata", c.Name+".md")
			got := markdownOf(t, c.Report)
			if os.Getenv("UPDATE_GOLDEN") != "" {
				require.NoError(t, os.WriteFile(golden, []byte(got), 0o600))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			assert.Equal(t, string(want), got)
		})
	}
}

// A reviewer reads first what changes, and one line of what does not.
func TestMarkdownBegins(t *testing.T) {
	lines := func(r *report.Report) []string { return strings.Split(markdownOf(t, r), "\n") }
	changes := lines(reporttest.Changes())
	assert.Equal(t, Marker, changes[0])
	assert.Contains(t, changes, "- **natgw** (changed): egress IP changes from 203.0.113.9 to 203.0.113.56")
	assert.Contains(t, changes, "No change in egress: managednat, udr-agc, udr-appgw, udr-dnat.")
	same := lines(reporttest.Same())
	assert.True(t, strings.HasPrefix(same[3], "No change in egress in any stack: lb, managednat,"), same[3])
}

// All stacks fit a comment, with a change.
func TestEverythingFits(t *testing.T) {
	for _, r := range []*report.Report{reporttest.All(), reporttest.Changes(), reporttest.Same()} {
		assert.NotContains(t, markdownOf(t, r), "Left out")
	}
}

// Of too much, the least important is left out: of stacks that did not change, and never what a reviewer needs.
func TestMarkdownLeavesOut(t *testing.T) {
	c := newComment(reporttest.Changes())
	whole := c.fit(1 << 30)
	less := c.fit(utf16Length(whole) - 1)
	assert.Contains(t, less, "takes no comment of more than 65,536 characters: deploy times (")
	assert.Contains(t, less, "| <code>ManagedCluster</code>", "of stacks that changed it is still there")
	little := c.fit(3600)
	assert.Contains(t, little, "becomes blocked by")
	assert.NotContains(t, little, "mermaid\n")
	assert.NotContains(t, little, "<details><summary><b>managednat</b>", "an empty fold")
	assert.Equal(t, strings.Count(little, "<details>"), strings.Count(little, "</details>"))
}

// A comment never has more characters than GitHub takes, and says what is missing.
func TestMarkdownNeverExceedsTheLimit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.SampledFrom(reporttest.Words)
		words := rapid.SliceOfN(word, 1, 12).Draw(t, "words")
		r := reporttest.Hostile(words)
		times := rapid.IntRange(1, 4000).Draw(t, "times")
		r.Stacks[0].Change.Headline = strings.Repeat(word.Draw(t, "long"), times)
		r.Stacks[0].Problems = slices.Repeat(r.Stacks[0].Problems, times)
		for range rapid.IntRange(0, 120).Draw(t, "more") {
			r.Stacks = append(r.Stacks, r.Stacks[0])
		}
		got := markdownOf(t, r)
		if n := utf16Length(got); n > commentLimit {
			t.Fatalf("%d characters", n)
		}
		if len(r.Stacks) > 60 && !strings.Contains(got, "Left out here") {
			t.Fatal("does not say what is missing")
		}
	})
}

var gfm = goldmark.New(goldmark.WithExtensions(extension.GFM))

// FuzzEscape: a text in a cell, a list, or code shows itself and nothing else.
func FuzzEscape(f *testing.F) {
	for _, word := range reporttest.Words {
		f.Add(word)
	}
	f.Fuzz(func(t *testing.T, word string) {
		if len(word) > longestText || plain(word) == "" {
			return
		}
		inCell := newTable("a", "b")
		inCell.row(markdown(word), code(word))
		cells := shown(t, inCell.String(), extast.KindTableCell)
		require.Len(t, cells, 4)
		assert.Equal(t, plain(word), cells[2])
		assert.Equal(t, plain(word), cells[3])
		assert.Equal(t, []string{plain(word)}, shown(t, "- "+markdown(word)+"\n", ast.KindListItem))
		var b bytes.Buffer
		require.NoError(t, gfm.Convert([]byte("- "+markdown(word)), &b))
		assert.NotRegexp(t, `@[^\x{2060}]|:[a-zA-Z0-9_+-]+:|#[0-9]|(?i)gh-[0-9]`, read(t, b.String()),
			"a mention, an emoji, an issue")
	})
}

// shown are the texts of a document's nodes of a kind. Links, pictures and tags but those of code fail the test.
func shown(t *testing.T, document string, kind ast.NodeKind) []string {
	t.Helper()
	source := []byte(document)
	root := gfm.Parser().Parse(text.NewReader(source))
	var texts []string
	require.NoError(t, ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Link, *ast.AutoLink, *ast.Image, *ast.HTMLBlock, *ast.Emphasis, *ast.CodeSpan, *extast.Strikethrough:
			t.Errorf("%s in %q", n.Kind(), document)
		case *ast.RawHTML:
			assert.Contains(t, []string{"<code>", "</code>"}, string(n.Segments.Value(source)))
		}
		if n.Kind() == kind {
			var b bytes.Buffer
			require.NoError(t, gfm.Renderer().Render(&b, source, n))
			texts = append(texts, tagless(t, b.String()))
		}
		return ast.WalkContinue, nil
	}))
	return texts
}

// tagless is what somebody reads of HTML, without joiners.
func tagless(t *testing.T, document string) string {
	t.Helper()
	return strings.Join(strings.Fields(strings.ReplaceAll(read(t, document), joiner, "")), " ")
}

// read is the text of HTML.
func read(t *testing.T, document string) string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(document))
	require.NoError(t, err)
	var b strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
	}
	return b.String()
}

// A drawing is the same every time, names no other file, and has every word of every hop, whatever it is.
func TestDrawing(t *testing.T) {
	for i, p := range []*report.Path{
		&reporttest.Stack("udr", reporttest.Network("udr")).Paths[0],
		&reporttest.Hostile(reporttest.Words).Stacks[1].Paths[0],
	} {
		for _, wide := range []bool{true, false} {
			t.Run(fmt.Sprint(i, wide), func(t *testing.T) {
				svg, err := Drawing(p, wide)
				require.NoError(t, err)
				again, err := Drawing(p, wide)
				require.NoError(t, err)
				assert.Equal(t, svg, again)
				assert.NotContains(t, string(svg), "<script")
				assert.NotContains(t, string(svg), "<img")
				squeezed := strings.Join(strings.Fields(tagless(t, string(svg))), "")
				for _, h := range append(slices.Clone(p.Trace.Hops), p.Trace.Return...) {
					for _, word := range []string{h.At, h.ResourceName(), h.Rule, h.Action} {
						assert.Contains(t, squeezed, strings.Join(strings.Fields(plain(word)), ""))
					}
				}
			})
		}
	}
}

// The model says where a flow ends, and the drawing ends there.
func TestGraphStops(t *testing.T) {
	ends := map[string]string{}
	for _, s := range reporttest.Troubles().Stacks {
		for i := range s.Paths {
			p := &s.Paths[i]
			for _, n := range newGraph(p, loop).nodes {
				if n.stop {
					ends[s.Name+" "+p.Title] = n.title + ": " + n.lines[len(n.lines)-1]
				}
			}
		}
	}
	assert.Equal(t, map[string]string{
		"blocked egress":    "firewall: ✕ denied-out",
		"no-address egress": "NAT gateway: ✕ insufficient",
		"no-peering egress": "route: ✕ no-route",
		"one-way ingress":   "answer: route: ✕ no-return",
		"unknown egress":    "route: ✕ insufficient",
	}, ends)
	empty := newGraph(&report.Path{Title: "egress", Trace: egress.Trace{Disposition: egress.Insufficient}}, line)
	require.Len(t, empty.nodes, 1)
	assert.True(t, empty.nodes[0].stop)
}
