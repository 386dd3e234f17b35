package shell

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/interp"
)

// lines splits text that may or may not end with a newline.
func lines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

func (c *call) printLines(list []string) error {
	if len(list) == 0 {
		return nil
	}
	return c.print(strings.Join(list, "\n") + "\n")
}

// count reads -n N, -nN, -N and -c N of head and tail.
func count(args []string) (n int, bytes bool, files []string, ok bool) {
	n = 10
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if !strings.HasPrefix(arg, "-") || arg == "-" {
			files = append(files, arg)
			continue
		}
		text := arg[1:]
		if text[0] == 'n' || text[0] == 'c' {
			bytes = text[0] == 'c'
			text = text[1:]
			if text == "" && i+1 < len(args) {
				i++
				text = args[i]
			}
		}
		number, err := strconv.Atoi(text)
		if err != nil || number < 0 {
			return 0, false, nil, false
		}
		n = number
	}
	return n, bytes, files, true
}

func head(c *call, args []string) error {
	n, bytes, files, ok := count(args)
	if !ok {
		return c.usage("head", args)
	}
	text, err := c.input("head", files)
	if err != nil {
		return err
	}
	if bytes {
		return c.print(text[:min(n, len(text))])
	}
	list := lines(text)
	return c.printLines(list[:min(n, len(list))])
}

func tail(c *call, args []string) error {
	if slices.Contains(args, "-f") {
		return errStays
	}
	n, bytes, files, ok := count(args)
	if !ok {
		return c.usage("tail", args)
	}
	text, err := c.input("tail", files)
	if err != nil {
		return err
	}
	if bytes {
		return c.print(text[max(0, len(text)-n):])
	}
	list := lines(text)
	return c.printLines(list[max(0, len(list)-n):])
}

func sortLines(c *call, args []string) error {
	unique := slices.Contains(args, "-u")
	files := slices.DeleteFunc(slices.Clone(args), func(arg string) bool { return arg == "-u" })
	if slices.ContainsFunc(files, func(arg string) bool { return len(arg) > 1 && arg[0] == '-' }) {
		return c.usage("sort", args)
	}
	text, err := c.input("sort", files)
	if err != nil {
		return err
	}
	list := lines(text)
	slices.Sort(list)
	if unique {
		list = slices.Compact(list)
	}
	return c.printLines(list)
}

func uniq(c *call, args []string) error {
	if len(args) > 0 {
		return c.usage("uniq", args)
	}
	text, err := c.input("uniq", nil)
	if err != nil {
		return err
	}
	return c.printLines(slices.Compact(lines(text)))
}

func wc(c *call, args []string) error {
	if len(args) != 1 || args[0] != "-l" && args[0] != "-c" && args[0] != "-w" {
		return c.usage("wc", args)
	}
	text, err := c.input("wc", nil)
	if err != nil {
		return err
	}
	n := map[string]int{"-l": strings.Count(text, "\n"), "-c": len(text), "-w": len(strings.Fields(text))}[args[0]]
	return c.print(strconv.Itoa(n) + "\n")
}

func cut(c *call, args []string) error {
	delimiter, field, ok := cutOptions(args)
	if !ok {
		return c.usage("cut", args)
	}
	text, err := c.input("cut", nil)
	if err != nil {
		return err
	}
	list := lines(text)
	for i, line := range list {
		if parts := strings.Split(line, delimiter); len(parts) > 1 {
			list[i] = ""
			if field <= len(parts) {
				list[i] = parts[field-1]
			}
		}
	}
	return c.printLines(list)
}

// cutOptions reads -d DELIMITER and -f FIELD, joined or not.
func cutOptions(args []string) (delimiter string, field int, ok bool) {
	delimiter = "\t"
	for i := 0; i < len(args); i++ {
		flag := args[i]
		if len(flag) < 2 || flag[0] != '-' {
			return "", 0, false
		}
		value := flag[2:]
		if value == "" && i+1 < len(args) {
			i++
			value = args[i]
		}
		switch flag[1] {
		case 'd':
			delimiter = value
		case 'f':
			field, _ = strconv.Atoi(value)
		default:
			return "", 0, false
		}
	}
	return delimiter, field, field > 0 && len(delimiter) == 1
}

// grep knows -q, -v, -c, -i, -E, -F and -o together in any order, and one pattern.
func grep(c *call, args []string) error {
	flags := ""
	for len(args) > 0 && strings.HasPrefix(args[0], "-") && len(args[0]) > 1 {
		flags += args[0][1:]
		args = args[1:]
	}
	if len(args) == 0 || strings.Trim(flags, "qvciEF") != "" {
		return c.usage("grep", append([]string{"-" + flags}, args...))
	}
	if !strings.ContainsAny(flags, "EF") && strings.ContainsAny(args[0], `+?|(){}`) {
		return c.usage("grep", args) // a basic regular expression gives these another meaning
	}
	expression, err := grepExpression(args[0], flags)
	if err != nil {
		fmt.Fprintf(c.err, "grep: bad regex '%s': %v\n", args[0], err)
		return interp.ExitStatus(2)
	}
	text, err := c.input("grep", args[1:])
	if err != nil {
		return interp.ExitStatus(2)
	}
	matches := slices.DeleteFunc(lines(text), func(line string) bool {
		return expression.MatchString(line) == strings.Contains(flags, "v")
	})
	switch {
	case strings.Contains(flags, "q"):
	case strings.Contains(flags, "c"):
		err = c.print(strconv.Itoa(len(matches)) + "\n")
	default:
		err = c.printLines(matches)
	}
	if len(matches) == 0 {
		return interp.ExitStatus(1)
	}
	return err
}

func grepExpression(pattern, flags string) (*regexp.Regexp, error) {
	if strings.Contains(flags, "F") {
		pattern = regexp.QuoteMeta(pattern)
	}
	if strings.Contains(flags, "i") {
		pattern = "(?i)" + pattern
	}
	return regexp.Compile(pattern)
}

// tr knows -d SET, -s SET, and SET SET; a set may have ranges and \n.
func tr(c *call, args []string) error {
	mode, sets := "", args
	if len(args) > 0 && (args[0] == "-d" || args[0] == "-s") {
		mode, sets = args[0], args[1:]
	}
	from, to, ok := trSets(mode, sets)
	if !ok {
		return c.usage("tr", args)
	}
	text, err := c.input("tr", nil)
	if err != nil {
		return err
	}
	var out []byte
	for i := range len(text) {
		at := slices.Index(from, text[i])
		switch {
		case at < 0:
			out = append(out, text[i])
		case mode == "-d", mode == "-s" && len(out) > 0 && out[len(out)-1] == text[i]:
		default:
			out = append(out, to[at])
		}
	}
	return c.print(string(out))
}

// trSets are the bytes to replace and, one for each, what replaces them.
func trSets(mode string, sets []string) (from, to []byte, ok bool) {
	if wanted := map[string]int{"": 2, "-d": 1, "-s": 1}[mode]; len(sets) != wanted {
		return nil, nil, false
	}
	if from, ok = set(sets[0]); !ok || mode != "" {
		return from, from, ok
	}
	if to, ok = set(sets[1]); !ok {
		return nil, nil, false
	}
	for len(to) < len(from) {
		to = append(to, to[len(to)-1])
	}
	return from, to, true
}

// set expands what tr takes as a set of bytes.
func set(text string) ([]byte, bool) {
	if strings.Contains(text, "[:") {
		return nil, false
	}
	text = strings.NewReplacer(`\n`, "\n", `\r`, "\r", `\t`, "\t", `\\`, `\`).Replace(text)
	var out []byte
	for i := 0; i < len(text); i++ {
		if i+2 < len(text) && text[i+1] == '-' && text[i] <= text[i+2] {
			for b := int(text[i]); b <= int(text[i+2]); b++ {
				out = append(out, byte(b))
			}
			i += 2
			continue
		}
		out = append(out, text[i])
	}
	return out, len(out) > 0
}
