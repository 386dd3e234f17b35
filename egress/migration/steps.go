package migration

// Step is one step of a change of outbound type.
type Step string

// The steps, in their order: what the new type needs comes before the change, what the old one needed goes after it
// (azure-facts 1.6).
const (
	Build  Step = "build"  // what must stand before is built, and what the present type needs stays
	Change Step = "change" // Azure changes the cluster
	Follow Step = "follow" // who deployed the cluster takes over what Azure has
	Clear  Step = "clear"  // what is left of the old way goes
)

// Steps are what a move takes. A cluster that has the type already may still have what is left of an earlier one; a
// move that Azure does not make has no steps.
func (m Move) Steps() []Step {
	switch {
	case !m.Supported:
		return nil
	case m.From == m.To:
		return []Step{Follow, Clear}
	case len(m.Prepare) > 0:
		return []Step{Build, Change, Follow, Clear}
	default:
		return []Step{Change, Follow, Clear}
	}
}

// Switches is the step in which traffic takes the new way. While both ways stand, a route to an appliance wins over a
// NAT gateway, and that over AKS's load balancer (azure-facts 0, 4).
func (m Move) Switches() Step {
	rank := map[OutboundType]int{UserAssignedNATGateway: 1, UserDefinedRouting: 2}
	from, to := rank[m.From.OutboundType], rank[m.To.OutboundType]
	switch {
	case !m.Supported || m.From == m.To:
		return ""
	case from < to:
		return Build
	case from > to:
		return Clear
	default:
		return Change
	}
}
