package topology

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"

	"aks-egress/egress"
)

// Markers in Pulumi's JSON: the key of wrapped values, the wrapper of secrets, and the stand-in for an unknown
// string.
const (
	signatureKey    = "4dabf18193072939515e22adb298388d"
	secretSignature = "1b47061264138c4ac30d75fd1eb44270"
	unknownString   = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
)

// properties reads outputs of one resource, or of an object within; a value of the wrong type is an error that names
// the property, an absent one is the zero value.
type properties struct {
	values map[string]any
	at     string // the resource's id and the path to this object
	errs   *[]error
}

func (p *properties) fail(key, rule string, got any) {
	*p.errs = append(*p.errs, fmt.Errorf("%s %s: %s (got %v)", p.at, key, rule, got))
}

// value is the property's value with secrets opened where they are plain; absent, unknown and encrypted are nil.
func (p *properties) value(key string) any { return open(p.values[key]) }

func open(v any) any {
	switch v := v.(type) {
	case string:
		if v == unknownString {
			return nil
		}
	case map[string]any:
		if v[signatureKey] != secretSignature {
			return v
		}
		plain, ok := v["plaintext"].(string)
		var inner any
		if !ok || json.Unmarshal([]byte(plain), &inner) != nil {
			return nil
		}
		return inner
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
	nested := &properties{at: p.at + " " + key, errs: p.errs}
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
		nested := &properties{at: fmt.Sprintf("%s %s[%d]", p.at, key, i), errs: p.errs}
		switch v := open(item).(type) {
		case nil:
			continue
		case map[string]any:
			nested.values = v
		default:
			p.fail(fmt.Sprintf("%s[%d]", key, i), "must be an object", v)
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
			p.fail(fmt.Sprintf("%s[%d]", key, i), "must be a string", v)
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
		p.fail(key, "must be a prefix such as 10.0.0.0/16", fmt.Sprintf("%q", s))
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
		p.fail(key, "must be an IP address", fmt.Sprintf("%q", s))
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

// lastName is the last segment of an ARM id: the resource's name.
func lastName(id string) string { return id[strings.LastIndex(id, "/")+1:] }

// parentID cuts the last two segments of an ARM id.
func parentID(id string) string {
	for range 2 {
		id = id[:max(strings.LastIndex(id, "/"), 0)]
	}
	return id
}
