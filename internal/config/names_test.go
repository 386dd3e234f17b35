package config

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCheckStackName(t *testing.T) {
	t.Parallel()
	for location, most := range map[string]int{"westeurope": 27, "southafricanorth": 21} {
		c := &Config{Location: location}
		require.NoError(t, c.CheckStackName(strings.Repeat("s", most)))
		long := strings.Repeat("s", most+1)
		assert.EqualError(t, c.CheckStackName(long), fmt.Sprintf("config: stack %s has too long a name: the node resource "+
			"group MC_<group>_<cluster>_%s has 81 characters with it, and Azure takes 80; use %d or fewer for the stack",
			long, location, most))
	}
}
