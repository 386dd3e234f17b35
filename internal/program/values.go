package program

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"

	azurenative "github.com/pulumi/pulumi-azure-native-sdk/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumiconfig "github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"aks-egress/internal/config"
)

// stackValues is the stack's whole configuration by full key. Pulumi hands a program its values one by one and only by
// name, which would leave a misspelt key unnoticed; so the names come from where Pulumi itself has them: the
// environment of a program that the CLI started, or else the stack's settings file.
func stackValues(ctx *pulumi.Context) (map[string]string, error) {
	names, err := stackKeys(ctx)
	if err != nil {
		return nil, err
	}
	maps.Copy(names, config.Defaults())
	values := map[string]string{}
	for name := range names {
		if value, ok := ctx.GetConfig(name); ok {
			values[name] = value
		}
	}
	return values, nil
}

func stackKeys(ctx *pulumi.Context) (map[string]string, error) {
	names := map[string]string{}
	if text := os.Getenv(pulumi.EnvConfig); text != "" {
		if err := json.Unmarshal([]byte(text), &names); err != nil {
			return nil, fmt.Errorf("config: %s: %w", pulumi.EnvConfig, err)
		}
		return names, nil
	}
	file := filepath.Join(ctx.RootDirectory(), "Pulumi."+ctx.Stack()+".yaml")
	values, err := config.ReadStackFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return names, nil
	}
	if err != nil {
		return nil, err
	}
	maps.Copy(names, values)
	return names, nil
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
