package simulation

import (
	"fmt"

	"aks-egress/internal/azuresim"
	"aks-egress/internal/engine"
)

// Azure is the simulated Azure of a cloud that Open opened.
func Azure(c engine.Cloud) (*azuresim.Cloud, error) {
	joined, ok := c.(*cloud)
	if !ok {
		return nil, fmt.Errorf("bug: %T has no simulated Azure", c)
	}
	return joined.azure, nil
}
