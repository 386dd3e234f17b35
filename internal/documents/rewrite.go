package documents

import "strings"

// Rewrite is the document with the outputs of the run in place of those that it shows and that do not match.
func (d *Document) Rewrite(answers []Answer) []byte {
	var out []byte
	end := 0
	for _, a := range answers {
		if a.Matches || a.Exit != a.Command.Exit {
			continue
		}
		out = append(out, d.source[end:a.Command.start]...)
		if len(a.Output) > 0 {
			out = append(out, strings.Join(a.Output, "\n")+"\n"...)
		}
		end = a.Command.end
	}
	return append(out, d.source[end:]...)
}
