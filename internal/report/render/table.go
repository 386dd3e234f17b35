package render

import "github.com/jedib0t/go-pretty/v6/table"

// mdTable is a table of Markdown, whose cells are Markdown already. Without rows it is nothing.
type mdTable struct{ writer table.Writer }

func newTable(header ...string) mdTable {
	t := mdTable{table.NewWriter()}
	t.writer.AppendHeader(cells(header))
	return t
}

func (t mdTable) row(values ...string) { t.writer.AppendRow(cells(values)) }

func (t mdTable) String() string {
	if t.writer.Length() == 0 {
		return ""
	}
	return t.writer.RenderMarkdown() + "\n\n"
}

func cells(values []string) table.Row {
	row := make(table.Row, len(values))
	for i, value := range values {
		row[i] = value
	}
	return row
}
