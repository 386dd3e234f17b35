package program

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"

	azurenative "github.com/pulumi/pulumi-azure-native-sdk/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumiconfig "github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"aks-egress/internal/config"
)

// stackValues is the stack's configuration by full key. Pulumi hands a program its values one by one and by name only,
// which would leave a misspelt key unnoticed; so the names that the CLI gives to a program it starts count too. An
// inline program has no such list: whoever runs it checks the stack file ([config.ReadStackFile]).
func stackValues(ctx *pulumi.Context) (map[string]string, error) {
	given := map[string]string{}
	if text := os.Getenv(pulumi.EnvConfig); text != "" {
		if err := json.Unmarshal([]byte(text), &given); err != nil {
			return nil, fmt.Errorf("config: %s: %w", pulumi.EnvConfig, err)
		}
	}
	names := slices.Collect(maps.Keys(given))
	names = append(names, config.LocationKey)
	for _, key := range config.Keys() {
		names = append(names, key.QualifiedName())
	}
	values := map[string]string{}
	for _, name := range names {
		if value, ok := ctx.GetConfig(name); ok {
			values[name] = value
		}
	}
	return values, nil
}

// newAzureProvider makes the one explicit azure-native provider from the keys under which stacks configure the default
// one, so that a forgotten provider option fails instead of deploying with other settings.
func newAzureProvider(ctx *pulumi.Context, location string) (*azurenative.Provider, error) {
	c := pulumiconfig.New(ctx, "azure-native")
	text := func(key string) pulumi.StringPtrInput {
		if value := c.Get(key); value != "" {
			return pulumi.String(value)
		}
		return nil
	}
	flag := func(key string) pulumi.BoolPtrInput {
		if value, err := c.TryBool(key); err == nil {
			return pulumi.Bool(value)
		}
		return nil
	}
	secret := func(key string) pulumi.StringPtrInput {
		if value, err := c.TrySecret(key); err == nil {
			return value.ToStringPtrOutput()
		}
		return nil
	}
	return azurenative.NewProvider(ctx, "azure", &azurenative.ProviderArgs{
		Location:                  pulumi.String(location),
		SubscriptionId:            text("subscriptionId"),
		TenantId:                  text("tenantId"),
		Environment:               text("environment"),
		ClientId:                  secret("clientId"),
		ClientSecret:              secret("clientSecret"),
		ClientCertificatePath:     text("clientCertificatePath"),
		ClientCertificatePassword: secret("clientCertificatePassword"),
		UseOidc:                   flag("useOidc"),
		OidcToken:                 secret("oidcToken"),
		OidcRequestToken:          secret("oidcRequestToken"),
		OidcRequestUrl:            text("oidcRequestUrl"),
		UseMsi:                    flag("useMsi"),
		MsiEndpoint:               text("msiEndpoint"),
	})
}
