package main

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
)

// source is the parsed part of an SDK package that matters.
type source struct {
	structs map[string]*ast.StructType
	enums   map[string]string   // enum → the schema's word for its values
	invokes map[string]string   // invoke token → name of the Go function
	needed  map[string][]string // constructor → Go fields that it demands
}

// parseSource reads the files that define a package's nested types, resources and invokes.
func parseSource(dir string, p sdkPackage) (*source, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	src := &source{map[string]*ast.StructType{}, map[string]string{}, map[string]string{}, map[string][]string{}}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		base := filepath.Base(file)
		if !strings.HasPrefix(base, "pulumiTypes") && base != "pulumiEnums.go" && !mentions(text, p) {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, text, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, d := range parsed.Decls {
			src.add(d, text)
		}
	}
	return src, nil
}

// mentions tells whether a file registers one of the package's resources or calls one of its invokes.
func mentions(text []byte, p sdkPackage) bool {
	for _, name := range append(p.resources, p.invokes...) {
		if bytes.Contains(text, []byte(`"`+p.token(name)+`", `)) {
			return true
		}
	}
	return false
}

var (
	invokeCall   = regexp.MustCompile(`ctx\.Invoke\("([^"]+)"`)
	requiredArgs = regexp.MustCompile(`required argument '(\w+)'`)
)

// add records a struct or enum, the token that a function invokes, or what a constructor demands.
func (s *source) add(d ast.Decl, text []byte) {
	switch d := d.(type) {
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			if t, ok := spec.(*ast.TypeSpec); ok {
				s.addSpec(t)
			}
		}
	case *ast.FuncDecl:
		if d.Recv != nil || d.Body == nil {
			return
		}
		body := text[d.Body.Pos()-1 : d.Body.End()-1]
		if m := invokeCall.FindSubmatch(body); m != nil {
			s.invokes[string(m[1])] = d.Name.Name
		}
		for _, m := range requiredArgs.FindAllSubmatch(body, -1) {
			s.needed[d.Name.Name] = append(s.needed[d.Name.Name], string(m[1]))
		}
	}
}

func (s *source) addSpec(t *ast.TypeSpec) {
	switch u := t.Type.(type) {
	case *ast.StructType:
		s.structs[t.Name.Name] = u
	case *ast.Ident:
		if word, ok := plain[u.Name]; ok {
			s.enums[t.Name.Name] = word
		}
	}
}

// addResource adds a resource's inputs and outputs and the types that they use.
func (s *source) addResource(doc *document, name string) error {
	inputs, err := s.properties(doc, strings.ToLower(name[:1])+name[1:]+"Args")
	if err != nil {
		return err
	}
	for _, field := range s.needed["New"+name] {
		key := strings.ToLower(field[:1]) + field[1:]
		if t, ok := inputs[key]; ok && !strings.HasSuffix(t, "!") {
			inputs[key] = t + "!"
		}
	}
	outputs, err := s.properties(doc, name)
	if err != nil {
		return err
	}
	doc.Resources[name], doc.Outputs[name] = inputs, outputs
	return nil
}

// addInvoke adds an invoke's arguments and results and the types that they use.
func (s *source) addInvoke(doc *document, invokeToken, name string) error {
	function, ok := s.invokes[invokeToken]
	if !ok {
		return errors.New("no function invokes it")
	}
	doc.Arguments[name] = properties{}
	if _, ok := s.structs[function+"Args"]; ok {
		arguments, err := s.properties(doc, function+"Args")
		if err != nil {
			return err
		}
		doc.Arguments[name] = arguments
	}
	results, err := s.properties(doc, function+"Result")
	if err != nil {
		return err
	}
	doc.Results[name] = results
	return nil
}

// properties are the pulumi-tagged fields of a struct; types that they use are added to the document.
func (s *source) properties(doc *document, name string) (properties, error) {
	st, ok := s.structs[name]
	if !ok {
		return nil, fmt.Errorf("no struct %s", name)
	}
	found := properties{}
	for _, f := range st.Fields.List {
		if f.Tag == nil {
			continue
		}
		tag := reflect.StructTag(strings.Trim(f.Tag.Value, "`")).Get("pulumi")
		if tag == "" {
			continue
		}
		t, required, err := s.typeName(f.Type)
		if err != nil {
			return nil, fmt.Errorf("%s.%s: %w", name, tag, err)
		}
		if err := s.addType(doc, t); err != nil {
			return nil, err
		}
		if required {
			t += "!"
		}
		found[tag] = t
	}
	return found, nil
}

// addType adds a nested type once.
func (s *source) addType(doc *document, t string) error {
	for _, prefix := range []string{"[]", "map[string]"} {
		if rest, ok := strings.CutPrefix(t, prefix); ok {
			return s.addType(doc, rest)
		}
	}
	switch t {
	case "string", "integer", "number", "boolean", "any":
		return nil
	}
	if _, ok := doc.Types[t]; ok {
		return nil
	}
	doc.Types[t] = properties{} // types refer to themselves
	found, err := s.properties(doc, t)
	doc.Types[t] = found
	return err
}
