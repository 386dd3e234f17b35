package azuresim

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
)

// networkAnswer is answer for the network provider, whose etag changes with the resource.
func networkAnswer(r *Record, armType string) map[string]any {
	outputs := answer(r, "Microsoft.Network/"+armType)
	body, _ := json.Marshal(r.Inputs) // plain values marshal
	outputs["etag"] = `W/"` + guid(r.ID, string(body)) + `"`
	return outputs
}

// resourceName is the rule for most names of the network provider (azure-facts 11.1).
var resourceName = regexp.MustCompile(`^[A-Za-z0-9]([\w.-]*\w)?$`)

// checkName refuses names that break the rule or have another length.
func checkName(r *Record, shortest, longest int) error {
	name := nameOf(r.ID)
	if len(name) >= shortest && len(name) <= longest && resourceName.MatchString(name) {
		return nil
	}
	return refuse("InvalidResourceName",
		"Resource name %s is invalid. The name can be %d to %d characters long. It must begin "+
			"with a word character, and it must end with a word character or with '_'. The name may contain word characters or "+
			"'.', '-', '_'.", name, shortest, longest)
}

// locationRequired is ARM's answer to a resource without location.
func locationRequired(r *Record) error {
	if text(r.Inputs, "location") == "" {
		return refuse("LocationRequired", "The location property is required for this definition.")
	}
	return nil
}

// zonesFixed refuses a change of availability zones.
func zonesFixed(old, desired *Record) error {
	if old == nil {
		return nil
	}
	before, after := texts(old.Inputs, "zones"), texts(desired.Inputs, "zones")
	slices.Sort(before)
	slices.Sort(after)
	if slices.Equal(before, after) {
		return nil
	}
	return refuse("ResourceAvailabilityZonesCannotBeModified",
		"Resource %s has an existing availability zone constraint %s "+
			"and the request has availability zone constraint %s, which do not match. Zones cannot be added/updated/removed "+
			"once the resource is created. The resource cannot be updated from regional to zonal or vice-versa.",
		desired.ID, zoneList(before), zoneList(after))
}

func zoneList(zones []string) string {
	if len(zones) == 0 {
		return "NoZone"
	}
	text := zones[0]
	for _, zone := range zones[1:] {
		text += ", " + zone
	}
	return text
}

// checkZones refuses zones that no region has.
func checkZones(r *Record, most int) error {
	zones := texts(r.Inputs, "zones")
	for _, zone := range zones {
		if !slices.Contains([]string{"1", "2", "3"}, zone) {
			return refuse("InvalidAvailabilityZone", "The zone(s) '%s' for resource '%s' is not supported. "+
				"The supported zones for location '%s' are '1, 2, 3'.", zone, r.ID, location(text(r.Inputs, "location")))
		}
	}
	if len(zones) > most {
		return refuse("BadRequest", "Resource %s can be in %d zone(s) at most (got %s).", r.ID, most, zoneList(zones))
	}
	return nil
}

// checkMinutes refuses an idle timeout outside its range; absent is the default.
func checkMinutes(r *Record, least, most float64) error {
	if n, ok := number(r.Inputs, "idleTimeoutInMinutes"); ok && (n < least || n > most) {
		return refuse("BadRequest", "idleTimeoutInMinutes of resource %s must be from %v to %v (got %v).", r.ID, least,
			most, n)
	}
	return nil
}

// notSimulated refuses, in the simulation's own words, what Azure would do and the simulation cannot.
func notSimulated(id, what string) error { return fmt.Errorf("%s: %s: not simulated", id, what) }
