package shell

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/interp"
)

// servers are the programs that start and stay; what they would serve is not simulated.
var servers = map[string]bool{
	"nginx": true, "httpd": true, "nginx-debug": true, "pause": true, "docker-entrypoint.sh": true,
}

// unsimulated are programs of the usual images that scripts use and kubesim does not know: to call them "not found"
// would be wrong.
var unsimulated = map[string]bool{
	"apk": true, "apt-get": true, "awk": true, "base64": true, "basename": true, "bash": true, "chmod": true,
	"chown": true, "cp": true, "dd": true, "df": true, "dig": true, "dirname": true, "du": true, "env": true,
	"expr": true, "find": true, "hostname": true, "id": true, "ln": true, "ls": true, "mv": true, "nc": true,
	"nslookup": true, "ping": true, "ps": true, "sed": true, "tee": true, "timeout": true, "touch": true,
	"uname": true, "wget": true, "xargs": true,
}

// hostBuiltins are builtins of the interpreter that look at the host, or that no POSIX shell has.
var hostBuiltins = map[string]bool{
	"cd": true, ".": true, "source": true, "pushd": true, "popd": true, "dirs": true, "shopt": true,
	"mapfile": true, "readarray": true, "umask": true,
}

func (p *process) has(name string) bool {
	return tools[name] != nil && !slices.Contains(p.Without, name)
}

// call sees every simple command before it runs. It counts them, and keeps the interpreter from asking the host.
func (p *process) call(ctx context.Context, args []string) ([]string, error) {
	p.mu.Lock()
	p.commands++
	endless := p.commands > maxCommands
	p.mu.Unlock()
	if endless || ctx.Err() != nil {
		return args, errEndless
	}
	switch name := args[0]; {
	case name == "[" || name == "test":
		return existenceTests(args), nil
	case name == "pwd":
		return []string{"echo", "/"}, nil
	case name == "type", name == "command" && len(args) > 1 && (args[1] == "-v" || args[1] == "-V"):
		return append([]string{"kubesim-which"}, args...), nil
	case hostBuiltins[name]:
		return append([]string{"kubesim-refuse"}, args...), nil
	}
	return args, nil
}

// existenceTests turns -r, -w and -x, which the interpreter asks the host about, into -e: what exists here is readable.
func existenceTests(args []string) []string {
	out := slices.Clone(args)
	for i := 1; i+1 < len(out); i++ {
		before := out[i-1]
		first := i == 1 || before == "!" || before == "-a" || before == "-o" || before == "("
		if first && (out[i] == "-r" || out[i] == "-w" || out[i] == "-x") {
			out[i] = "-e"
		}
	}
	return out
}

func (p *process) exec(ctx context.Context, args []string) error {
	io := interp.HandlerCtx(ctx)
	name := args[0]
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		name = name[i+1:]
	}
	switch {
	case name == "kubesim-which":
		return p.which(io, args[1:])
	case name == "kubesim-refuse":
		fmt.Fprintf(io.Stderr, "sh: %s: not simulated\n", args[1])
		return interp.ExitStatus(127)
	case p.has(name):
		return tools[name](&call{process: p, ctx: ctx, in: io.Stdin, out: io.Stdout, err: io.Stderr}, args[1:])
	case servers[name]:
		return errStays
	case unsimulated[name] && !slices.Contains(p.Without, name):
		fmt.Fprintf(io.Stderr, "sh: %s: not simulated\n", args[0])
		return interp.ExitStatus(127)
	}
	fmt.Fprintf(io.Stderr, "sh: %s: not found\n", args[0])
	return interp.ExitStatus(127)
}

// which answers `command -v` and `type`.
func (p *process) which(io interp.HandlerContext, args []string) error {
	var err error
	for _, name := range args[1:] {
		switch {
		case strings.HasPrefix(name, "-"):
		case interp.IsBuiltin(name) && !hostBuiltins[name]:
			fmt.Fprintln(io.Stdout, name)
		case p.has(name):
			fmt.Fprintln(io.Stdout, "/usr/bin/"+name)
		default:
			err = interp.ExitStatus(127)
		}
	}
	return err
}

func (p *process) open(_ context.Context, name string, flag int, _ os.FileMode) (io.ReadWriteCloser, error) {
	return p.Files.open(name, flag)
}

func (p *process) stat(_ context.Context, name string, _ bool) (fs.FileInfo, error) {
	return p.Files.stat(name)
}

func (p *process) readDir(_ context.Context, dir string) ([]fs.DirEntry, error) {
	return p.Files.list(dir), nil
}
