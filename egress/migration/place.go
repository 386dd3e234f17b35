package migration

// OutboundType is Azure's word for how a cluster's traffic leaves (networkProfile.outboundType).
type OutboundType string

// The outbound types of azure-facts 1.2. The last three exist only in APIs newer than the azure-native v2 SDK's
// (azure-facts 10); they are here because the matrices have them.
const (
	LoadBalancer           OutboundType = "loadBalancer"
	ManagedNATGateway      OutboundType = "managedNATGateway"
	UserAssignedNATGateway OutboundType = "userAssignedNATGateway"
	UserDefinedRouting     OutboundType = "userDefinedRouting"
	ManagedNATGatewayV2    OutboundType = "managedNATGatewayV2"
	None                   OutboundType = "none"
	Block                  OutboundType = "block"
)

// Network is whose virtual network the nodes are in.
type Network bool

// The two kinds of network. A cluster never changes from one to the other.
const (
	ManagedNetwork Network = false // made and kept by AKS: the agent pools have no vnetSubnetID
	OwnNetwork     Network = true  // brought along: every agent pool has a vnetSubnetID
)

// NetworkOf is the kind of network that a node subnet's ARM id, or its absence, means.
func NetworkOf(vnetSubnetID string) Network { return vnetSubnetID != "" }

func (n Network) String() string {
	if n == OwnNetwork {
		return "a VNet of your own"
	}
	return "the VNet that AKS manages"
}

// Types are the outbound types that can exist in a network (azure-facts 1.2), in the order of Azure's tables.
func (n Network) Types() []OutboundType {
	if n == OwnNetwork {
		return []OutboundType{LoadBalancer, UserAssignedNATGateway, UserDefinedRouting, None}
	}
	return []OutboundType{LoadBalancer, ManagedNATGatewayV2, ManagedNATGateway, None, Block}
}

// Place is where a cluster stands.
type Place struct {
	Network      Network
	OutboundType OutboundType
}

func (p Place) String() string { return string(p.OutboundType) + " in " + p.Network.String() }

// Types are all outbound types, of both networks.
func Types() []OutboundType {
	return []OutboundType{
		LoadBalancer, ManagedNATGateway, UserAssignedNATGateway, UserDefinedRouting, ManagedNATGatewayV2, None, Block,
	}
}
