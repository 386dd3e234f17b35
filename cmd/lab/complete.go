package main

import (
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"aks-egress/internal/config"
	"aks-egress/internal/drift"
	"aks-egress/internal/engine"
	"aks-egress/internal/engine/simulation"
	"aks-egress/internal/faults"
)

// completion offers words to the shell: what is being typed, and what stands before it.
type completion = func(c *cobra.Command, arguments []string, typed string) ([]string, cobra.ShellCompDirective)

// completeStacks offers the project's stacks, but those that are there already.
func completeStacks(_ *cobra.Command, arguments []string, _ string) ([]string, cobra.ShellCompDirective) {
	project, err := engine.FindProject(".")
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	stacks, err := project.Stacks()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	stacks = slices.DeleteFunc(stacks, func(s string) bool { return slices.Contains(arguments, s) })
	return stacks, cobra.ShellCompDirectiveNoFileComp
}

// stackThen offers a stack, and then what next offers for the argument behind it; nil: nothing.
func stackThen(next completion) completion {
	return func(c *cobra.Command, arguments []string, typed string) ([]string, cobra.ShellCompDirective) {
		switch {
		case len(arguments) == 0:
			return completeStacks(c, arguments, typed)
		case len(arguments) == 1 && next != nil:
			return next(c, arguments, typed)
		}
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
}

func completeOutboundTypes(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var types []string
	for _, outboundType := range config.OutboundTypes() {
		types = append(types, string(outboundType))
	}
	return types, cobra.ShellCompDirectiveNoFileComp
}

// completeChanges offers the changes of drift. Which of them fit the stack, `lab drift STACK` tells; here a deployed
// stack is not opened, which may have to wait for another run.
func completeChanges(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var words []string
	directive := cobra.ShellCompDirectiveNoFileComp
	for _, change := range drift.Changes() {
		word := change.Name
		if change.Value != "" {
			word += "="
			directive |= cobra.ShellCompDirectiveNoSpace
		}
		words = append(words, word+"\t"+change.Summary)
	}
	return words, directive
}

// completeSettings offers the keys of -c, and behind "=" the values of those that have a list of them.
func completeSettings(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	name, _, hasValue := strings.Cut(typed, "=")
	var words []string
	for _, key := range config.Keys() {
		switch {
		case !hasValue:
			sentence, _, _ := strings.Cut(key.Description, ". ")
			words = append(words, key.Name+"=\t"+strings.TrimSuffix(sentence, "."))
		case strings.TrimPrefix(name, config.Namespace+":") == key.Name:
			for _, value := range valuesOf(key) {
				words = append(words, name+"="+value)
			}
		}
	}
	if hasValue {
		return words, cobra.ShellCompDirectiveNoFileComp
	}
	return words, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// valuesOf are the values of a key, where there is a list of them.
func valuesOf(key config.Key) []string {
	if key.Type == config.Boolean {
		return []string{"true", "false"}
	}
	values := slices.Clone(key.Values)
	if text, ok := key.DefaultText(); ok && len(values) > 0 && text != "" && !slices.Contains(values, text) {
		values = append(values, text)
	}
	return values
}

// completeFault offers a rule of --fault word by word: TYPE OPERATION FAULT. It is one argument, so it is quoted.
func completeFault(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	const more = cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	words := strings.Split(typed, " ")
	var offered []string
	for _, subject := range simulation.FaultSubjects() {
		operations := slices.Sorted(maps.Keys(subject.Faults))
		switch {
		case len(words) == 1:
			offered = append(offered, subject.Type)
		case words[0] != subject.Type:
		case len(words) == 2:
			for _, operation := range operations {
				offered = append(offered, words[0]+" "+string(operation))
			}
		case len(words) == 3:
			for _, fault := range subject.Faults[faults.Operation(words[1])] {
				offered = append(offered, words[0]+" "+words[1]+" "+string(fault))
			}
		}
	}
	if len(words) < 3 {
		return offered, more
	}
	return offered, cobra.ShellCompDirectiveNoFileComp
}
