package azuresim

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

const (
	trafficControllerToken  = "azure-native:servicenetworking:TrafficControllerInterface"
	trafficFrontendToken    = "azure-native:servicenetworking:FrontendsInterface"
	trafficAssociationToken = "azure-native:servicenetworking:AssociationsInterface"

	trafficControllerPath = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers" +
		"/Microsoft.ServiceNetworking/trafficControllers/{trafficControllerName}"

	// trafficDelegation is what an association's subnet is delegated to.
	trafficDelegation = "Microsoft.ServiceNetworking/trafficControllers"
)

const (
	// associationAddresses are how many addresses an association needs in its subnet, a /24 (AGC docs, components).
	associationAddresses = 256
	// mostAssociations is how many an Application Gateway for Containers can have (AGC docs, components).
	mostAssociations = 1
)

// trafficName is the rule for the names of traffic controllers and their children (bicep, Microsoft.ServiceNetworking).
var trafficName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-_.]{0,62}[A-Za-z0-9])?$`)

// trafficControllerKind is Microsoft.ServiceNetworking/trafficControllers, Application Gateway for Containers.
func trafficControllerKind() kind {
	return kind{
		token:    trafficControllerToken,
		path:     trafficControllerPath,
		autoname: "trafficControllerName",
		naming:   randomName,
		replace:  []string{"location"},
		put: func(op *operation, old, desired *Record) error {
			if err := locationRequired(desired); err != nil {
				return err
			}
			desired.Outputs = answer(desired, "Microsoft.ServiceNetworking/TrafficControllers")
			desired.Outputs["configurationEndpoints"] = []any{
				strings.ReplaceAll(guid("configuration", desired.ID), "-", "") + ".alb.azure.com",
			}
			return nil
		},
		remove: func(op *operation, r *Record) error {
			if !sameID(op.id, r.ID) { // its group goes, and the children with it
				return nil
			}
			for _, child := range op.within(r.ID) {
				_, path, _ := strings.Cut(child.ID, "/providers/")
				return refuseNestedResource.because(path)
			}
			return nil
		},
		show: func(op *operation, r *Record) {
			r.Outputs["frontends"] = childReferences(op, r, trafficFrontendToken)
			r.Outputs["associations"] = childReferences(op, r, trafficAssociationToken)
		},
	}
}

func childReferences(op *operation, parent *Record, token string) []any {
	list := []any{}
	for _, child := range op.children(parent, token) {
		list = append(list, reference(child.ID))
	}
	return list
}

// trafficFrontendKind is Microsoft.ServiceNetworking/trafficControllers/frontends.
func trafficFrontendKind() kind {
	return kind{
		token:    trafficFrontendToken,
		path:     trafficControllerPath + "/frontends/{frontendName}",
		autoname: "frontendName",
		naming:   copiedName,
		replace:  []string{"location"},
		put: func(op *operation, old, desired *Record) error {
			if _, err := trafficParent(op, desired); err != nil {
				return err
			}
			desired.Outputs = answer(desired, "Microsoft.ServiceNetworking/TrafficControllers/Frontends")
			if old != nil {
				desired.Outputs["fqdn"] = old.Outputs["fqdn"]
				return nil
			}
			desired.Outputs["fqdn"] = op.frontendName(desired)
			return nil
		},
	}
}

// frontendName is a frontend's host name, that of no other one: sixteen letters and digits, and a zone of 0-99 (AGC
// docs, frontend connectivity). It depends on the Pulumi URN where there is one, since ids have random parts.
func (op *operation) frontendName(frontend *Record) string {
	taken := map[string]bool{}
	for _, r := range op.list(trafficFrontendToken) {
		taken[text(r.Outputs, "fqdn")] = true
	}
	seed := op.seed
	if seed == "" {
		seed = frontend.ID
	}
	for i := 0; ; i++ {
		digits := strings.ReplaceAll(guid("frontend", seed, strconv.Itoa(i)), "-", "")
		name := fmt.Sprintf("%s.fz%s.alb.azure.com", digits[:16], digits8("zone", seed)[:2])
		if !taken[name] {
			return name
		}
	}
}

// trafficAssociationKind is Microsoft.ServiceNetworking/trafficControllers/associations.
func trafficAssociationKind() kind {
	return kind{
		token:    trafficAssociationToken,
		path:     trafficControllerPath + "/associations/{associationName}",
		autoname: "associationName",
		naming:   copiedName,
		replace:  []string{"location"},
		put: func(op *operation, _, desired *Record) error {
			parent, err := trafficParent(op, desired)
			if err != nil {
				return err
			}
			if err := checkAssociation(op, parent, desired); err != nil {
				return err
			}
			desired.Outputs = answer(desired, "Microsoft.ServiceNetworking/TrafficControllers/Associations")
			desired.Outputs["subnet"] = reference(text(desired.Inputs, "subnet", "id"))
			return nil
		},
	}
}

// trafficParent is the traffic controller of a child.
func trafficParent(op *operation, child *Record) (*Record, error) {
	parent, ok := op.get(parentOf(child.ID))
	if !ok {
		return nil, refuseMissingParent.because(nameOf(parentOf(child.ID)))
	}
	return parent, locationRequired(child)
}

// checkAssociation refuses a second association, and a subnet that cannot have it (azure-facts 7.8).
func checkAssociation(op *operation, parent, association *Record) error {
	if region := text(association.Inputs, "location"); !sameLocation(region, text(parent.Outputs, "location")) {
		return refuseAssociationRegion.because(association.ID, location(region), text(parent.Outputs, "location"))
	}
	for _, other := range op.children(parent, trafficAssociationToken) {
		if !sameID(other.ID, association.ID) {
			return refuseSecondAssociation.because(parent.ID, mostAssociations, other.ID)
		}
	}
	id := text(association.Inputs, "subnet", "id")
	subnet, ok := op.get(id)
	if !ok || unversioned(subnet.Token) != subnetToken {
		return refuseAssociationSubnet.because(association.ID, id)
	}
	if network, ok := op.get(parentOf(id)); ok && !sameLocation(text(network.Outputs, "location"),
		text(association.Inputs, "location")) {
		return refuseAssociationSubnet.because(association.ID, id)
	}
	if !delegatedTo(subnet, trafficDelegation) {
		return refuseAssociationDelegation.because(id, association.ID)
	}
	return checkAssociationRoom(op, subnet, association)
}

// checkAssociationRoom refuses a subnet without 256 addresses for each association in it. Addresses are counted with
// the five that Azure keeps, as the docs do: a /24 has 256.
func checkAssociationRoom(op *operation, subnet, association *Record) error {
	ranges, err := subnetPrefixes(subnet)
	if err != nil {
		return err
	}
	room := 0
	for _, prefix := range ranges {
		room += 1 << (32 - prefix.Bits())
	}
	for _, h := range op.holders(subnet.ID, trafficAssociationToken) {
		if !sameID(h.ID, association.ID) {
			room -= associationAddresses
		}
	}
	if room < associationAddresses {
		return refuseAssociationSize.because(subnet.ID, associationAddresses, association.ID)
	}
	return nil
}

// delegatedTo tells whether a subnet is delegated to a service.
func delegatedTo(subnet *Record, service string) bool {
	for _, d := range objects(subnet.Outputs, "delegations") {
		if strings.EqualFold(text(d, "serviceName"), service) {
			return true
		}
	}
	return false
}
