package topology

// Markers in Pulumi's JSON: the key of wrapped values, such as secrets, and the stand-in for an unknown string.
const (
	signatureKey  = "4dabf18193072939515e22adb298388d"
	unknownString = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
)

// hidden says whether a value is one that is not read: a secret, plain or encrypted, any other value that Pulumi wraps,
// or one that is not known yet.
func hidden(v any) bool {
	switch v := v.(type) {
	case string:
		return v == unknownString
	case map[string]any:
		_, wrapped := v[signatureKey]
		return wrapped
	}
	return false
}

// hides says whether a value is hidden or holds one that is.
func hides(v any) bool {
	if hidden(v) {
		return true
	}
	switch v := v.(type) {
	case map[string]any:
		for _, element := range v {
			if hides(element) {
				return true
			}
		}
	case []any:
		for _, element := range v {
			if hides(element) {
				return true
			}
		}
	}
	return false
}
