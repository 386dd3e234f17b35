package topology

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"

	"aks-egress/egress"
)

// ServiceTags reads the prefixes of service tags, for egress.Network.ServiceTags, from the file that Microsoft
// publishes weekly (ServiceTags_Public_….json, learn.microsoft.com/azure/virtual-network/service-tags-overview).
func ServiceTags(r io.Reader) (map[string][]netip.Prefix, error) {
	var file struct {
		Values []struct {
			Name       string `json:"name"`
			Properties struct {
				AddressPrefixes []string `json:"addressPrefixes"`
			} `json:"properties"`
		} `json:"values"`
	}
	if err := json.NewDecoder(r).Decode(&file); err != nil {
		return nil, fmt.Errorf("not Microsoft's file of service tags: %w", err)
	}
	if len(file.Values) == 0 {
		return nil, errors.New("not Microsoft's file of service tags: there are no `values` in it")
	}
	tags := make(map[string][]netip.Prefix, len(file.Values))
	for _, value := range file.Values {
		for _, text := range value.Properties.AddressPrefixes {
			prefix, err := egress.ParsePrefix(text)
			if err != nil {
				return nil, fmt.Errorf("service tag %s: %w", value.Name, err)
			}
			tags[value.Name] = append(tags[value.Name], prefix.Masked())
		}
	}
	return tags, nil
}
