package azuresim

import "strings"

// Subnets, peerings, routes and security rules are resources of their own and also a list in their parent. The cloud
// keeps them as resources only; the parent's list is made when the parent is shown.

// children are the resources of a type directly below a resource, sorted by id.
func (op *operation) children(parent *Record, token string) []*Record {
	var found []*Record
	for _, r := range op.within(parent.ID) {
		if unversioned(r.Token) == token && sameID(parentOf(r.ID), parent.ID) {
			found = append(found, r)
		}
	}
	return found
}

// embedded is the list of children as the parent shows it.
func (op *operation) embedded(parent *Record, token string) []any {
	list := []any{}
	for _, child := range op.children(parent, token) {
		shown := op.show(child)
		shown.Outputs["id"] = shown.ID
		list = append(list, shown.Outputs)
	}
	return list
}

// replaceChildren makes the children of a type exactly those of an inline list, where the parent has one: azure-native
// sends what is inline, so children that are not in it are deleted (azure-native.md 1.1.9). name is the child's last
// path parameter.
func (op *operation) replaceChildren(parent *Record, list, token, name string) error {
	if _, ok := parent.Inputs[list]; !ok {
		return nil
	}
	wanted := map[string]bool{}
	var inline []*Record
	for i, item := range objects(parent.Inputs, list) {
		if text(item, "name") == "" {
			return refuseUnnamedChild.because(i, list, parent.ID)
		}
		child, err := inlineChild(parent, item, token, name)
		if err != nil {
			return err
		}
		if wanted[strings.ToLower(child.ID)] {
			return refuseTwinChildren.because(parent.ID, nameOf(child.ID))
		}
		wanted[strings.ToLower(child.ID)] = true
		inline = append(inline, child)
	}
	for _, child := range op.children(parent, token) {
		if !wanted[strings.ToLower(child.ID)] {
			if err := op.delete(child); err != nil {
				return err
			}
		}
	}
	for _, child := range inline {
		if err := op.request(child); err != nil {
			return err
		}
	}
	return nil
}

// inlineChild is the child resource that an item of an inline list stands for.
func inlineChild(parent *Record, item map[string]any, token, name string) (*Record, error) {
	inputs := cloneObject(item)
	delete(inputs, "id")
	delete(inputs, "type")
	for _, p := range kinds[unversioned(parent.Token)].parameters() {
		inputs[p] = parent.Inputs[p]
	}
	inputs[name] = inputs["name"]
	id, err := kinds[token].id(inputs)
	if err != nil {
		return nil, err
	}
	module := strings.TrimSuffix(parent.Token, nameAfterColon(parent.Token))
	return &Record{Token: module + nameAfterColon(token), ID: id, Inputs: inputs, Owner: parent.Owner}, nil
}

// nameAfterColon is the type name in a token.
func nameAfterColon(token string) string { return token[strings.LastIndexByte(token, ':')+1:] }

// referrers are {"id": …} for every resource of a type that refers to id.
func (op *operation) referrers(id string, tokens ...string) []any {
	list := []any{}
	for _, h := range op.holders(id, tokens...) {
		list = append(list, reference(h.ID))
	}
	return list
}
