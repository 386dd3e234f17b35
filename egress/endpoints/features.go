package endpoints

// The endpoints of AKS's optional features, by the rows of azure-facts 6.3 (source and date: RequiredSource).

func ubuntuNodeUpdates() []Endpoint {
	const why = "Security updates of Ubuntu nodes."
	return []Endpoint{
		http("security.ubuntu.com", why),
		http("azure.archive.ubuntu.com", why),
		http("changelogs.ubuntu.com", why),
		https("snapshot.ubuntu.com", why),
	}
}

func gpuNodes() []Endpoint {
	const why = "Drivers of GPU nodes."
	return []Endpoint{
		https("nvidia.github.io", why),
		https("us.download.nvidia.com", why),
		https("download.docker.com", why),
	}
}

func windowsNodes() []Endpoint {
	const why = "Windows nodes install their binaries and check their connection."
	return []Endpoint{
		https("onegetcdn.azureedge.net", why),
		https("go.microsoft.com", why),
		http("*.mp.microsoft.com", why),
		http("www.msftconnecttest.com", why),
		http("ctldl.windowsupdate.com", why),
	}
}

func defender() []Endpoint {
	const why = "Microsoft Defender for Containers sends security data."
	return []Endpoint{
		https("*.ods.opinsights.azure.com", why),
		https("*.oms.opinsights.azure.com", why),
		https("*.cloud.defender.microsoft.com", why),
	}
}

// azureMonitor leaves out the service tag AzureMonitor on TCP 443, which the source lists beside these names: a network
// rule on 443 is decided before, and so hides, the rules by host name.
func azureMonitor(region string) []Endpoint {
	const why = "Azure Monitor receives logs, metrics and traces."
	return []Endpoint{
		https("*.ods.opinsights.azure.com", why),
		https("*.oms.opinsights.azure.com", why),
		https("dc.services.visualstudio.com", why),
		https("*.in.applicationinsights.azure.com", why),
		https("*.monitoring.azure.com", why),
		https("login.microsoftonline.com", "Azure Monitor's agents get tokens from Microsoft Entra ID."),
		https("global.handler.control.monitor.azure.com", why),
		https("*.ingest.monitor.azure.com", why),
		https("*.metrics.ingest.monitor.azure.com", why),
		https(region+".handler.control.monitor.azure.com", why),
	}
}

func keyVaultDriver() []Endpoint {
	return []Endpoint{https("vault.azure.net", "Key Vault provider for the Secrets Store CSI driver, as AKS lists it.")}
}

func azurePolicy() []Endpoint {
	const why = "Azure Policy add-on pulls policies and reports compliance."
	return []Endpoint{
		https("data.policy.core.windows.net", why),
		https("store.policy.core.windows.net", why),
		https("dc.services.visualstudio.com", why),
	}
}

func clusterExtensions(region string) []Endpoint {
	const why = "Cluster extensions are configured, pulled and billed."
	list := []Endpoint{
		https(region+".dp.kubernetesconfiguration.azure.com", why),
		https("arcmktplaceprod.azurecr.io", why),
	}
	for _, replica := range []string{"centralindia", "japaneast", "westus2", "westeurope", "eastus"} {
		list = append(list, https("arcmktplaceprod."+replica+".data.azurecr.io", why))
	}
	return append(list,
		https("*.ingestion.msftcloudes.com", why),
		https("*.microsoftmetrics.com", why),
		https("marketplaceapi.microsoft.com", why),
	)
}
