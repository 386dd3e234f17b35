package topology

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"aks-egress/egress"
)

// properties reads outputs of one resource, or of an object within; a value of the wrong type is an error that names
// the property, an absent one is the zero value.
type properties struct {
	values map[string]any
	errs   *[]error

	at    string      // of the outermost object: the resource
	outer *properties // of an object within: what it is in,
	key   string      // its property there
	index int         // and its place in that property's list, or noIndex
}

const noIndex = -1

// where is the resource and the path to this object.
func (p *properties) where() string {
	switch {
	case p.outer == nil:
		return p.at
	case p.index == noIndex:
		return p.outer.where() + " " + p.key
	default:
		return p.outer.where() + " " + element(p.key, p.index)
	}
}

func element(key string, index int) string { return key + "[" + strconv.Itoa(index) + "]" }

// fail says what is wrong with a property. It quotes a text, number or flag, which the readers never take from a
// secret, and describes anything else, because a secret may be inside.
func (p *properties) fail(key, rule string, got any) {
	*p.errs = append(*p.errs, fmt.Errorf("%s %s: %s (got %s)", p.where(), key, rule, describe(got)))
}

// quotedLength bounds how much of a text an error shows.
const quotedLength = 80

func describe(v any) string {
	switch v := v.(type) {
	case map[string]any:
		return "an object"
	case []any:
		return "a list"
	case string:
		if len(v) > quotedLength {
			return fmt.Sprintf("%q and %d more bytes", v[:quotedLength], len(v)-quotedLength)
		}
		return strconv.Quote(v)
	default:
		return fmt.Sprint(v)
	}
}

// value is the property's value; what is absent or hidden is nil. Names are compared without case, because API versions
// spell them differently (privateIPAddress and privateIpAddress).
func (p *properties) value(key string) any { return open(p.raw(key)) }

// raw is the value as it is; it may be a secret.
func (p *properties) raw(key string) any {
	v, ok := p.values[key]
	if !ok {
		v = p.otherCase(key)
	}
	return v
}

func (p *properties) otherCase(key string) any {
	found := ""
	for other := range p.values {
		if len(other) == len(key) && strings.EqualFold(other, key) && (found == "" || other < found) {
			found = other
		}
	}
	if found == "" {
		return nil
	}
	return p.values[found]
}

func open(v any) any {
	if hidden(v) {
		return nil
	}
	return v
}

func (p *properties) text(key string) string {
	switch v := p.value(key).(type) {
	case nil:
		return ""
	case string:
		return v
	default:
		p.fail(key, "must be a string", v)
		return ""
	}
}

func (p *properties) flag(key string) bool {
	b := p.optionalFlag(key)
	return b != nil && *b
}

func (p *properties) optionalFlag(key string) *bool {
	switch v := p.value(key).(type) {
	case nil:
		return nil
	case bool:
		return &v
	default:
		p.fail(key, "must be true or false", v)
		return nil
	}
}

func (p *properties) number(key string) int {
	switch v := p.value(key).(type) {
	case nil:
		return 0
	case int:
		return v
	case float64:
		if v == float64(int32(v)) {
			return int(v)
		}
		p.fail(key, "must be a whole number", v)
	default:
		p.fail(key, "must be a number", v)
	}
	return 0
}

// port is a number that fits a port.
func (p *properties) port(key string) uint16 {
	n := p.number(key)
	if n < 0 || n > 65535 {
		p.fail(key, "must be a port", n)
		return 0
	}
	return uint16(n)
}

// object is a nested object; an absent one reads as empty.
func (p *properties) object(key string) *properties {
	nested := &properties{errs: p.errs, outer: p, key: key, index: noIndex}
	switch v := p.value(key).(type) {
	case nil:
	case map[string]any:
		nested.values = v
	default:
		p.fail(key, "must be an object", v)
	}
	return nested
}

func (p *properties) list(key string) []any {
	switch v := p.value(key).(type) {
	case nil:
		return nil
	case []any:
		return v
	default:
		p.fail(key, "must be a list", v)
		return nil
	}
}

func (p *properties) objects(key string) []*properties {
	var out []*properties
	for i, item := range p.list(key) {
		nested := &properties{errs: p.errs, outer: p, key: key, index: i}
		switch v := open(item).(type) {
		case nil:
			continue
		case map[string]any:
			nested.values = v
		default:
			p.fail(element(key, i), "must be an object", v)
			continue
		}
		out = append(out, nested)
	}
	return out
}

func (p *properties) texts(key string) []string {
	var out []string
	for i, item := range p.list(key) {
		switch v := open(item).(type) {
		case nil:
		case string:
			out = append(out, v)
		default:
			p.fail(element(key, i), "must be a string", v)
		}
	}
	return out
}

// ids are the ids of a list of references.
func (p *properties) ids(key string) []string {
	var out []string
	for _, ref := range p.objects(key) {
		if id := ref.text("id"); id != "" {
			out = append(out, id)
		}
	}
	return out
}

func (p *properties) prefixes(key string) []netip.Prefix {
	var out []netip.Prefix
	for _, s := range p.texts(key) {
		if prefix, ok := p.parsePrefix(key, s); ok {
			out = append(out, prefix)
		}
	}
	return out
}

func (p *properties) prefix(key string) netip.Prefix {
	s := p.text(key)
	if s == "" {
		return netip.Prefix{}
	}
	prefix, _ := p.parsePrefix(key, s)
	return prefix
}

func (p *properties) parsePrefix(key, s string) (netip.Prefix, bool) {
	prefix, err := egress.ParsePrefix(s)
	if err != nil {
		p.fail(key, "must be a prefix such as 10.0.0.0/16", s)
		return netip.Prefix{}, false
	}
	return prefix, true
}

func (p *properties) addr(key string) netip.Addr {
	s := p.text(key)
	if s == "" {
		return netip.Addr{}
	}
	return p.parseAddr(key, s)
}

func (p *properties) parseAddr(key, s string) netip.Addr {
	addr, err := netip.ParseAddr(s)
	if err != nil {
		p.fail(key, "must be an IP address", s)
	}
	return addr
}

// present lists those of the keys that hold a non-empty list.
func (p *properties) present(keys ...string) []string {
	var out []string
	for _, key := range keys {
		if len(p.list(key)) > 0 {
			out = append(out, key)
		}
	}
	return out
}

// childID is the object's own id, or what ARM would call it.
func (p *properties) childID(parent, collection string) string {
	if id := p.text("id"); id != "" {
		return id
	}
	return parent + "/" + collection + "/" + p.text("name")
}

// reference is the id of a nested reference. An id that begins with $self is relative to the resource
// (azure-native.md 1.1, rule 7).
func (p *properties) reference(resource, key string) string {
	return absolute(resource, p.object(key).text("id"))
}

// references are the ids of a list of such references.
func (p *properties) references(resource, key string) []string {
	ids := p.ids(key)
	for i := range ids {
		ids[i] = absolute(resource, ids[i])
	}
	return ids
}

func absolute(resource, id string) string {
	if relative, ok := strings.CutPrefix(id, "$self/"); ok {
		return resource + "/" + relative
	}
	return id
}
