package azuresim

import (
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

// autoName sets the name where the program gave none: the old one, the one that Pulumi's autonaming configuration
// proposes or enforces, or one by the kind's naming (azure-native.md 1.2; getDefaultName of azure-native v2). A UUID is
// not replaced by a proposal, only by an enforced name.
func (t resourceType) autoName(req plugin.CheckRequest, olds, news map[string]any) *failure {
	k := t.kind
	if _, ok := news[k.autoname]; ok || k.autoname == "" {
		return nil
	}
	if old, ok := olds[k.autoname]; ok {
		news[k.autoname] = old
		if flag(olds, createBeforeDelete) {
			news[createBeforeDelete] = true
		}
		return nil
	}
	mode, proposed := plugin.AutonamingModePropose, ""
	if req.Autonaming != nil {
		mode, proposed = req.Autonaming.Mode, req.Autonaming.ProposedName
	}
	var err error
	switch {
	case mode == plugin.AutonamingModeDisabled:
		return &failure{resource.PropertyPath{k.autoname}, "missing required property '" + k.autoname +
			"': automatic naming is disabled in this stack's configuration"}
	case proposed != "" && (mode == plugin.AutonamingModeEnforce || k.naming != uuidName):
		news[k.autoname], news[createBeforeDelete] = proposed, true
	case k.naming == copiedName:
		news[k.autoname] = req.URN.Name()
	case k.naming == uuidName:
		news[createBeforeDelete] = true
		news[k.autoname], err = seededUUID(req.RandomSeed)
	default:
		news[createBeforeDelete] = true
		news[k.autoname], err = resource.NewUniqueName(req.RandomSeed, req.URN.Name(), 8, 0, nil)
	}
	if err != nil {
		return &failure{resource.PropertyPath{k.autoname}, err.Error()}
	}
	return nil
}

// seededUUID is 32 hexadecimal digits in the form of a UUID. They depend on the seed, where there is one.
func seededUUID(seed []byte) (string, error) {
	digits, err := resource.NewUniqueName(seed, "", 32, 0, nil)
	if err != nil {
		return "", err
	}
	return strings.Join([]string{digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]}, "-"), nil
}

// defaultLocation sets the location where the program gave none: the old one, the provider's, the resource group's. It
// is unknown while the group is.
func (p *provider) defaultLocation(t resourceType, olds, news map[string]any) *failure {
	if _, ok := t.schema.inputs["location"]; !ok {
		return nil
	}
	if _, ok := news["location"]; ok {
		return nil
	}
	if old, ok := olds["location"]; ok {
		news["location"] = old
		return nil
	}
	configured, ambiguous := p.configuredLocation()
	if ambiguous != "" {
		return &failure{resource.PropertyPath{"location"}, "missing required property 'location': providers with " +
			"different default locations (" + ambiguous + ") share this simulation; set it on the resource"}
	}
	if configured == "" && t.kind.token != resourceGroupToken {
		if group := news["resourceGroupName"]; hasUnknown(group) {
			news["location"] = group
			return nil
		}
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
