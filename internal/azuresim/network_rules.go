package azuresim

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
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

// longestName is the length of most names of the network provider.
const longestName = 80

// checkName refuses names that break the rule or are too long.
func checkName(r *Record) error {
	if name := nameOf(r.ID); !isResourceName(name) {
		return refuseName.because(name)
	}
	return nil
}

func isResourceName(name string) bool {
	return len(name) <= longestName && resourceName.MatchString(name)
}

// locationRequired is ARM's answer to a resource without location.
func locationRequired(r *Record) error {
	if text(r.Inputs, "location") == "" {
		return refuseMissingLocation.because()
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
	return refuseZoneChange.because(desired.ID, zoneList(before), zoneList(after))
}

func zoneList(zones []string) string {
	if len(zones) == 0 {
		return "NoZone"
	}
	return strings.Join(zones, ", ")
}

// checkZones refuses zones that no region has.
func checkZones(r *Record) error {
	for _, zone := range texts(r.Inputs, "zones") {
		if !slices.Contains([]string{"1", "2", "3"}, zone) {
			_, path, _ := strings.Cut(r.ID, "/providers/")
			return refuseUnknownZone.because(zone, path, location(text(r.Inputs, "location")))
		}
	}
	return nil
}

// checkMinutes refuses an idle timeout outside its range; absent is the default.
func checkMinutes(r *Record, least, most float64) error {
	if n, ok := number(r.Inputs, "idleTimeoutInMinutes"); ok && (n < least || n > most) {
		return refuseIdleTimeout.because(r.ID, least, most, n)
	}
	return nil
}

// notSimulated refuses, in the simulation's own words, what Azure would do and the simulation cannot.
func notSimulated(id, what string) error { return fmt.Errorf("%s: %s: not simulated", id, what) }
