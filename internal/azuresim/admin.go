package azuresim

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"aks-egress/internal/faults"
)

// This file is the simulated Azure for those who do not come through Pulumi: a person with az. Their requests are the
// same as the provider's, so the same refusals meet them.

// ResourceID is the ARM id of a resource. token is without API version, such as azure-native:network:Subnet; names are
// the SDK's names of the path parameters, such as virtualNetworkName.
func ResourceID(token string, names map[string]any) (string, error) {
	k, ok := kinds[token]
	if !ok {
		return "", fmt.Errorf("%s: not simulated", token)
	}
	return k.id(names)
}

// ResourceNames are the names of the path parameters in an id, the inverse of ResourceID.
func ResourceNames(token, id string) (map[string]any, error) {
	k, ok := kinds[token]
	if !ok {
		return nil, fmt.Errorf("%s: not simulated", token)
	}
	return k.inputs(id)
}

// RoleName is the name of the built-in role with a role definition's id or GUID, or "".
func RoleName(definition string) string { return builtInRoles[strings.ToLower(nameOf(definition))] }

// Get is a GET: a copy of what Azure answers for a resource, or its refusal ResourceNotFound.
func (c *Cloud) Get(id string) (Record, error) {
	var found Record
	err := c.do(id, "", func(op *operation) (err error) {
		found, err = op.answered(id)
		return err
	})
	return found, err
}

func (op *operation) answered(id string) (Record, error) {
	r, ok := op.get(id)
	switch {
	case ok:
		return *op.show(r), nil
	case sameID(id, groupID(groupOf(id))):
		return Record{}, groupNotFound(groupOf(id))
	default:
		return Record{}, resourceNotFound(id)
	}
}

// List is every resource of a type as Azure answers it, sorted by id. token is without API version.
func (c *Cloud) List(token string) []Record {
	all := c.Records()
	return slices.DeleteFunc(all, func(r Record) bool { return unversioned(r.Token) != token })
}

// Put is a PUT of a new resource or a new state of an old one; body has the SDK's shape, and its numbers are float64.
// The answer comes also beside an error, where the refusal leaves the resource behind.
func (c *Cloud) Put(token string, names, body map[string]any) (Record, error) {
	id, err := ResourceID(token, names)
	if err != nil {
		return Record{}, err
	}
	inputs := cloneObject(body)
	maps.Copy(inputs, names)
	var answer Record
	err = c.do(id, "", func(op *operation) (err error) {
		answer, err = op.write(newest(token), id, inputs)
		return err
	})
	return answer, err
}

// Change is what the update commands of az are: GET, a change of the body, PUT of the whole. Faults meet the PUT as
// they meet the provider's; one that fails after it was accepted leaves the resource as it was, in state Failed.
func (c *Cloud) Change(id string, change func(body map[string]any) error) (Record, error) {
	was, err := c.Get(id)
	if err != nil {
		return Record{}, err
	}
	var answer Record
	az := newClient(context.Background(), c, "", was.Token, id, faults.Update, 0)
	err = az.send(newWrite(was.Token, id, was.Inputs, "Updating"), func(f faults.Fault) error {
		return c.do(id, "", func(op *operation) error {
			found, err := op.answered(id)
			if err != nil {
				return err
			}
			if f == faults.Failed {
				return op.failToChange(id)
			}
			body, err := requestBody(found)
			if err != nil {
				return err
			}
			if err := change(body); err != nil {
				return err
			}
			answer, err = op.write(found.Token, found.ID, body)
			return err
		})
	})
	return answer, err
}

// failToChange is a PUT that Azure accepts and cannot finish.
func (op *operation) failToChange(id string) error {
	r, _ := op.get(id)
	failed := r.clone()
	setState(failed.Outputs, "Failed")
	op.put(failed)
	return &partialError{refuseOperationFailed.because()}
}

// write puts a resource and answers it, also beside an error that leaves it behind. A body that azure-native's Check
// would not let through is refused here: the simulation never stores what it does not understand.
func (op *operation) write(token, id string, body map[string]any) (Record, error) {
	t, err := newestType(token)
	if err != nil {
		return Record{}, fmt.Errorf("%s: %w", id, err)
	}
	for _, f := range slices.Concat(t.schema.inputs.conform(nil, body), checkRanges(t.kind.token, body),
		t.kind.checkAbsent(body)) {
		return Record{}, fmt.Errorf("%s: %s: %s", id, f.path, f.reason)
	}
	r := &Record{Token: token, ID: id, Inputs: body}
	if err := op.request(r); err != nil {
		if isPartial(err) {
			return *op.show(r), err
		}
		return Record{}, err
	}
	return *op.show(r), nil
}

// requestBody is an answer as the body of the next PUT: its writable part in the newest API version, and the names.
func requestBody(r Record) (map[string]any, error) {
	t, err := newestType(r.Token)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.ID, err)
	}
	names, err := t.kind.inputs(r.ID)
	if err != nil {
		return nil, err
	}
	body := t.writable(t.schema.outputs.project(cloneObject(r.Outputs)))
	for _, name := range t.kind.absent {
		delete(body, name)
	}
	maps.Copy(body, names)
	return body, nil
}

// newestType is a type in the newest API version that the simulation has.
func newestType(token string) (resourceType, error) {
	k, ok := kinds[unversioned(token)]
	if !ok {
		return resourceType{}, fmt.Errorf("%s: not simulated", token)
	}
	return resourceType{k, schemas().resources[newest(token)]}, nil
}

// newest is a type's token with the newest API version that the simulation has. Versions sort as text.
func newest(token string) string {
	found, latest := unversioned(token), ""
	for known := range schemas().resources {
		if version := apiVersion(known); unversioned(known) == unversioned(token) && version > latest {
			found, latest = known, version
		}
	}
	return found
}

// apiVersion is the API version in a token, such as v20240501, or "".
func apiVersion(token string) string {
	_, version, _ := strings.Cut(strings.TrimSuffix(token, nameAfterColon(token)), "/")
	return strings.TrimSuffix(version, ":")
}

// Delete is a DELETE. What does not exist is deleted already: ARM answers 204. A resource group that does not exist is
// an error, as in Azure.
func (c *Cloud) Delete(id string) error {
	return c.do(id, "", func(op *operation) error {
		r, ok := op.get(id)
		switch {
		case ok:
			return op.delete(r)
		case strings.EqualFold(id, groupID(groupOf(id))):
			return groupNotFound(groupOf(id))
		default:
			return nil
		}
	})
}

// Answer is a refusal as ARM answers it.
type Answer struct {
	Status  int // HTTP
	Code    string
	Message string
	Target  string // may be empty
}

// Refused is Azure's refusal in an error; false for errors of other origin.
func Refused(err error) (Answer, bool) {
	var refusal *armError
	if !errors.As(err, &refusal) {
		return Answer{}, false
	}
	return Answer{refusal.Status, refusal.Code, refusal.Message, refusal.Target}, true
}
