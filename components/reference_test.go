package components_test

import (
	"fmt"
	"go/ast"
	"go/doc"
	"go/doc/comment"
	"go/parser"
	"go/printer"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// docs/reference/components.md says what the code says: types and comments from its source, children from a run.
// UPDATE_GOLDEN=1 rewrites it.
func TestReference(t *testing.T) {
	t.Parallel()
	path := filepath.Join("..", "docs", "reference", "components.md")
	want := newReference(t).page()
	if os.Getenv("UPDATE_GOLDEN") != "" {
		require.NoError(t, os.WriteFile(path, []byte(want), 0o644))
	}
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, want, strings.ReplaceAll(string(text), "\r\n", "\n"), "UPDATE_GOLDEN=1 go test ./components")
}

// reference writes the page.
type reference struct {
	t     *testing.T
	files *token.FileSet
	docs  *doc.Package
	types map[string]*doc.Type
	out   strings.Builder
}

func newReference(t *testing.T) *reference {
	t.Helper()
	r := &reference{t: t, files: token.NewFileSet(), types: map[string]*doc.Type{}}
	sources, err := filepath.Glob("*.go")
	require.NoError(t, err)
	var parsed []*ast.File
	for _, source := range sources {
		if strings.HasSuffix(source, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(r.files, source, nil, parser.ParseComments)
		require.NoError(t, err)
		parsed = append(parsed, file)
	}
	r.docs, err = doc.NewFromFiles(r.files, parsed, "aks-egress/components")
	require.NoError(t, err)
	for _, kind := range r.docs.Types {
		r.types[kind.Name] = kind
	}
	return r
}

func (r *reference) page() string {
	r.out.WriteString(`<!-- Generated from components/*.go by: UPDATE_GOLDEN=1 go test ./components -->
# Components

The parts of which a stack is composed, for programs of yours too: [use a component
alone](../how-to/use-a-component-alone.md). What holds for all of them is the package's contract: ` +
		"`go doc ./components`" + `.

An argument of a plain Go type decides which resources exist; one of a Pulumi input type only flows into a property.
`)
	tokens := map[string]string{}
	for of := range constructors {
		tokens[of[strings.LastIndex(of, ":")+1:]] = of
	}
	for _, kind := range r.docs.Types {
		if of, ok := tokens[kind.Name]; ok {
			r.component(kind, of)
		}
	}
	r.out.WriteString("\n## Types of arguments\n")
	for _, kind := range r.docs.Types {
		if _, ok := tokens[strings.TrimSuffix(kind.Name, "Args")]; !ok {
			r.argument(kind)
		}
	}
	return r.out.String()
}

// component writes what there is to say of a component.
func (r *reference) component(kind *doc.Type, of string) {
	fmt.Fprintf(&r.out, "\n## %s\n\n%s\nType: `%s`\n", kind.Name, r.text(kind.Doc), of)
	arguments := r.types[kind.Name+"Args"]
	require.NotNil(r.t, arguments, "%s has no arguments", kind.Name)
	r.fields("argument", arguments)
	r.fields("output", kind)
	r.out.WriteString("\n| child | type |\n|---|---|\n")
	for _, child := range children(r.t, of) {
		fmt.Fprintf(&r.out, "| `NAME%s` | `%s` |\n", child[0], child[1])
	}
}

// argument writes a type that arguments are made of.
func (r *reference) argument(kind *doc.Type) {
	fmt.Fprintf(&r.out, "\n### %s\n\n%s", kind.Name, r.text(kind.Doc))
	r.fields("field", kind)
}

// fields writes a table of a struct's exported fields.
func (r *reference) fields(heading string, kind *doc.Type) {
	structure, ok := kind.Decl.Specs[0].(*ast.TypeSpec).Type.(*ast.StructType)
	if !ok {
		return
	}
	fmt.Fprintf(&r.out, "\n| %s | type | what |\n|---|---|---|\n", heading)
	for _, field := range structure.Fields.List {
		for _, name := range field.Names {
			if name.IsExported() {
				what := strings.TrimSpace(field.Doc.Text() + " " + field.Comment.Text())
				fmt.Fprintf(&r.out, "| `%s` | `%s` | %s |\n", name.Name, r.source(field.Type), r.cell(what))
			}
		}
	}
}

func (r *reference) source(node ast.Expr) string {
	var text strings.Builder
	require.NoError(r.t, printer.Fprint(&text, r.files, node))
	return text.String()
}

// text is a doc comment as Markdown. Links to types lead to their headings here.
func (r *reference) text(text string) string {
	p := r.docs.Printer()
	p.DocLinkURL = func(link *comment.DocLink) string {
		if link.ImportPath != "" {
			return link.DefaultURL("https://pkg.go.dev")
		}
		name := link.Name
		if link.Recv != "" {
			name = link.Recv
		}
		if r.types[name] == nil {
			return "../../components" // a constant, or a function
		}
		return "#" + strings.ToLower(strings.TrimSuffix(name, "Args"))
	}
	return string(p.Markdown(r.docs.Parser().Parse(text)))
}

// cell is a comment in a table's cell.
func (r *reference) cell(text string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(r.text(text)), " "), "|", `\|`)
}

// children are the suffixes and types of what the component registers with the arguments of the contract's test.
func children(t *testing.T, of string) (all [][2]string) {
	t.Helper()
	registered, err := deploy(t, false, func(ctx *pulumi.Context) error { return constructors[of](ctx, "thing") })
	require.NoError(t, err)
	for _, reg := range registered.all {
		if reg.token != of && reg.token != "pulumi:pulumi:Stack" {
			all = append(all, [2]string{strings.TrimPrefix(reg.name, "thing"), reg.token})
		}
	}
	slices.SortFunc(all, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	return all
}
