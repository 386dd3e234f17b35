package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCapacity(t *testing.T) {
	t.Parallel()
	code, stdout, stderr := call("capacity", "--nodes", "200", "--connections-per-node", "3000")
	assert.Equal(t, exitFine, code, "that nothing holds is an answer")
	assert.Empty(t, stderr)
	assert.Equal(t, `way out                          IPs  holds  IPs needed  ports per node  first limit
loadBalancer, automatic ports      1  no             12             256  256 ports per node
loadBalancer, explicit ports       1  no             10             320  64,000 ports per IP
managedNATGateway                  1  no             12       on demand  50,000 connections per IP
userAssignedNATGateway             1  no             12       on demand  50,000 connections per IP
userDefinedRouting, firewall       1  no            121       on demand  4,992 ports per IP
userDefinedRouting, NAT gateway    1  no             12       on demand  50,000 connections per IP

Each of 200 nodes keeps 3,000 connections to one destination (IP address, port, protocol), together
600,000. A load balancer gives every node its ports in advance, busy or not; a NAT gateway and a
firewall give them to whichever node asks.

loadBalancer, explicit ports: outboundIpCount=10 outboundPortsPerNode=3000, enough for 213 nodes.
`, stdout)
}

func TestCapacity_Never(t *testing.T) {
	t.Parallel()
	code, stdout, _ := call("capacity", "--nodes", "2000", "--connections-per-node", "2000", "--destinations", "4",
		"--ips", "50", "--ports-per-node", "1024")
	assert.Equal(t, exitFine, code)
	for _, want := range []string{
		"each of 4 destinations", "\ntogether 16,000,000.",
		"loadBalancer, automatic ports: never, the limit is 1,000 nodes in the table (azure-facts 2.2).\n",
		"loadBalancer, explicit ports: never, the limit is 1,024 ports per node (azure-facts 2.3).\n",
		"managedNATGateway: never, the limit is 2,000,000 connections (azure-facts 3).\n",
		"userDefinedRouting, firewall: never, the limit is 250 IPs (azure-facts 5.3).\n",
		"managedNATGateway                 16  no          never       on demand  2,000,000 connections\n",
	} {
		assert.Contains(t, stdout, want)
	}
	for line := range strings.Lines(stdout) {
		assert.LessOrEqual(t, len(strings.TrimSuffix(line, "\n")), capacityWidth, line)
		assert.Equal(t, strings.TrimRight(line, " \n"), strings.TrimSuffix(line, "\n"), "no blanks at the end")
	}
}

func TestCapacity_JSON(t *testing.T) {
	t.Parallel()
	drawing := filepath.Join(t.TempDir(), "snat.svg")
	code, stdout, stderr := call("capacity", "--nodes", "20", "--connections-per-node", "100", "--ports-per-node", "64",
		"--ips", "2", "--svg", drawing, "--seed", "7", "--json")
	require.Equal(t, exitFine, code, stderr)
	assert.Empty(t, stderr)
	var report map[string]any
	require.NoError(t, json.Unmarshal([]byte(stdout), &report))
	assert.Equal(t, map[string]any{
		"nodes": 20.0, "connectionsPerNode": 100.0, "destinations": 1.0, "ips": 2.0, "portsPerNode": 64.0,
	}, report["need"])
	answers := report["answers"].([]any)
	require.Len(t, answers, 6)
	assert.Equal(t, map[string]any{
		"way": "loadBalancer, explicit ports", "holds": false,
		"given": map[string]any{
			"ips": 2.0, "ports": 1280.0, "portsPerNode": 64.0, "maxNodes": 2000.0, "connectionsPerNode": 64.0,
		},
		"firstLimit": map[string]any{"value": 64.0, "what": "ports per node", "source": "azure-facts 2.3"},
		"never":      map[string]any{"value": 64.0, "what": "ports per node", "source": "azure-facts 2.3"},
	}, answers[1])
	simulated := report["simulation"].(map[string]any)
	points := simulated["points"].([]any)
	assert.Len(t, points, 12)
	last := points[11].(map[string]any)["loadBalancer"].(map[string]any)
	assert.Equal(t, last["offered"], last["accepted"].(float64)+last["refused"].(float64))
	assert.Contains(t, last["firstRefusal"], "freeElsewhere")
	delete(simulated, "points")
	assert.Equal(t, map[string]any{
		"nodes": 20.0, "portsPerNode": 64.0, "seed": 7.0, "ports": 1280.0, "natGatewayIps": 1.0, "svg": drawing,
	}, simulated)
	svg, err := os.ReadFile(drawing)
	require.NoError(t, err)
	assert.Contains(t, string(svg), "1,280 ports")
}

func TestCapacity_Simulate(t *testing.T) {
	t.Parallel()
	arguments := []string{"capacity", "--nodes", "50", "--connections-per-node", "100", "--simulate"}
	code, stdout, stderr := call(arguments...)
	require.Equal(t, exitFine, code, stderr)
	assert.Contains(t, stdout, "\nSimulated: connections to one destination, half of them from 5 of the 50 nodes. "+
		"The load balancer\ngives each node 1,024 ports; the NAT gateway has the same 51,200 for all (2 IPs).\n")
	assert.Regexp(t, `(?m)^ 10%         5,120                   0\.0%               -                 0\.0%$`, stdout)
	assert.Regexp(t, `(?m)^ 60%        30,720 +3\d\.\d% +3\d,\d{3} +0\.0%$`, stdout)
	_, again, _ := call(arguments...)
	assert.Equal(t, stdout, again, "the seed decides")
	_, other, _ := call(append(arguments, "--seed", "2")...)
	assert.NotEqual(t, stdout, other)
}

func TestCapacity_Usage(t *testing.T) {
	t.Parallel()
	for arguments, want := range map[string]string{
		"":          `required flag(s) "connections-per-node", "nodes" not set`,
		"--nodes x": `invalid argument "x" for "--nodes"`,
		"--nodes 0 --connections-per-node 0 --destinations 0 --ips 251 --ports-per-node 9": "error: " +
			"--nodes 0 is outside 1-5000\n--connections-per-node 0 is outside 1-10000000\n" +
			"--destinations 0 is outside 1-10000\n--ips 251 is outside 1-250\n" +
			"--ports-per-node 9 is not a multiple of 8: use 16\n",
		"--nodes 1 --connections-per-node 1 --simulate":    "--simulate: snat: comparison of 1 nodes is outside 2-5000",
		"--nodes 1001 --connections-per-node 1 --simulate": "takes --ports-per-node: Azure's table of automatic ports",
		"--nodes 200 --connections-per-node 1 --ports-per-node 1024 --svg x": "--ports-per-node 1024 for --nodes 200 takes " +
			"204800 ports, and 1 outbound IPs have 64000: use --ports-per-node 320 or fewer, or more --ips",
		"--nodes 200 --connections-per-node 1 --ports-per-node 5000 --ips 16 --simulate": "outside 1-800000 ports",
		"lb --nodes 1 --connections-per-node 1":                                          `unknown command "lb"`,
	} {
		code, stdout, stderr := call(append([]string{"capacity"}, strings.Fields(arguments)...)...)
		assert.Equal(t, exitUsage, code, arguments)
		assert.Empty(t, stdout, arguments)
		assert.Contains(t, stderr, want, arguments)
	}
	code, stdout, stderr := call("capacity", "--nodes", "2", "--connections-per-node", "1", "--ports-per-node", "8",
		"--svg", filepath.Join(t.TempDir(), "nosuch", "x.svg"))
	assert.Equal(t, exitFailed, code)
	assert.Empty(t, stdout)
	assert.Contains(t, stderr, "error: --svg: open ")
}
