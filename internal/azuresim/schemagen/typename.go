package main

import (
	"fmt"
	"go/ast"
	"strings"
)

// plain is the schema's word for a Go or pulumi type.
var plain = map[string]string{
	"string": "string", "int": "integer", "float64": "number", "bool": "boolean", "interface{}": "any", "any": "any",
	"String": "string", "Int": "integer", "Float64": "number", "Bool": "boolean", "Any": "any",
	"": "any", // pulumi.ArrayOutput and pulumi.MapOutput hold anything
}

// typeName is the schema's word for a field's type, and whether a program must set the field: pointers, lists, maps
// and outputs need not be set. (That a list must be set, only constructors tell.)
func (s *source) typeName(t ast.Expr) (name string, required bool, err error) {
	switch t := t.(type) {
	case *ast.StarExpr:
		name, _, err = s.typeName(t.X)
		return name, false, err
	case *ast.ArrayType:
		name, _, err = s.typeName(t.Elt)
		return "[]" + name, false, err
	case *ast.MapType:
		name, _, err = s.typeName(t.Value)
		return "map[string]" + name, false, err
	case *ast.InterfaceType:
		return "any", false, nil
	case *ast.SelectorExpr: // pulumi.StringPtrOutput
		name, err = outputName(t.Sel.Name)
		return name, false, err
	case *ast.Ident:
		if name, ok := plain[t.Name]; ok {
			return name, true, nil
		}
		if word, ok := s.enums[t.Name]; ok {
			return word, true, nil
		}
		if strings.HasSuffix(t.Name, "Output") {
			name, err = outputName(t.Name)
			return name, false, err
		}
		return t.Name, true, nil
	default:
		return "", false, fmt.Errorf("unexpected Go type %T", t)
	}
}

// outputName is the schema's word for an output type such as SubnetResponseArrayOutput or StringPtrOutput.
func outputName(output string) (string, error) {
	name, ok := strings.CutSuffix(output, "Output")
	if !ok {
		return "", fmt.Errorf("%s is no output type", output)
	}
	wrap := ""
	for {
		switch {
		case strings.HasSuffix(name, "Ptr"):
			name = strings.TrimSuffix(name, "Ptr")
		case strings.HasSuffix(name, "Array"):
			name, wrap = strings.TrimSuffix(name, "Array"), wrap+"[]"
		case strings.HasSuffix(name, "Map"):
			name, wrap = strings.TrimSuffix(name, "Map"), wrap+"map[string]"
		default:
			if p, ok := plain[name]; ok {
				name = p
			}
			return wrap + name, nil
		}
	}
}
