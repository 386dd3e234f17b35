package egress

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/gaissmai/bart"
)

// tagTable holds the service tags whose prefixes the network lists.
type tagTable struct {
	byName map[string]*serviceTag // lower case
}

type serviceTag struct {
	prefixes []netip.Prefix
	table    bart.Lite
}

func newTagTable(tags map[string][]netip.Prefix) tagTable {
	t := tagTable{byName: make(map[string]*serviceTag, len(tags))}
	for name, prefixes := range tags {
		tag := &serviceTag{}
		for _, p := range ipv4(prefixes) {
			tag.prefixes = append(tag.prefixes, p.Masked())
			tag.table.Insert(p.Masked())
		}
		t.byName[strings.ToLower(name)] = tag
	}
	return t
}

// prefixes are those of a tag; nil: the network does not list it.
func (t *tagTable) prefixes(name string) []netip.Prefix {
	if tag := t.byName[strings.ToLower(name)]; tag != nil {
		return tag.prefixes
	}
	return nil
}

// holds says whether a tag has an address, and whether the network knows.
func (t *tagTable) holds(name string, addr netip.Addr) (has, known bool) {
	if len(t.byName) == 0 || !addr.IsValid() {
		return false, false
	}
	tag := t.byName[strings.ToLower(name)]
	if tag == nil {
		return false, false
	}
	return tag.table.Contains(addr), true
}

// hasTag says whether the destination lies in a service tag, by its address or by what the flow lists.
func (w *walk) hasTag(tag string) bool {
	if has, known := w.m.tags.holds(tag, w.flow.Addr); known {
		return has
	}
	return w.flow.listsTag(tag)
}

// listsTag says whether the flow lists a service tag; a listed regional tag implies the tag of all regions.
func (f Flow) listsTag(tag string) bool {
	return slices.ContainsFunc(f.ServiceTags, func(listed string) bool {
		global, _, _ := strings.Cut(listed, ".")
		return strings.EqualFold(listed, tag) || strings.EqualFold(global, tag)
	})
}
