package azuresim

import (
	"net/netip"
	"regexp"
	"strings"
)

const routeToken = "azure-native:network:Route"

// Limits of route tables (azure-facts 4).
const (
	mostRoutes      = 400
	mostServiceTags = 25
	mostRouteTables = 200 // of a subscription, in one region
)

// routeTableKind is Microsoft.Network/routeTables.
func routeTableKind() kind {
	return kind{
		token:     routeTableToken,
		path:      networkPath + "/routeTables/{routeTableName}",
		autoname:  "routeTableName",
		naming:    randomName,
		maintains: []string{"routes"},
		put: func(op *operation, old, desired *Record) error {
			if err := checkRouteTable(op, old, desired); err != nil {
				return err
			}
			desired.Outputs = networkAnswer(desired, "routeTables")
			delete(desired.Outputs, "routes")
			fill(desired.Outputs, "disableBgpRoutePropagation", false)
			desired.Outputs["resourceGuid"] = guid("resource", desired.ID)
			op.put(desired)
			if err := op.replaceChildren(desired, "routes", routeToken, "routeName"); err != nil {
				return err
			}
			return op.checkRoutes(desired.ID)
		},
		remove: func(op *operation, r *Record) error {
			if len(op.holders(r.ID, subnetToken)) > 0 {
				return refuseTableInUse.because(nameOf(r.ID))
			}
			return nil
		},
		show: func(op *operation, r *Record) {
			if routes := op.embedded(r, routeToken); len(routes) > 0 || r.Owner == "" {
				r.Outputs["routes"] = routes
			}
			if subnets := op.referrers(r.ID, subnetToken); len(subnets) > 0 {
				r.Outputs["subnets"] = subnets
			}
		},
	}
}

// routeKind is Microsoft.Network/routeTables/routes.
func routeKind() kind {
	return kind{
		token:    routeToken,
		path:     networkPath + "/routeTables/{routeTableName}/routes/{routeName}",
		autoname: "routeName",
		naming:   copiedName,
		put: func(op *operation, _, desired *Record) error {
			if err := checkName(desired); err != nil {
				return err
			}
			if err := checkRoute(desired); err != nil {
				return err
			}
			desired.Outputs = networkAnswer(desired, "routeTables/routes")
			desired.Outputs["nextHopType"] = canonical(text(desired.Inputs, "nextHopType"), nextHops...)
			desired.Outputs["hasBgpOverride"] = false
			op.put(desired)
			return op.checkRoutes(parentOf(desired.ID))
		},
		remove: func(op *operation, r *Record) error {
			op.remove(r.ID)
			return op.checkRoutedSubnets()
		},
	}
}

// checkRouteTable refuses a table that is wrong by itself, and one too many in its region.
func checkRouteTable(op *operation, old, table *Record) error {
	if err := checkName(table); err != nil {
		return err
	}
	if err := locationRequired(table); err != nil {
		return err
	}
	if old != nil {
		return nil
	}
	here, region := 1, text(table.Inputs, "location")
	for _, r := range op.list(routeTableToken) {
		if sameLocation(text(r.Outputs, "location"), region) {
			here++
		}
	}
	if here > mostRouteTables {
		return refuseManyTables.because(mostRouteTables, location(region))
	}
	return nil
}

// serviceTagName is the form of a service tag, which a route may have in place of a prefix (azure-facts 4).
var serviceTagName = regexp.MustCompile(`^[A-Z][A-Za-z0-9]*(\.[A-Za-z0-9]+)?$`)

// checkRoute refuses a route that is wrong by itself (azure-facts 4).
func checkRoute(r *Record) error {
	destination, hop := text(r.Inputs, "addressPrefix"), text(r.Inputs, "nextHopIpAddress")
	if !serviceTagName.MatchString(destination) {
		if _, err := prefixes(r.ID, []string{destination}); err != nil {
			return err
		}
	}
	appliance := strings.EqualFold(text(r.Inputs, "nextHopType"), "VirtualAppliance")
	switch {
	case appliance && hop == "":
		return refuseNoNextHop.because(nameOf(r.ID))
	case appliance:
		if _, err := netip.ParseAddr(hop); err != nil {
			return refuseNextHop.because(hop, nameOf(r.ID))
		}
	case hop != "":
		return refuseNeedlessNextHop.because(hop, nameOf(r.ID))
	}
	return nil
}

// checkRoutes refuses routes of a table that cannot be together, and ones that a firewall or gateway in a subnet
// forbids.
func (op *operation) checkRoutes(table string) error {
	byPrefix, tags := map[string]string{}, 0
	routes := op.children(&Record{ID: table}, routeToken)
	for _, r := range routes {
		destination := strings.ToLower(text(r.Outputs, "addressPrefix"))
		if other, ok := byPrefix[destination]; ok {
			return refuseTwinRoutes.because(nameOf(r.ID), other)
		}
		byPrefix[destination] = nameOf(r.ID)
		if serviceTagName.MatchString(text(r.Outputs, "addressPrefix")) {
			tags++
		}
	}
	if len(routes) > mostRoutes {
		return refuseManyRoutes.because(table, mostRoutes, len(routes))
	}
	if tags > mostServiceTags {
		return refuseManyTags.because(table, mostServiceTags, tags)
	}
	return op.checkRoutedSubnets()
}
