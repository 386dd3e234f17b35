package engine

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
)

const (
	stackURN = "urn:pulumi:dev::lab::pulumi:pulumi:Stack::lab-dev"
	fakeURN  = "urn:pulumi:dev::lab::pulumi:providers:fake::fake"
	groupURN = "urn:pulumi:dev::lab::lab:x:Group::net"
	thingURN = "urn:pulumi:dev::lab::lab:x:Group$fake:index:Thing::net-a"
	otherURN = "urn:pulumi:dev::lab::lab:x:Group$fake:index:Thing::net-b"
)

func known(urn, id string) apitype.ResourceV3 {
	parsed := resource.URN(urn)
	r := apitype.ResourceV3{URN: parsed, Type: parsed.Type(), ID: resource.ID(id), Custom: id != ""}
	if parsed.Type() == "fake:index:Thing" {
		r.Outputs = map[string]any{"name": id}
		r.Provider = fakeURN + "::1"
	}
	return r
}

func stateOf(resources ...apitype.ResourceV3) *apitype.DeploymentV3 {
	base := []apitype.ResourceV3{known(stackURN, ""), known(fakeURN, "1"), known(groupURN, "")}
	return &apitype.DeploymentV3{Resources: append(base, resources...)}
}

func thing(name string) CloudResource {
	return CloudResource{Type: "fake:index:Thing", ID: "things/" + name, Inputs: map[string]any{"name": name}}
}

func created(id string) entry {
	return entry{
		Operation: createOperation, URN: thingURN, Type: "fake:index:Thing", ID: id, Answered: id != "",
		Inputs: map[string]any{"name": "a"},
	}
}

func deleted(answered bool) entry {
	return entry{Operation: deleteOperation, URN: thingURN, Type: "fake:index:Thing", ID: "things/a", Answered: answered}
}

func TestPlanRecovery(t *testing.T) {
	t.Parallel()
	pending := known(thingURN, "things/a")
	pending.PendingReplacement = true
	owned := thing("a")
	owned.Owned = true
	halfAdopted := known(thingURN, "things/a")
	halfAdopted.Outputs = nil
	inCloud := []CloudResource{thing("a")}
	for name, test := range map[string]struct {
		state          *apitype.DeploymentV3
		entry          entry
		cloud          []CloudResource
		adopts, forget string
	}{
		"create, in state":             {stateOf(known(thingURN, "things/a")), created("things/a"), nil, "", ""},
		"create, not in state":         {stateOf(), created("things/a"), nil, "things/a", ""},
		"create, adopted half":         {stateOf(halfAdopted), created("things/a"), inCloud, "", ""},
		"create unanswered, half":      {stateOf(halfAdopted), created(""), inCloud, "", ""},
		"create unanswered, made":      {stateOf(), created(""), []CloudResource{thing("a"), thing("b")}, "things/a", ""},
		"create unanswered, not made":  {stateOf(), created(""), []CloudResource{thing("b")}, "", ""},
		"create unanswered, the cloud": {stateOf(), created(""), []CloudResource{owned}, "", ""},
		"create unanswered, another's": {stateOf(known(otherURN, "things/a")), created(""), inCloud, "", ""},
		"delete, in state":             {stateOf(known(thingURN, "things/a")), deleted(true), nil, "", "things/a"},
		"delete, not in state":         {stateOf(), deleted(true), nil, "", ""},
		"delete unanswered, gone":      {stateOf(known(thingURN, "things/a")), deleted(false), nil, "", "things/a"},
		"delete unanswered, there":     {stateOf(known(thingURN, "things/a")), deleted(false), inCloud, "", ""},
		"delete before replacement":    {stateOf(pending), deleted(true), nil, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plan := planRecovery(test.state, map[string]entry{"key": test.entry}, test.cloud)
			ids := func(entries []entry) (all string) {
				for _, e := range entries {
					all += e.ID
				}
				return all
			}
			assert.Equal(t, test.adopts, ids(plan.adopt), "adopt")
			assert.Equal(t, test.forget, ids(plan.forget), "forget")
		})
	}
}

func TestAdopt_FromThePendingOperation(t *testing.T) {
	t.Parallel()
	state := stateOf()
	template := known(thingURN, "")
	template.Dependencies = []resource.URN{groupURN}
	state.PendingOperations = []apitype.OperationV2{{Type: apitype.OperationTypeCreating, Resource: template}}

	adopted := recovery{adopt: []entry{created("things/a")}}.apply(state)
	assert.Len(t, adopted, 1)
	r := findResource(state, thingURN, "things/a")
	assert.Equal(t, []resource.URN{groupURN}, r.Dependencies)
	assert.True(t, r.Custom)
	assert.Empty(t, state.PendingOperations)
}

func TestAdopt_Deduced(t *testing.T) {
	t.Parallel()
	state := stateOf()
	recovery{adopt: []entry{created("things/a")}}.apply(state)
	r := findResource(state, thingURN, "things/a")
	assert.Equal(t, fakeURN+"::1", r.Provider)
	assert.Equal(t, resource.URN(groupURN), r.Parent)
	assert.Equal(t, map[string]any{"name": "a"}, r.Inputs)
}

func TestAdopt_Replacement(t *testing.T) {
	t.Parallel()
	old := known(thingURN, "things/old")
	createdFirst := stateOf(old)
	recovery{adopt: []entry{created("things/a")}}.apply(createdFirst)
	assert.True(t, findResource(createdFirst, thingURN, "things/old").Delete, "the old one is still to be deleted")
	assert.False(t, findResource(createdFirst, thingURN, "things/a").Delete)

	old.PendingReplacement = true
	deletedFirst := stateOf(old)
	recovery{adopt: []entry{created("things/a")}}.apply(deletedFirst)
	assert.Nil(t, findResource(deletedFirst, thingURN, "things/old"))
	assert.NotNil(t, findResource(deletedFirst, thingURN, "things/a"))
}

func TestForget_LeavesNoDanglingReference(t *testing.T) {
	t.Parallel()
	dependent := known(otherURN, "things/b")
	dependent.Dependencies = []resource.URN{thingURN, groupURN}
	dependent.PropertyDependencies = map[resource.PropertyKey][]resource.URN{"name": {thingURN}}
	dependent.DeletedWith = thingURN
	state := stateOf(known(thingURN, "things/a"), dependent)
	recovery{forget: []entry{deleted(true)}}.apply(state)
	assert.Nil(t, findResource(state, thingURN, "things/a"))
	r := findResource(state, otherURN, "things/b")
	assert.Equal(t, []resource.URN{groupURN}, r.Dependencies)
	assert.Empty(t, r.PropertyDependencies["name"])
	assert.Empty(t, r.DeletedWith)
}

func TestForget_KeepsWhatOthersNeed(t *testing.T) {
	t.Parallel()
	child := known(otherURN, "things/b")
	child.Parent = thingURN
	state := stateOf(known(thingURN, "things/a"), child)
	recovery{forget: []entry{deleted(true)}}.apply(state)
	assert.NotNil(t, findResource(state, thingURN, "things/a"))
}
