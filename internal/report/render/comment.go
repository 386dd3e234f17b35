package render

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
)

// commentLimit is how many characters GitHub takes in a comment (docs.github.com: "body is too long (maximum is 65536
// characters)"). It is compared with UTF-16 units, which are never fewer than characters.
const commentLimit = 65536

// rank is how early a part is left out.
type rank int

// The ranks; what comes first is left out last.
const (
	rankKept rank = iota
	rankHeadlines
	rankSummary
	rankFolds
	rankChange
	rankFlows
	rankFindings
	rankDrawings
	rankAllowed
	rankResources
	rankAddresses
	rankSNAT
	rankCost
	rankTime
)

// rankNames say what is left out.
var rankNames = map[rank]string{
	rankHeadlines: "headlines", rankSummary: "the summary", rankFolds: "stacks", rankChange: "details of changes",
	rankFlows: "changed flows", rankFindings: "findings", rankDrawings: "drawings", rankAllowed: "destinations",
	rankResources: "changed resources", rankAddresses: "addresses", rankSNAT: "SNAT", rankCost: "costs",
	rankTime: "deploy times",
}

// comment is Markdown in parts that may be left out.
type comment struct {
	parts []part
	quiet bool // what comes is of a stack that did not change
	fold  int  // of the part that comes; 0: in none
	folds int
}

type part struct {
	text  string
	rank  rank
	quiet bool
	fold  int  // 0: in none
	frame bool // it opens or closes the fold
}

func (c *comment) keep(text string) { c.parts = append(c.parts, part{text: text}) }

// may adds a part that may be left out.
func (c *comment) may(r rank, text string) {
	if text != "" {
		c.parts = append(c.parts, part{text: text, rank: r, quiet: c.quiet, fold: c.fold})
	}
}

// open starts a fold, close ends it.
func (c *comment) open(text string) {
	c.folds++
	c.fold = c.folds
	c.parts = append(c.parts, part{text: text, fold: c.fold, frame: true})
}

func (c *comment) close(text string) {
	c.parts = append(c.parts, part{text: text, fold: c.fold, frame: true})
	c.fold, c.quiet = 0, false
}

// fit is the comment with at most a number of characters. Parts are left out by rank, of unchanged stacks first and of
// the last stacks first; a note says which.
func (c *comment) fit(limit int) string {
	order := make([]int, 0, len(c.parts))
	for i := range c.parts {
		if c.parts[i].rank != rankKept {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		p, q := &c.parts[a], &c.parts[b]
		switch {
		case p.quiet != q.quiet && p.rank > rankChange && q.rank > rankChange:
			if p.quiet {
				return -1
			}
			return 1
		case p.rank != q.rank:
			return int(q.rank - p.rank)
		}
		return b - a
	})
	out := make([]bool, len(c.parts))
	contents, frames := c.foldSizes()
	size, left := utf16Length(c.write(out)), map[rank]int{}
	for _, i := range order {
		if size+utf16Length(leftOut(left)) <= limit {
			break
		}
		out[i] = true
		p := &c.parts[i]
		left[p.rank]++
		size -= utf16Length(p.text)
		contents[p.fold]--
		if p.fold > 0 && contents[p.fold] == 0 {
			size -= frames[p.fold]
		}
	}
	return c.write(out) + leftOut(left)
}

// leftOut is the note on what is not there.
func leftOut(left map[rank]int) string {
	if len(left) == 0 {
		return ""
	}
	var names []string
	for r := rankKept; r <= rankTime; r++ {
		if n := left[r]; n > 0 {
			names = append(names, fmt.Sprintf("%s (%d)", rankNames[r], n))
		}
	}
	return "> [!NOTE]\n> Left out here, because GitHub takes no comment of more than 65,536 characters: " +
		strings.Join(names, ", ") + ". The HTML report has all of it: see the artifacts of the workflow's run.\n"
}

// foldSizes are how many parts each fold has, and how long its frame is.
func (c *comment) foldSizes() (contents, frames map[int]int) {
	contents, frames = map[int]int{}, map[int]int{}
	for i := range c.parts {
		if p := &c.parts[i]; p.frame {
			frames[p.fold] += utf16Length(p.text)
		} else {
			contents[p.fold]++
		}
	}
	return contents, frames
}

// write joins the parts that are not left out. The frame of a fold goes with its last part.
func (c *comment) write(out []bool) string {
	var b strings.Builder
	full := map[int]bool{0: true}
	for i, p := range c.parts {
		full[p.fold] = full[p.fold] || !p.frame && !out[i]
	}
	for i, p := range c.parts {
		if full[p.fold] && !out[i] {
			b.WriteString(p.text)
		}
	}
	return b.String()
}

// utf16Length is a text's length as JavaScript counts it.
func utf16Length(text string) int {
	n := 0
	for _, r := range text {
		n += utf16.RuneLen(r)
	}
	return n
}
