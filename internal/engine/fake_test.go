package engine_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aks-egress/internal/engine"
	"aks-egress/internal/store"
)

// fakeCloud is a cloud of things that have a name. Creating a name twice is refused, as in Azure.
type fakeCloud struct {
	plugin.UnimplementedProvider
	db *store.DB
	// answer, when set, is called after a create or delete is durable and before it is answered.
	answer func(operation, name string)
}

const things = "things"

func openFake(answer func(operation, name string)) engine.OpenCloud {
	return func(path string) (engine.Cloud, error) {
		db, err := store.Open(path)
		if err != nil {
			return nil, err
		}
		if answer == nil {
			answer = func(string, string) {}
		}
		return &fakeCloud{db: db, answer: answer}, nil
	}
}

func (c *fakeCloud) Providers() map[string]plugin.Provider {
	return map[string]plugin.Provider{"fake": c}
}

func (c *fakeCloud) Close() error { return c.db.Close() }

func (c *fakeCloud) Resources() ([]engine.CloudResource, error) {
	var all []engine.CloudResource
	err := c.db.Each(things, func(key string, text json.RawMessage) error {
		var inputs map[string]any
		if err := json.Unmarshal(text, &inputs); err != nil {
			return err
		}
		all = append(all, engine.CloudResource{Type: "fake:index:Thing", ID: key, Inputs: inputs})
		return nil
	})
	return all, err
}

func (c *fakeCloud) find(name string) (resource.PropertyMap, bool) {
	all, err := c.Resources()
	if err != nil {
		panic(err)
	}
	for _, r := range all {
		if r.ID == "things/"+name {
			return resource.NewPropertyMapFromMap(r.Inputs), true
		}
	}
	return nil, false
}

func (c *fakeCloud) Handshake(
	context.Context, plugin.ProviderHandshakeRequest,
) (*plugin.ProviderHandshakeResponse, error) {
	return &plugin.ProviderHandshakeResponse{AcceptSecrets: true}, nil
}

func (c *fakeCloud) GetPluginInfo(context.Context) (plugin.PluginInfo, error) {
	return plugin.PluginInfo{Version: &semver.Version{Major: 1}}, nil
}

func (c *fakeCloud) CheckConfig(_ context.Context, r plugin.CheckConfigRequest) (plugin.CheckConfigResponse, error) {
	return plugin.CheckConfigResponse{Properties: r.News}, nil
}

func (c *fakeCloud) DiffConfig(context.Context, plugin.DiffConfigRequest) (plugin.DiffConfigResponse, error) {
	return plugin.DiffConfigResponse{Changes: plugin.DiffNone}, nil
}

func (c *fakeCloud) Configure(context.Context, plugin.ConfigureRequest) (plugin.ConfigureResponse, error) {
	return plugin.ConfigureResponse{}, nil
}

func (c *fakeCloud) Check(_ context.Context, r plugin.CheckRequest) (plugin.CheckResponse, error) {
	return plugin.CheckResponse{Properties: r.News}, nil
}

func (c *fakeCloud) Diff(_ context.Context, r plugin.DiffRequest) (plugin.DiffResponse, error) {
	diff := r.OldInputs.Diff(r.NewInputs)
	if diff == nil {
		return plugin.DiffResponse{Changes: plugin.DiffNone}, nil
	}
	response := plugin.DiffResponse{Changes: plugin.DiffSome}
	if diff.Changed("name") {
		response.ReplaceKeys = []resource.PropertyKey{"name"}
	}
	return response, nil
}

func (c *fakeCloud) Create(_ context.Context, r plugin.CreateRequest) (plugin.CreateResponse, error) {
	if r.Preview {
		return plugin.CreateResponse{Properties: r.Properties}, nil
	}
	name := r.Properties["name"].StringValue()
	if strings.HasPrefix(name, "refused") {
		return plugin.CreateResponse{}, errors.New("Status=400 Code=\"Refused\" Message=\"\x1b[31mnot here\x1b[0m\"")
	}
	if _, exists := c.find(name); exists {
		return plugin.CreateResponse{}, fmt.Errorf("thing %s: cannot create already existing resource", name)
	}
	if delay, ok := r.Properties["delay"]; ok {
		time.Sleep(time.Duration(delay.NumberValue()) * time.Millisecond)
	}
	if err := c.db.Put(things, "things/"+name, r.Properties.Mappable()); err != nil {
		return plugin.CreateResponse{}, err
	}
	c.answer("create", name)
	return plugin.CreateResponse{ID: resource.ID("things/" + name), Properties: r.Properties}, nil
}

func (c *fakeCloud) Read(_ context.Context, r plugin.ReadRequest) (plugin.ReadResponse, error) {
	properties, exists := c.find(strings.TrimPrefix(string(r.ID), "things/"))
	if !exists {
		return plugin.ReadResponse{}, nil
	}
	return plugin.ReadResponse{ReadResult: plugin.ReadResult{ID: r.ID, Inputs: properties, Outputs: properties}}, nil
}

func (c *fakeCloud) Update(_ context.Context, r plugin.UpdateRequest) (plugin.UpdateResponse, error) {
	if r.Preview {
		return plugin.UpdateResponse{Properties: r.NewInputs}, nil
	}
	return plugin.UpdateResponse{Properties: r.NewInputs}, c.db.Put(things, string(r.ID), r.NewInputs.Mappable())
}

func (c *fakeCloud) Delete(_ context.Context, r plugin.DeleteRequest) (plugin.DeleteResponse, error) {
	if err := c.db.Put(things, string(r.ID), nil); err != nil {
		return plugin.DeleteResponse{}, err
	}
	c.answer("delete", strings.TrimPrefix(string(r.ID), "things/"))
	return plugin.DeleteResponse{}, nil
}

// thing is a resource of the fake cloud in a program.
type thing struct {
	pulumi.CustomResourceState

	Name pulumi.StringOutput `pulumi:"name"`
}

type provider struct{ pulumi.ProviderResourceState }

// program makes a chain of things, so that they are created one after another.
func program(properties ...pulumi.Map) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		var fake provider
		if err := ctx.RegisterResource("pulumi:providers:fake", "fake", pulumi.Map{}, &fake); err != nil {
			return err
		}
		var previous []pulumi.Resource
		for i, p := range properties {
			var t thing
			err := ctx.RegisterResource("fake:index:Thing", fmt.Sprintf("thing-%d", i), p, &t,
				pulumi.Provider(&fake), pulumi.DependsOn(previous))
			if err != nil {
				return err
			}
			previous = []pulumi.Resource{&t}
			ctx.Export(fmt.Sprintf("name%d", i), t.Name)
		}
		ctx.Export("kubeconfig", pulumi.ToSecret(pulumi.String("very secret")))
		return nil
	}
}

func named(names ...string) []pulumi.Map {
	var all []pulumi.Map
	for _, name := range names {
		all = append(all, pulumi.Map{"name": pulumi.String(name)})
	}
	return all
}
