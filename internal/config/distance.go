package config

import "strings"

// maxDistance is how many edits a mistyped word may be away from the one that is suggested for it.
const maxDistance = 3

// nearest is the word with the fewest edits from text, ignoring case; the first of several. Words that differ in more
// than a third of their letters are not suggested.
func nearest(text string, words []string) (word string, ok bool) {
	best := maxDistance + 1
	for _, candidate := range words {
		d := distance(strings.ToLower(text), strings.ToLower(candidate))
		if d < best && d*3 <= max(len(text), len(candidate)) {
			best, word, ok = d, candidate, true
		}
	}
	return word, ok
}

// distance is the optimal string alignment distance: insertions, deletions, substitutions, swaps of neighbours.
func distance(from, to string) int {
	a, b := []rune(from), []rune(to)
	var beforeLast []int
	last := make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], beforeLast[j-2]+1)
			}
		}
		beforeLast, last = last, row
	}
	return last[len(b)]
}
