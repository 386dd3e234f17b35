package azcli

import (
	"io"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"aks-egress/internal/azuresim"
)

// command is one az command.
type command struct {
	name    string // without the word az
	summary string
	flags   []flag

	// token and names say which resource the command is about: its type without API version, and the flag for each
	// path parameter of the type's id. Without them the command finds its resource by itself, and run gets "".
	token string
	names map[string]string
	noIDs bool // the command has no --ids

	run func(c *call, id string) (azuresim.Record, error)
}

// flag is an option of a command.
type flag struct {
	name     string // without dashes
	short    string // one letter, may be empty
	aliases  []string
	kind     kind
	required bool
	usage    string
}

// kind is what a flag takes.
type kind int

const (
	text   kind = iota // one value
	number             // one whole number
	list               // values up to the next flag
	yes                // nothing
)

// globals are the flags of every command, as far as they mean something here.
var globals = []flag{
	{name: "output", short: "o", usage: "json, the default, or none"},
	{name: "subscription", usage: "the id of the simulated subscription"},
	{name: "only-show-errors", kind: yes, usage: "there are no others here"},
}

// call is a command with the values of its flags.
type call struct {
	command *command
	cloud   *azuresim.Cloud
	values  *pflag.FlagSet
	ids     []string // of the resources that it is about; one "" where the command finds them itself
}

// parse reads the flags of a command line.
func (c *command) parse(cloud *azuresim.Cloud, arguments []string) (*call, error) {
	values, err := c.flagSet(arguments)
	if err != nil {
		return nil, err
	}
	call := &call{command: c, cloud: cloud, values: values}
	if output := call.text("output"); !slices.Contains([]string{"", "json", "none"}, output) {
		return nil, c.usage("--output %s: the lab knows json and none", output)
	}
	if id := call.text("subscription"); id != "" && !strings.EqualFold(id, azuresim.SubscriptionID) {
		return nil, c.usage("--subscription %s: the simulated Azure has only %s", id, azuresim.SubscriptionID)
	}
	call.ids, err = call.targets()
	return call, err
}

// flagSet parses the flags, and says which are known where one is not.
func (c *command) flagSet(arguments []string) (*pflag.FlagSet, error) {
	values := pflag.NewFlagSet(c.name, pflag.ContinueOnError)
	values.SetOutput(io.Discard)
	aliases, lists := map[string]string{}, map[string]string{}
	for _, f := range c.allFlags() {
		for _, alias := range f.aliases {
			aliases[alias] = f.name
		}
		f.define(values)
		if f.kind == list {
			for _, spelling := range f.spellings() {
				lists[spelling] = f.name
			}
		}
	}
	values.SetNormalizeFunc(func(_ *pflag.FlagSet, name string) pflag.NormalizedName {
		if proper, ok := aliases[name]; ok {
			name = proper
		}
		return pflag.NormalizedName(name)
	})
	if err := values.Parse(spreadLists(arguments, lists)); err != nil {
		return nil, c.usage("%v; the lab knows %s", err, strings.Join(c.spellings(), ", "))
	}
	if values.NArg() > 0 {
		return nil, c.usage("unrecognized arguments: %s", strings.Join(values.Args(), " "))
	}
	return values, nil
}

// spreadLists turns `--list a b c` into `--list=a --list=b --list=c`, since az lists go on up to the next flag. A list
// without values becomes `--list=`.
func spreadLists(arguments []string, lists map[string]string) []string {
	var spread []string
	for i := 0; i < len(arguments); i++ {
		name, value, joined := strings.Cut(arguments[i], "=")
		flag, ok := lists[name]
		if !ok {
			spread = append(spread, arguments[i])
			continue
		}
		var values []string
		if joined {
			values = append(values, value)
		}
		for i+1 < len(arguments) && !strings.HasPrefix(arguments[i+1], "-") {
			i++
			values = append(values, arguments[i])
		}
		if len(values) == 0 {
			values = []string{""}
		}
		for _, value := range values {
			spread = append(spread, "--"+flag+"="+value)
		}
	}
	return spread
}

// allFlags are the command's own flags, --ids where it has it, and those of every command.
func (c *command) allFlags() []flag {
	all := slices.Clone(c.flags)
	if c.token != "" && !c.noIDs {
		all = append(all, flag{name: "ids", kind: list, usage: "resource ids, in place of the names"})
	}
	return append(all, globals...)
}

// spellings are all flags as a user types them.
func (c *command) spellings() []string {
	var all []string
	for _, f := range c.allFlags() {
		all = append(all, strings.Join(f.spellings(), "/"))
	}
	return all
}

// spellings are the ways to write a flag, with dashes.
func (f flag) spellings() []string {
	all := []string{"--" + f.name}
	for _, alias := range f.aliases {
		all = append(all, "--"+alias)
	}
	if f.short != "" {
		all = append(all, "-"+f.short)
	}
	return all
}

func (f flag) define(values *pflag.FlagSet) {
	switch f.kind {
	case text:
		values.StringP(f.name, f.short, "", f.usage)
	case number:
		values.IntP(f.name, f.short, 0, f.usage)
	case list:
		values.StringArrayP(f.name, f.short, nil, f.usage)
	case yes:
		values.BoolP(f.name, f.short, false, f.usage)
	}
}

// targets are the ids of the resources that the command is about, from --ids or from the names.
func (c *call) targets() ([]string, error) {
	var ids []string
	if c.command.token != "" {
		ids = c.list("ids")
	}
	for _, id := range ids {
		if _, err := azuresim.ResourceNames(c.command.token, id); err != nil {
			return nil, c.command.usage("--ids: %v", err)
		}
	}
	var missing []string
	for _, f := range c.command.flags {
		if named := len(ids) > 0 && c.command.isName(f.name); f.required && !named && !c.given(f.name) {
			missing = append(missing, strings.Join(f.spellings(), "/"))
		}
	}
	if len(missing) > 0 {
		return nil, c.command.usage("the following arguments are required: %s", strings.Join(missing, ", "))
	}
	switch {
	case len(ids) > 0:
		return ids, nil
	case c.command.token == "":
		return []string{""}, nil
	}
	names := map[string]any{}
	for parameter, flag := range c.command.names {
		names[parameter] = c.text(flag)
	}
	id, err := azuresim.ResourceID(c.command.token, names)
	if err != nil {
		return nil, c.command.usage("%v", err)
	}
	return []string{id}, nil
}

// isName tells whether a flag is part of the resource's id.
func (c *command) isName(flag string) bool {
	for _, name := range c.names {
		if name == flag {
			return true
		}
	}
	return false
}

func (c *call) given(name string) bool { return c.values.Changed(name) }

// text is a flag's value; "" where the command has no such flag or it was not given.
func (c *call) text(name string) string {
	if f := c.values.Lookup(name); f != nil {
		return f.Value.String()
	}
	return ""
}

// list is a flag's values without empty ones.
func (c *call) list(name string) []string {
	values, err := c.values.GetStringArray(name)
	if err != nil {
		return nil // the command has no such flag
	}
	return slices.DeleteFunc(values, func(v string) bool { return v == "" })
}

// number is a flag's value as JSON has it, 0 where it was not given.
func (c *call) number(name string) float64 {
	n, err := c.values.GetInt(name)
	if err != nil {
		return 0 // the command has no such flag
	}
	return float64(n)
}

// names are the path parameters of the target.
func (c *call) names(id string) (map[string]any, error) {
	return azuresim.ResourceNames(c.command.token, id)
}
