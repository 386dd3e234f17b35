package azuresim

import (
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// createBeforeDelete marks inputs whose name azure-native made up, so that a replacement may exist beside the old
// resource (azure-native.md 1.2).
const createBeforeDelete = "__createBeforeDelete"

// check turns a program's inputs into the resource's inputs, in place: names, location. It lists what is wrong.
func (p *provider) check(req plugin.CheckRequest, t resourceType, olds, news map[string]any) []failure {
	var found []failure
	if f := t.autoName(req, olds, news); f != nil {
		found = append(found, *f)
	}
	if f := p.defaultLocation(t, olds, news); f != nil {
		found = append(found, *f)
	}
	visible := withoutInternals(news)
	all := slices.Concat(t.schema.inputs.conform(nil, visible), checkRanges(t.kind.token, visible),
		t.kind.checkAbsent(visible))
	for _, f := range all {
		missing := len(f.path) == 1 && strings.HasPrefix(f.reason, "missing")
		if missing && len(found) > 0 && found[0].path.String() == f.path.String() {
			continue // said already, with the way out
		}
		found = append(found, f)
	}
	return found
}

// withoutInternals is an object without Pulumi's own "__" properties.
func withoutInternals(o map[string]any) map[string]any {
	visible := map[string]any{}
	for k, v := range o {
		if !strings.HasPrefix(k, "__") {
			visible[k] = v
		}
	}
	return visible
}

// autoName sets the name where the program gave none: the old one, the one that Pulumi's autonaming proposes, or one
// by the kind's naming. A proposed name is taken as it is, and its replacement deletes first, since only Pulumi knows
// whether the next proposal differs.
func (t resourceType) autoName(req plugin.CheckRequest, olds, news map[string]any) *failure {
	k := t.kind
	if _, ok := news[k.autoname]; ok || k.autoname == "" {
		return nil
	}
	if old, ok := olds[k.autoname].(string); ok {
		news[k.autoname] = old
		if flag(olds, createBeforeDelete) {
			news[createBeforeDelete] = true
		}
		return nil
	}
	options := req.Autonaming
	if options != nil && options.Mode == plugin.AutonamingModeDisabled {
		return &failure{resource.PropertyPath{k.autoname}, "missing required property '" + k.autoname +
			"': automatic naming is disabled in this stack's configuration"}
	}
	if options != nil && options.ProposedName != "" && k.naming != uuidName {
		news[k.autoname] = options.ProposedName
		return nil
	}
	switch k.naming {
	case copiedName:
		news[k.autoname] = req.URN.Name()
	case uuidName:
		news[k.autoname], news[createBeforeDelete] = seededUUID(req.RandomSeed), true
	case randomName:
		name, err := resource.NewUniqueName(req.RandomSeed, req.URN.Name(), 8, 0, nil)
		if err != nil {
			return &failure{resource.PropertyPath{k.autoname}, err.Error()}
		}
		news[k.autoname], news[createBeforeDelete] = name, true
	}
	return nil
}

// seededUUID is a random UUID that depends on the seed, where there is one.
func seededUUID(seed []byte) string {
	h := sha256.Sum256(seed)
	if len(seed) == 0 {
		_, _ = rand.Read(h[:]) // never fails
	}
	h[6], h[8] = h[6]&0x0f|0x40, h[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[0:4], h[4:6], h[6:8], h[8:10], h[10:16])
}

// defaultLocation sets the location where the program gave none: the old one, the provider's, the resource group's.
func (p *provider) defaultLocation(t resourceType, olds, news map[string]any) *failure {
	if _, ok := t.schema.inputs["location"]; !ok {
		return nil
	}
	if _, ok := news["location"]; ok {
		return nil
	}
	if old, ok := olds["location"].(string); ok {
		news["location"] = old
		return nil
	}
	configured, ambiguous := p.configuredLocation()
	if ambiguous != "" {
		return &failure{resource.PropertyPath{"location"}, "missing required property 'location': providers with " +
			"different default locations (" + ambiguous + ") share this simulation; set it on the resource"}
	}
	if configured == "" && t.kind.token != resourceGroupToken {
		configured = p.groupLocation(text(news, "resourceGroupName"))
	}
	if configured != "" {
		news["location"] = configured
	}
	return nil
}

// groupLocation is the location of a resource group, or "".
func (p *provider) groupLocation(name string) string {
	var found string
	_ = p.cloud.do("", "", func(op *operation) error {
		if group, ok := op.get(groupID(name)); ok {
			found = text(group.Outputs, "location")
		}
		return nil
	})
	return found
}
