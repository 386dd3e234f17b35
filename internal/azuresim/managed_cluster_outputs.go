package azuresim

import (
	"encoding/json"
)

// answer is what the AKS resource provider answers for the cluster: the request, defaults filled in, and what AKS chose
// (SDK containerservice/v20240901, ManagedCluster). effective are the ids of the outbound addresses.
func (c *clusterRequest) answer(effective []string) map[string]any {
	outputs := answer(c.desired, "Microsoft.ContainerService/ManagedClusters")
	version := c.currentVersion()
	hash := hex8("fqdn", c.desired.ID)
	domain := location(c.spec.Location) + ".azmk8s.io"
	access := c.spec.APIServerAccessProfile
	if !access.EnablePrivateCluster || value(access.EnablePrivateClusterPublicFQDN, true) {
		outputs["fqdn"] = c.spec.DNSPrefix + "-" + hash + ".hcp." + domain
		outputs["azurePortalFQDN"] = c.spec.DNSPrefix + "-" + hash + ".portal.hcp." + domain
	}
	if access.EnablePrivateCluster {
		outputs["privateFQDN"] = c.spec.DNSPrefix + "-" + hex8("private", c.desired.ID) + "." +
			guid("zone", c.desired.ID) + ".privatelink." + domain
	}
	outputs["kubernetesVersion"] = c.spec.KubernetesVersion
	outputs["currentKubernetesVersion"] = version
	outputs["dnsPrefix"] = c.spec.DNSPrefix
	outputs["nodeResourceGroup"] = c.spec.NodeResourceGroup
	outputs["maxAgentPools"] = float64(maxPools)
	outputs["powerState"] = map[string]any{"code": "Running"}
	outputs["resourceUID"] = guid("uid", c.desired.ID)[:8] + guid("uid2", c.desired.ID)[:4]
	outputs["identity"] = c.identityAnswer()
	outputs["identityProfile"] = map[string]any{"kubeletidentity": map[string]any{
		"resourceId": c.kubeletIdentity(),
		"clientId":   guid("client", c.kubeletIdentity()),
		"objectId":   guid("principal", c.kubeletIdentity()),
	}}
	outputs["oidcIssuerProfile"] = c.issuerAnswer()
	if len(c.spec.AddonProfiles) > 0 {
		outputs["addonProfiles"] = c.addonsAnswer()
	}
	outputs["agentPoolProfiles"] = c.poolsAnswer(version)
	outputs["networkProfile"] = c.networkAnswer(effective)
	for name, def := range map[string]any{
		"enableRBAC": true, "disableLocalAccounts": false, "supportPlan": "KubernetesOfficial",
		"sku":                     map[string]any{"name": "Base", "tier": "Free"},
		"servicePrincipalProfile": map[string]any{"clientId": "msi"},
	} {
		fill(outputs, name, def)
	}
	outputs["eTag"] = entityTag(outputs)
	return outputs
}

func (c *clusterRequest) identityAnswer() map[string]any {
	if c.spec.Identity.Type == "SystemAssigned" {
		return map[string]any{
			"type": "SystemAssigned", "principalId": guid("principal", c.desired.ID), "tenantId": TenantID,
		}
	}
	identities := map[string]any{}
	for _, id := range c.spec.Identity.UserAssignedIdentities {
		if r, ok := c.op.get(id); ok {
			identities[id] = map[string]any{
				"principalId": text(r.Outputs, "principalId"), "clientId": text(r.Outputs, "clientId"),
			}
		}
	}
	return map[string]any{"type": c.spec.Identity.Type, "userAssignedIdentities": identities}
}

func (c *clusterRequest) issuerAnswer() map[string]any {
	if !c.spec.hasIssuer() {
		return map[string]any{"enabled": false}
	}
	return map[string]any{
		"enabled": true,
		"issuerURL": "https://" + location(c.spec.Location) + ".oic.prod-aks.azure.com/" + TenantID + "/" +
			guid("issuer", c.desired.ID) + "/",
	}
}

func (c *clusterRequest) poolsAnswer(version string) []any {
	var pools []any
	for i, o := range objects(c.whole.Inputs, "agentPoolProfiles") {
		p := c.spec.AgentPoolProfiles[i]
		o = cloneObject(o)
		o["count"] = float64(*p.Count)
		o["maxPods"] = float64(*p.MaxPods)
		o["mode"], o["type"], o["osType"] = p.Mode, p.Type, p.OSType
		o["orchestratorVersion"], o["currentOrchestratorVersion"] = version, version
		if p.OrchestratorVersion != "" {
			o["orchestratorVersion"] = p.OrchestratorVersion
		}
		o["provisioningState"] = "Succeeded"
		o["powerState"] = map[string]any{"code": "Running"}
		o["nodeImageVersion"] = "AKSUbuntu-2204gen2containerd-202509.11.0" // one image is enough
		for name, def := range map[string]any{
			"osSKU": "Ubuntu", "osDiskSizeGB": 128.0, "osDiskType": "Managed", "kubeletDiskType": "OS",
			"enableAutoScaling": false, "enableFIPS": false, "enableNodePublicIP": false,
			"enableEncryptionAtHost": false, "enableUltraSSD": false, "scaleDownMode": "Delete",
		} {
			fill(o, name, def)
		}
		o["eTag"] = entityTag(o)
		pools = append(pools, o)
	}
	return pools
}

// networkAnswer is networkProfile with defaults and effective addresses (azure-facts 1.1, 2.1).
func (c *clusterRequest) networkAnswer(effective []string) map[string]any {
	n := c.spec.NetworkProfile
	o := cloneObject(object(c.desired.Inputs, "networkProfile"))
	if o == nil {
		o = map[string]any{}
	}
	o["networkPlugin"], o["networkDataplane"] = n.NetworkPlugin, n.NetworkDataplane
	o["outboundType"], o["loadBalancerSku"] = n.OutboundType, "standard"
	o["serviceCidr"], o["serviceCidrs"] = n.ServiceCIDR, []any{n.ServiceCIDR}
	o["dnsServiceIP"] = n.DNSServiceIP
	o["ipFamilies"] = []any{"IPv4"}
	fill(o, "networkPolicy", "none")
	delete(o, "podCidr")
	delete(o, "podCidrs")
	if n.hasPodCIDR() {
		o["podCidr"], o["podCidrs"] = n.PodCIDR, []any{n.PodCIDR}
	}
	for _, profile := range []string{"loadBalancerProfile", "natGatewayProfile"} {
		delete(object(o, profile), "effectiveOutboundIPs")
	}
	switch n.OutboundType {
	case outboundLoadBalancer:
		o["loadBalancerProfile"] = c.loadBalancerAnswer(object(o, "loadBalancerProfile"), effective)
	case outboundManagedNATGateway:
		idle := 4
		if p := n.NATGatewayProfile; p != nil {
			idle = value(p.IdleTimeoutInMinutes, 4)
		}
		o["natGatewayProfile"] = map[string]any{
			"managedOutboundIPProfile": map[string]any{"count": float64(c.spec.natIPs())},
			"idleTimeoutInMinutes":     float64(idle),
			"effectiveOutboundIPs":     references(effective),
		}
	}
	return o
}

func (c *clusterRequest) loadBalancerAnswer(o map[string]any, effective []string) map[string]any {
	if o == nil {
		o = map[string]any{"managedOutboundIPs": map[string]any{"count": float64(c.spec.managedIPs())}}
	}
	if managed := object(o, "managedOutboundIPs"); managed != nil {
		fill(managed, "count", 1.0)
	}
	fill(o, "allocatedOutboundPorts", 0.0)
	fill(o, "idleTimeoutInMinutes", 30.0)
	fill(o, "backendPoolType", "NodeIPConfiguration")
	o["effectiveOutboundIPs"] = references(effective)
	return o
}

// entityTag is a UUID that changes with what it tags.
func entityTag(o map[string]any) string {
	encoded, err := json.Marshal(o)
	if err != nil { // the values come from JSON
		return ""
	}
	return guid("etag", string(encoded))
}

// fail gives the cluster the provisioning state Failed.
func (c *clusterRequest) fail() {
	if c.only == "" {
		c.desired.Outputs["provisioningState"] = "Failed"
	}
	for _, pool := range objects(c.desired.Outputs, "agentPoolProfiles") {
		if c.only == "" || c.only == text(pool, "name") {
			pool["provisioningState"] = "Failed"
		}
	}
	c.op.put(c.desired)
}
