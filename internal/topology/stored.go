package topology

import "encoding/json"

// stored is a resource as a state has it (apitype.ResourceV3).
type stored struct {
	URN      string          `json:"urn"`
	Type     string          `json:"type"`
	ID       string          `json:"id"`
	Provider string          `json:"provider"`
	Delete   bool            `json:"delete"`
	External bool            `json:"external"`
	Inputs   json.RawMessage `json:"inputs"`
	Outputs  json.RawMessage `json:"outputs"`
}

// keep adds a resource to those of the document, unless it waits for deletion or has no id. Most resources of a big
// state are of no interest to Build, so their properties stay text.
func (d *document) keep(at string, s *stored) error {
	if s.Delete || s.ID == "" {
		return nil
	}
	r := Resource{
		Type: s.Type, ID: s.ID, URN: s.URN, Provider: s.Provider, External: s.External, Source: d.name,
	}
	text, where := s.Outputs, at+".outputs"
	if s.Type == kubernetesProvider {
		text, where = s.Inputs, at+".inputs"
	}
	if interesting(s.Type) && len(text) > 0 {
		if err := json.Unmarshal(text, &r.Properties); err != nil {
			return errShape{where + " is not an object of JSON values"}
		}
	}
	d.resources = append(d.resources, r)
	return nil
}

// interesting says whether Build reads the properties of a type.
func interesting(text string) bool {
	if text == kubernetesProvider {
		return true
	}
	t, ok := splitToken(text)
	if !ok {
		return false
	}
	switch t.pkg {
	case azureNative:
		_, known := kinds[t.module+":"+t.name]
		return known
	case kubernetesPackage:
		return isService(t) || isIngress(t) || podSpecs[t.name] != nil || ingressReaders[t] != nil
	default:
		return false
	}
}
