package render

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"

	"aks-egress/egress"
	"aks-egress/internal/report"
)

//go:embed page.html
var pageSource string

//go:embed page.css
var pageStyle string

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"style": func() template.CSS { return template.CSS(pageStyle) }, //nolint:gosec // it is embedded
	"usd":   usd, "number": number, "total": total, "duration": duration, "verdict": verdictOf, "way": way,
	"findingCounts": findingCounts, "snat": snatText, "groups": groups, "allowedCounts": allowedCounts,
	"short": egress.ShortName, "shortType": shortType, "costFoot": costFoot, "base": baseText, "here": here,
	"join": func(list []string) string { return strings.Join(list, ", ") }, "outcome": outcome, "heading": heading,
	"signed": signed, "arrives": func(t *egress.Trace) bool { return t.Disposition.Arrives() },
}).Parse(pageSource))

// view is a report as the page needs it.
type view struct {
	*report.Report
	Stacks    []stackView
	News      []*report.Stack
	Unchanged string        // in a sentence; empty: nothing to say
	Dated     string        // of prices
	Overview  template.HTML // empty: there are no two ways out to be seen side by side
}

type stackView struct {
	*report.Stack
	ID    string
	Paths []pathView
}

type pathView struct {
	*report.Path
	Wide, Narrow template.HTML
}

// HTML writes one file that needs nothing else: no script, no network. It follows the reader's colours, and folds open
// for a printer. Two calls write the same.
func HTML(w io.Writer, r *report.Report) error {
	v := &view{Report: r, News: news(r)}
	v.Unchanged = unchangedText(unchanged(r), len(v.News) == 0)
	var drawings drawings
	for i := range r.Stacks {
		s := stackView{Stack: &r.Stacks[i], ID: fmt.Sprintf("stack-%d", i+1)}
		v.Dated = max(v.Dated, s.Cost.Dated)
		s.Paths = make([]pathView, len(s.Stack.Paths))
		for j := range s.Stack.Paths {
			p := &s.Paths[j]
			p.Path = &s.Stack.Paths[j]
			salt := fmt.Sprintf("%s-%d", s.ID, j)
			drawings.add(newGraph(p.Path, loop), loop, salt, &p.Wide)
			drawings.add(newGraph(p.Path, line), line, salt, &p.Narrow)
		}
		v.Stacks = append(v.Stacks, s)
	}
	if g := newOverview(r.Stacks); g.waysOut() > 1 {
		drawings.add(g, loop, "", &v.Overview)
	}
	if err := drawings.draw(); err != nil {
		return err
	}
	return page.Execute(w, v)
}

// signed is a number with its sign; empty for none.
func signed(n float64, unit string) string {
	switch {
	case n == 0:
		return ""
	case unit == "USD":
		return signOf(n) + usd(max(n, -n)) + " USD a month"
	}
	return signOf(n) + number(int(max(n, -n))) + " " + unit
}

func signOf(n float64) string {
	if n < 0 {
		return "−"
	}
	return "+"
}
