package azuresim

import "strings"

// answer is what Azure answers for a resource before its kind adds to it: the inputs without path parameters, its name
// and type, and that it is provisioned.
func answer(r *Record, armType string) map[string]any {
	outputs := cloneObject(r.Inputs)
	if outputs == nil {
		outputs = map[string]any{}
	}
	for _, name := range kinds[unversioned(r.Token)].parameters() {
		delete(outputs, name)
	}
	delete(outputs, "id")
	outputs["name"], outputs["type"] = nameOf(r.ID), armType
	outputs["provisioningState"] = "Succeeded"
	if region, ok := outputs["location"].(string); ok {
		outputs["location"] = location(region)
	}
	return outputs
}

// identify gives the items of lists ids below the record's, as the network provider does:
// <record>/<segment>/<item's name>. Items without a name stay as they are.
func identify(r *Record, list, segment string) {
	for _, item := range objects(r.Outputs, list) {
		if name := text(item, "name"); name != "" {
			item["id"] = r.ID + "/" + segment + "/" + name
		}
	}
}

// fill sets a property that the program left out.
func fill(o map[string]any, name string, value any) {
	if _, ok := o[name]; !ok {
		o[name] = value
	}
}

// canonical is the spelling of s in a set that is compared without case, or s.
func canonical(s string, set ...string) string {
	for _, one := range set {
		if strings.EqualFold(one, s) {
			return one
		}
	}
	return s
}
