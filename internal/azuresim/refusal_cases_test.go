package azuresim

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/require"
)

// site is a cloud behind its provider with the resource group rg, and what a case has made there by name.
type site struct {
	*bench
	made map[string]madeResource
}

// madeResource is a resource with the inputs that the program gave.
type madeResource struct {
	created
	in input
}

// siteCase is the case of a row on requests of a program.
func siteCase(row *Refusal, says string, base func(s *site), refused, accepted func(s *site) error) refusalCase {
	return refusalCase{row: row, says: says, base: func(t *testing.T) (*Cloud, func() error, func() error) {
		t.Helper()
		s := &site{newBench(t), map[string]madeResource{}}
		s.make("resources:ResourceGroup", "rg", nil)
		if base != nil {
			base(s)
		}
		return s.cloud, func() error { return refused(s) }, func() error { return accepted(s) }
	}}
}

// named is in with the resource's name and, where the type has one, the group rg.
func named(short, name string, in input) input {
	k := kinds["azure-native:"+short]
	base := input{}
	for _, p := range k.parameters() {
		if p == "resourceGroupName" {
			base[p] = "rg"
		}
	}
	base[k.autoname] = name
	return with(base, in)
}

// make creates a resource and must succeed.
func (s *site) make(short, name string, in input) created {
	s.Helper()
	in = named(short, name, in)
	c := s.create(short, name, in)
	s.made[name] = madeResource{c, in}
	return c
}

// id is the id of what the site has made.
func (s *site) id(name string) string {
	s.Helper()
	require.Contains(s, s.made, name)
	return s.made[name].id
}

// ref is a reference to what the site has made.
func (s *site) ref(name string) input { return input{"id": s.id(name)} }

// creating is a request that creates a resource. f may be nil, or the inputs as they follow from the site.
func creating(short, name string, f func(s *site) input) func(s *site) error {
	return func(s *site) error {
		var in input
		if f != nil {
			in = f(s)
		}
		_, err := s.try(short, name, named(short, name, in))
		return err
	}
}

// plainly are inputs that do not depend on the site.
func plainly(in input) func(s *site) input { return func(*site) input { return in } }

// changing is a request that updates a resource of the site; nil removes an input.
func changing(name string, f func(s *site) input) func(s *site) error {
	return func(s *site) error {
		m := s.made[name]
		in := with(m.in, f(s))
		maps.DeleteFunc(in, func(_ string, v any) bool { return v == nil })
		_, err := s.update(m.created, in)
		return err
	}
}

// dropping is a request that deletes a resource of the site.
func dropping(name string) func(s *site) error {
	return func(s *site) error { return s.remove(s.made[name].created) }
}

// inOrder are requests one after another, up to the first that fails.
func inOrder(steps ...func(s *site) error) func(s *site) error {
	return func(s *site) error {
		for _, step := range steps {
			if err := step(s); err != nil {
				return err
			}
		}
		return nil
	}
}

// hold writes n resources, too many to make by requests; "held" is the first.
func (s *site) hold(short string, n int, f func(i int) (id string, outputs map[string]any)) {
	s.Helper()
	require.NoError(s, s.cloud.do("", "", func(op *operation) error {
		for i := range n {
			id, outputs := f(i)
			outputs["name"], outputs["provisioningState"] = nameOf(id), "Succeeded"
			op.put(&Record{Token: string(token(short)), ID: id, Outputs: outputs})
		}
		return nil
	}))
	id, _ := f(0)
	s.made["held"] = madeResource{created: created{short: short, name: "held", id: id}}
}

// inNetwork is the id of a network resource in the group rg.
func inNetwork(path string) string { return groupID("rg") + "/providers/Microsoft.Network/" + path }

func with(in input, more input) input {
	in = maps.Clone(in)
	if in == nil {
		in = input{}
	}
	maps.Copy(in, more)
	return in
}

func inGroup(more input) input { return with(input{"resourceGroupName": "rg"}, more) }

var (
	standardAddress = input{"sku": input{"name": "Standard"}, "publicIPAllocationMethod": "Static"}
	standardSku     = input{"sku": input{"name": "Standard"}}
)

// addressSpace is the address space of a network, with subnets.
func addressSpace(cidr string, subnets ...any) input {
	in := input{"addressSpace": input{"addressPrefixes": []any{cidr}}}
	if len(subnets) > 0 {
		in["subnets"] = subnets
	}
	return in
}

// subnetItem is an inline subnet.
func subnetItem(name, cidr string, more input) input {
	return with(input{"name": name, "addressPrefix": cidr}, more)
}

// gatewayOnSubnet is an address, a NAT gateway with it, and a network whose subnet uses the gateway.
func gatewayOnSubnet(b *bench) []created {
	b.group()
	address := b.address("pip")
	gateway := b.create("network:NatGateway", "nat", inGroup(input{
		"natGatewayName": "nat", "sku": input{"name": "Standard"}, "publicIpAddresses": []any{input{"id": address.id}},
	}))
	network := b.vnet("vnet", "10.0.0.0/16", input{
		"name": "nodes", "addressPrefix": "10.0.0.0/24", "natGateway": input{"id": gateway.id},
	})
	return []created{address, gateway, network}
}
