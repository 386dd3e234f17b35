// Package snat is the arithmetic of source ports: how many connections to one destination fit through each way out of a
// cluster, and how many public IPs it takes.
//
// # Capacity per destination
//
// A connection is told apart by protocol, source address and port, destination address and port. Behind one public IP
// all source addresses are the same, so that two connections to the same destination need two source ports, while
// connections to different destinations may share one. A destination is an IP address with port and protocol, and
// capacity means connections to one destination that are open at the same time, or closed and waiting until their port
// may be used again. It is limited:
//
//   - behind a load balancer for each node: by the ports that Azure gave the node in advance, from the table by
//     number of nodes or by the cluster's allocatedOutboundPorts (azure-facts 2.2, 2.3). What other nodes have left is
//     no help;
//   - behind a NAT gateway for all nodes together: 50,000 for each IP, and 2,000,000 to all destinations of the gateway
//     (azure-facts 3). The 64,512 ports of an IP are taken on demand by whichever node asks;
//   - behind a firewall for all nodes together: 2,496 for each IP and instance of the firewall, of which at least two
//     run (azure-facts 5.3). The sources do not say that it uses a port again for another destination, so that here
//     connections to different destinations are added up;
//   - behind a firewall whose subnet has a NAT gateway: by the NAT gateway (azure-facts 5.3).
//
// # What is not modelled
//
// The instances that a busy firewall adds; limits of throughput and of flows for each virtual machine; the block of 8
// ports that each inbound rule takes from a load balancer's address (azure-facts 2.2); several NAT gateways, one for
// each subnet; UDP, whose ports a load balancer gives by other rules. The Basic tier of the firewall has no limit of
// ports of its own in the sources.
//
// # Simulation
//
// Simulate runs connections through ports given in advance, or taken on demand, as discrete events, and Compare does
// so for both at growing load.
package snat
