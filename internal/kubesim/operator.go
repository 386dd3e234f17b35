package kubesim

import (
	"errors"
	"fmt"
	"net"
	"strconv"

	"aks-egress/egress"
)

// httpsPort is where API servers of AKS listen.
const httpsPort = 443

// unableToConnect is kubectl's beginning of what Reach says.
const unableToConnect = "Unable to connect to the server: "

// Reach finds the cluster behind an API server's address, if the operator, who runs Pulumi and kubectl, comes there.
// The error is what Go's net package says.
func (k *Kubernetes) Reach(host string, port uint16) (Cluster, error) {
	cluster, err := k.connect(host)
	if err != nil {
		return Cluster{}, err
	}
	trace := k.infra.Trace(egress.Flow{From: egress.FromOperator, Host: host, Port: port, Protocol: egress.HTTPS})
	return cluster, refusedDial(trace, cluster, host, port)
}

// refusedDial is how a connection fails that does not arrive; nil for one that does.
func refusedDial(trace egress.Trace, cluster Cluster, host string, port uint16) error {
	switch {
	case trace.Disposition.Arrives():
		return nil
	case trace.Disposition == egress.Insufficient:
		return errors.New("not known to the simulation: " + trace.Reason)
	case trace.Refusal == egress.RefusedUnresolved:
		return fmt.Errorf("dial tcp: lookup %s: no such host", host)
	case trace.Refusal == egress.RefusedTLSReset:
		return fmt.Errorf("read tcp %s:%d: read: connection reset by peer", host, port)
	}
	at := host // of a private endpoint the address is not known
	if cluster.Address.IsValid() {
		at = cluster.Address.String()
	}
	return fmt.Errorf("dial tcp %s: i/o timeout", net.JoinHostPort(at, strconv.Itoa(int(port))))
}
