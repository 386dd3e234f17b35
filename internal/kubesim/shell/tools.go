package shell

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"mvdan.cc/sh/v3/interp"
)

// call is one run of a simulated program.
type call struct {
	*process
	ctx context.Context
	in  io.Reader
	out io.Writer
	err io.Writer
}

// tools are the simulated programs. They know the options that scripts for small images use, and refuse others.
var tools map[string]func(c *call, args []string) error

func init() {
	tools = map[string]func(c *call, args []string) error{
		"cat": cat, "curl": curl, "cut": cut, "date": date, "grep": grep, "head": head, "mkdir": mkdir, "rm": rm,
		"seq": seq, "sleep": sleep, "sort": sortLines, "tail": tail, "tr": tr, "uniq": uniq, "wc": wc,
	}
}

func (c *call) usage(name string, args []string) error {
	fmt.Fprintf(c.err, "%s: these arguments are not simulated: %s\n", name, strings.Join(args, " "))
	return interp.ExitStatus(2)
}

// input is the named files one after the other, or standard input.
func (c *call) input(name string, files []string) (string, error) {
	if len(files) == 0 {
		files = []string{"-"}
	}
	var text strings.Builder
	for _, file := range files {
		if file == "-" {
			if c.in == nil {
				continue
			}
			if _, err := io.Copy(&text, io.LimitReader(c.in, maxFileBytes)); err != nil {
				return "", err
			}
			continue
		}
		content, err := c.Files.read(file)
		if err != nil {
			fmt.Fprintf(c.err, "%s: can't open '%s': No such file or directory\n", name, file)
			return text.String(), interp.ExitStatus(1)
		}
		text.WriteString(content)
	}
	return text.String(), nil
}

func (c *call) print(text string) error {
	_, err := io.WriteString(c.out, text)
	if err != nil {
		return interp.ExitStatus(1)
	}
	return nil
}

func cat(c *call, args []string) error {
	text, err := c.input("cat", args)
	if printErr := c.print(text); err == nil {
		err = printErr
	}
	return err
}

func sleep(c *call, args []string) error {
	var total time.Duration
	for _, arg := range args {
		if arg == "infinity" {
			return errStays
		}
		d, err := seconds(arg)
		if err != nil {
			fmt.Fprintf(c.err, "sleep: invalid number '%s'\n", arg)
			return interp.ExitStatus(1)
		}
		total += d
	}
	return c.wait(total)
}

// seconds reads what sleep takes: 5, 0.5, 2m.
func seconds(text string) (time.Duration, error) {
	unit := time.Second
	if n := len(text); n > 0 {
		if i := strings.IndexByte("smhd", text[n-1]); i >= 0 {
			unit = []time.Duration{time.Second, time.Minute, time.Hour, 24 * time.Hour}[i]
			text = text[:n-1]
		}
	}
	number, err := strconv.ParseFloat(text, 64)
	if err != nil || !(number >= 0 && number < 1e9) {
		return 0, fmt.Errorf("%q is no number of seconds", text)
	}
	return time.Duration(number * float64(unit)), nil
}

func date(c *call, args []string) error {
	c.mu.Lock()
	now := c.Start.Add(c.elapsed).UTC()
	c.mu.Unlock()
	args = slices.DeleteFunc(slices.Clone(args), func(arg string) bool { return arg == "-u" })
	if len(args) == 0 {
		return c.print(now.Format("Mon Jan _2 15:04:05 UTC 2006") + "\n")
	}
	text := strings.NewReplacer("%s", strconv.FormatInt(now.Unix(), 10), "%Y", now.Format("2006"), "%m", now.Format("01"),
		"%d", now.Format("02"), "%H", now.Format("15"), "%M", now.Format("04"), "%S", now.Format("05"),
		"%F", now.Format("2006-01-02"), "%T", now.Format("15:04:05")).Replace(args[0])
	if len(args) > 1 || !strings.HasPrefix(text, "+") || strings.Contains(text, "%") {
		return c.usage("date", args)
	}
	return c.print(text[1:] + "\n")
}

func rm(c *call, args []string) error {
	force := false
	var status error
	for _, arg := range args {
		if arg == "-f" {
			force = true
			continue
		}
		if strings.HasPrefix(arg, "-") {
			return c.usage("rm", args)
		}
		if err := c.Files.remove(arg); err != nil && !force {
			fmt.Fprintf(c.err, "rm: can't remove '%s': %v\n", arg, err)
			status = interp.ExitStatus(1)
		}
	}
	return status
}

func mkdir(c *call, args []string) error {
	for _, arg := range args {
		if arg == "-p" {
			continue
		}
		if strings.HasPrefix(arg, "-") {
			return c.usage("mkdir", args)
		}
		c.Files.mu.Lock()
		name := clean(arg)
		ok := c.Files.dirs[name] || c.Files.writable(name)
		if ok {
			c.Files.dirs[name] = true
		}
		c.Files.mu.Unlock()
		if !ok {
			fmt.Fprintf(c.err, "mkdir: can't create directory '%s': Permission denied\n", arg)
			return interp.ExitStatus(1)
		}
	}
	return nil
}

func seq(c *call, args []string) error {
	numbers := []int64{1, 1, 0} // first, step, last
	for i, arg := range args {
		n, err := strconv.ParseInt(arg, 10, 32)
		if err != nil || len(args) > 3 {
			return c.usage("seq", args)
		}
		switch {
		case i == len(args)-1:
			numbers[2] = n
		default:
			numbers[i] = n
		}
	}
	if len(args) == 0 || numbers[1] <= 0 || (numbers[2]-numbers[0])/numbers[1] > maxCommands {
		return c.usage("seq", args)
	}
	var text bytes.Buffer
	for n := numbers[0]; n <= numbers[2]; n += numbers[1] {
		fmt.Fprintln(&text, n)
	}
	return c.print(text.String())
}
