package shell

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"
)

// Limits of one process. They bound the host's time and memory, not the simulation's: a script that reaches one of them
// would run for ever, or for longer than anything waits for it.
const (
	maxCommands    = 50_000
	maxHostTime    = 10 * time.Second
	maxOutputBytes = 1 << 20
	maxScriptBytes = 1 << 20
)

// Process is a command and all that it can see.
type Process struct {
	Args     []string          // such as /bin/sh -c SCRIPT, or curl URL
	Env      map[string]string // nothing is inherited from the host
	Files    *Files
	Network  Network
	Without  []string      // programs that the image does not have
	Start    time.Time     // the simulated time at which it starts, for `date`
	Patience time.Duration // simulated time after which a running process counts as one that stays
}

// Ending is how a process ended, or that it did not.
type Ending int

// The endings of a process.
const (
	Exited       Ending = iota // with Result.ExitCode
	StillRunning               // a server, or a script that outlasts Process.Patience
	Endless                    // a script that works without end and never waits
	NotSimulated               // kubesim does not know the program; Result.Reason names it
)

// Result is what a process did.
type Result struct {
	Ending   Ending
	ExitCode int
	Elapsed  time.Duration // simulated
	Output   string        // standard output and standard error together, as in a container's log
	Reason   string        // for Endless and NotSimulated
}

var (
	errStays   = errors.New("the process stays")
	errEndless = errors.New("the script does not end")
)

// process is a running Process. Pipelines and background jobs run concurrently, hence the lock.
type process struct {
	Process
	hostTime time.Duration
	mu       sync.Mutex
	elapsed  time.Duration
	commands int
}

// Run runs a process to its end.
func Run(ctx context.Context, p Process) Result {
	return (&process{Process: p, hostTime: maxHostTime}).start(ctx)
}

func (p *process) start(ctx context.Context) Result {
	script, params, refusal := p.script()
	if refusal != nil {
		return *refusal
	}
	program, err := parse(script)
	if err != nil {
		return Result{ExitCode: 2, Output: fmt.Sprintf("sh: syntax error: %v\n", err)}
	}
	return p.run(ctx, program, params)
}

// script is what the shell has to run: the script of `sh -c`, or the command itself as a one-line script.
func (p *process) script() (script string, params []string, refusal *Result) {
	if len(p.Args) == 0 {
		return "", nil, &Result{Ending: NotSimulated, Reason: "no command, and the image's own is not known"}
	}
	switch path.Base(p.Args[0]) {
	case "sh", "ash", "dash":
		return p.shellScript()
	}
	script, refusal = p.commandLine()
	return script, nil, refusal
}

// commandLine is a command that is no shell, written as a script.
func (p *process) commandLine() (script string, refusal *Result) {
	name := path.Base(p.Args[0])
	if !p.has(name) && !servers[name] {
		return "", &Result{Ending: NotSimulated, Reason: fmt.Sprintf("program %q is not simulated", p.Args[0])}
	}
	words := []string{name}
	for _, arg := range p.Args[1:] {
		quoted, err := syntax.Quote(arg, syntax.LangPOSIX)
		if err != nil {
			return "", &Result{Ending: NotSimulated, Reason: fmt.Sprintf("argument %q: %v", arg, err)}
		}
		words = append(words, quoted)
	}
	return strings.Join(words, " "), nil
}

// shellScript reads a shell's own command line: options, then -c SCRIPT with $0, or a file, then the parameters.
func (p *process) shellScript() (script string, params []string, refusal *Result) {
	isScript := false
	args := p.Args[1:]
	for len(args) > 0 && !isScript && strings.HasPrefix(args[0], "-") && len(args[0]) > 1 {
		flags := args[0][1:]
		args = args[1:]
		isScript = strings.Contains(flags, "c")
		if flags = strings.ReplaceAll(flags, "c", ""); flags != "" {
			params = append(params, "-"+flags)
		}
	}
	if len(args) == 0 {
		return "", nil, &Result{Ending: NotSimulated, Reason: "a shell without a script is not simulated"}
	}
	script = args[0]
	if isScript {
		args = args[min(1, len(args)-1):] // the argument after the script is $0
	} else {
		var err error
		if script, err = p.Files.read(args[0]); err != nil {
			output := fmt.Sprintf("sh: can't open '%s': No such file or directory\n", args[0])
			return "", nil, &Result{ExitCode: 2, Output: output}
		}
	}
	return script, append(append(params, "--"), args[1:]...), nil
}

// parse accepts what a POSIX shell accepts, and `local`, which dash and busybox have too.
func parse(script string) (*syntax.File, error) {
	if len(script) > maxScriptBytes {
		return nil, fmt.Errorf("script of %d bytes: the limit is %d", len(script), maxScriptBytes)
	}
	file, err := syntax.NewParser(syntax.Variant(syntax.LangPOSIX)).Parse(strings.NewReader(script), "")
	if err != nil {
		return nil, err
	}
	usesLocal := false
	syntax.Walk(file, func(node syntax.Node) bool {
		if call, ok := node.(*syntax.CallExpr); ok && len(call.Args) > 0 && call.Args[0].Lit() == "local" {
			usesLocal = true
		}
		return true
	})
	if usesLocal {
		return syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(script), "")
	}
	return file, nil
}

func (p *process) run(ctx context.Context, program *syntax.File, params []string) Result {
	output := &log{}
	runner, err := interp.New(
		interp.Env(expand.ListEnviron(p.environment()...)),
		interp.StdIO(nil, output, output),
		interp.Params(params...),
		interp.CallHandler(p.call),
		interp.ExecHandlers(func(interp.ExecHandlerFunc) interp.ExecHandlerFunc { return p.exec }),
		interp.OpenHandler(p.open),
		interp.StatHandler(p.stat),
		interp.ReadDirHandler2(p.readDir),
	)
	if err != nil {
		return Result{ExitCode: 2, Output: fmt.Sprintf("sh: %v\n", err)}
	}
	runner.Dir = "/" // the option would look at the host's directories
	ctx, cancel := context.WithTimeoutCause(ctx, p.hostTime, errEndless)
	defer cancel()
	err = runner.Run(ctx, program)
	return p.result(ctx, err, output.String())
}

func (p *process) result(ctx context.Context, err error, output string) Result {
	result := Result{Elapsed: p.elapsed, Output: output}
	var status interp.ExitStatus
	switch {
	case errors.Is(err, errStays):
		result.Ending = StillRunning
	case errors.Is(err, errEndless), ctx.Err() != nil:
		result.Ending = Endless
		result.Reason = fmt.Sprintf(
			"the simulation stopped the script, which does not end: %d commands, %s of simulated time", p.commands, p.elapsed)
	case errors.As(err, &status):
		result.ExitCode = int(status)
	case err != nil:
		result.ExitCode = 1
		result.Output += fmt.Sprintf("sh: %v\n", err)
	}
	return result
}

// environment adds what the interpreter would otherwise ask the host for.
func (p *process) environment() []string {
	env := map[string]string{
		"HOME": "/", "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"UID": "1000", "EUID": "1000", "GID": "1000", "TMPDIR": "",
	}
	maps.Copy(env, p.Env)
	var list []string
	for _, name := range slices.Sorted(maps.Keys(env)) {
		list = append(list, name+"="+env[name])
	}
	return list
}

// wait lets simulated time pass.
func (p *process) wait(d time.Duration) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.elapsed += d
	if p.Patience > 0 && p.elapsed >= p.Patience {
		p.elapsed = p.Patience
		return errStays
	}
	return nil
}

// log keeps the first maxOutputBytes of what is written to it.
type log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Write(p[:min(len(p), maxOutputBytes-min(l.text.Len(), maxOutputBytes))])
	return len(p), nil
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
