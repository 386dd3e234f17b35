package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fatih/color"
	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"aks-egress/egress/matrix"
)

// matrixWidth is what the table of a matrix takes at least.
const matrixWidth = 80

// matrix shows the rows of one network, or of several side by side.
func (w *summary) matrix(report matrixReport, width int) {
	t := &matrixTable{w: w, width: max(width, matrixWidth)}
	if len(report.Matrix) == 1 {
		t.one(report.Matrix[0])
	} else {
		t.several(report.Matrix)
	}
	t.print()
	t.openers(report.Matrix)
	for i, note := range t.notes {
		w.noted(fmt.Sprintf("(%d) %s", i+1, note), t.width)
	}
	if len(report.NotDeployed) > 0 {
		w.noted("Not deployed: "+strings.Join(report.NotDeployed, ", ")+".", t.width)
	}
	for _, m := range report.Matrix {
		if len(m.UnknownResources) > 0 {
			of := ""
			if m.Stack != "" {
				of = " of " + m.Stack
			}
			w.noted(fmt.Sprintf("%s%s not known to the model, which may change the picture: lab doctor lists them.",
				countOf(len(m.UnknownResources), "resource"), of), t.width)
		}
	}
}

// noted writes a paragraph.
func (w *summary) noted(sentences string, width int) {
	fmt.Fprintf(w.out, "\n%s\n", strings.Join(wrap(sentences, width), "\n"))
}

// matrixTable is the text of a matrix under way.
type matrixTable struct {
	w      *summary
	width  int
	title  string
	header []string
	cells  [][]string
	class  string // of the last row
	paths  bool   // there is a column of them
	notes  []string
}

// one has a row for each destination: path, source IP, verdict.
func (t *matrixTable) one(m stackMatrix) {
	t.header, t.paths = []string{"destination", "path", "source IP", "verdict"}, true
	for _, row := range m.Rows {
		t.title = strings.TrimPrefix(m.Stack+": "+flowStart(row.Flow), ": ")
		t.add(row.Class, asked(row), row.Path, strings.Join(row.SourceIPs, ", "), t.w.verdict(row)+t.note(row))
	}
}

// several has a row for each destination and a column for each stack: the source IPs, or why there is none. A class
// whose destinations fare alike has one row.
func (t *matrixTable) several(all []stackMatrix) {
	t.title = "An address means allowed: it is what the far end sees."
	t.header = []string{"destination"}
	for _, m := range all {
		t.header = append(t.header, m.Stack)
	}
	rows := all[0].Rows
	for first, next := 0, 0; first < len(rows); first = next {
		class, of := rows[first].Class, [][]string{}
		for ; next < len(rows) && rows[next].Class == class; next++ {
			of = append(of, t.cellsOf(all, next))
		}
		differs := func(cells []string) bool { return !slices.Equal(cells, of[0]) }
		if len(of) > 1 && !slices.ContainsFunc(of, differs) {
			t.cells = append(t.cells, append([]string{fmt.Sprintf("%s, %d hosts", class, len(of))}, of[0]...))
			continue
		}
		for i, cells := range of {
			t.add(class, append([]string{rows[first+i].Destination}, cells...)...)
		}
	}
}

// cellsOf are what becomes of one destination in each stack.
func (t *matrixTable) cellsOf(all []stackMatrix, destination int) []string {
	cells := make([]string, len(all))
	for i, m := range all {
		row := m.Rows[destination]
		cells[i] = strings.Join(row.SourceIPs, "\n")
		if cells[i] == "" {
			cells[i] = t.w.verdict(row)
		}
		cells[i] += t.note(row)
	}
	return cells
}

// add appends a row, below the name of its class.
func (t *matrixTable) add(class string, cells ...string) {
	if class != t.class {
		t.class = class
		heading := make([]string, len(cells))
		heading[0] = class
		t.cells = append(t.cells, heading)
	}
	cells[0] = "  " + cells[0]
	t.cells = append(t.cells, cells)
}

// asked is the destination of a row with the host that was asked for, which is the cluster's own for the API server.
func asked(row matrix.Row) string {
	scheme, place, _ := strings.Cut(row.Destination, "://")
	if _, port, hasPort := strings.Cut(place, ":"); row.Flow.Host != "" && hasPort {
		return scheme + "://" + row.Flow.Host + ":" + port
	} else if row.Flow.Host != "" {
		return scheme + "://" + row.Flow.Host
	}
	return row.Destination
}

// note is the number of what there is to say of a row; empty: nothing.
func (t *matrixTable) note(row matrix.Row) string {
	var note string
	switch {
	case row.Verdict == matrix.Unknown:
		note = row.Reason
	case row.Caveat != "":
		note = "Not considered: " + row.Caveat
	default:
		return ""
	}
	i := slices.Index(t.notes, note)
	if i < 0 {
		i = len(t.notes)
		t.notes = append(t.notes, note)
	}
	return fmt.Sprintf(" (%d)", i+1)
}

func (w *summary) verdict(row matrix.Row) string {
	switch row.Verdict {
	case matrix.Allowed:
		return w.paint("allowed", color.FgGreen)
	case matrix.Blocked:
		return w.paint("blocked", color.FgRed)
	case matrix.Unknown:
	}
	return w.paint("not known", color.FgYellow)
}

// print writes the table.
func (t *matrixTable) print() {
	fmt.Fprintln(t.w.out, t.w.paint(t.title, color.Bold))
	fmt.Fprintln(t.w.out)
	widths := t.widths()
	out := plainTable()
	out.AppendHeader(tableRow(t.header))
	for _, cells := range t.cells {
		cells[destinationColumn] = wrapName(cells[destinationColumn], widths[destinationColumn])
		if t.paths {
			cells[pathColumn] = text.Snip(cells[pathColumn], widths[pathColumn], "…")
		}
		out.AppendRow(tableRow(cells))
	}
	fmt.Fprintln(t.w.out, out.Render())
}

// The columns of a matrix that give way where there is no room: paths are cut short, destinations are wrapped.
const destinationColumn, pathColumn = 0, 1

// narrower is in which order they do, and down to which width each time.
var narrower = []struct{ column, width int }{
	{pathColumn, 23}, {destinationColumn, 30}, {pathColumn, 18}, {destinationColumn, 24},
}

// widths are those of the columns: as wide as their cells if there is room, else some give way.
func (t *matrixTable) widths() []int {
	const gap = 2
	widths := make([]int, len(t.header))
	missing := -t.width - gap
	for i := range widths {
		for _, cells := range append(t.cells, t.header) {
			widths[i] = max(widths[i], text.LongestLineLen(cells[i]))
		}
		missing += widths[i] + gap
	}
	for _, step := range narrower {
		if step.column == pathColumn && !t.paths {
			continue
		}
		given := min(max(0, missing), max(0, widths[step.column]-step.width))
		widths[step.column] -= given
		missing -= given
	}
	return widths
}

func tableRow(cells []string) table.Row {
	row := make(table.Row, len(cells))
	for i, cell := range cells {
		row[i] = cell
	}
	return row
}

// wrapName breaks a name that is wider than a line behind its dots, hyphens and slashes; lines after the first are
// indented further.
func wrapName(name string, width int) string {
	const deeper = "    "
	name = shortened(name)
	var lines []string
	for indent := ""; len(indent)+len(name) > width; indent = deeper {
		room := width - len(indent)
		i := strings.LastIndexAny(name[:room], " .-/") + 1
		if i == 0 {
			i = room
		}
		lines, name = append(lines, indent+name[:i]), name[i:]
	}
	if len(lines) > 0 {
		name = deeper + name
	}
	return strings.Join(append(lines, name), "\n")
}

// openers lists the entries of allow that open what firewalls block.
func (t *matrixTable) openers(all []stackMatrix) {
	var entries []string
	opened := map[string][]string{} // classes by entry
	for _, m := range all {
		for _, row := range m.Rows {
			entry := row.OpenedBy
			if entry == "" {
				continue
			}
			if opened[entry] == nil {
				entries = append(entries, entry)
			}
			if !slices.Contains(opened[entry], row.Class) {
				opened[entry] = append(opened[entry], row.Class)
			}
		}
	}
	if len(entries) == 0 {
		return
	}
	t.w.noted("What a firewall blocks is opened by these entries of aks-egress:allow:", t.width)
	out := plainTable()
	for _, entry := range entries {
		out.AppendRow(table.Row{"  " + entry, strings.Join(opened[entry], ", ")})
	}
	fmt.Fprintln(t.w.out, out.Render())
}
