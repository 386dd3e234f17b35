package simulation

import (
	"fmt"

	"aks-egress/internal/azuresim"
	"aks-egress/internal/engine"
	"aks-egress/internal/kubesim"
)

// Azure is the simulated Azure of a cloud that Open opened.
func Azure(c engine.Cloud) (*azuresim.Cloud, error) {
	joined, ok := c.(*cloud)
	if !ok {
		return nil, fmt.Errorf("bug: %T has no simulated Azure", c)
	}
	return joined.azure, nil
}

// Kubernetes are the simulated clusters of a cloud that Open opened.
func Kubernetes(c engine.Cloud) (*kubesim.Kubernetes, error) {
	joined, ok := c.(*cloud)
	if !ok {
		return nil, fmt.Errorf("bug: %T has no simulated Kubernetes", c)
	}
	return joined.kubernetes, nil
}
