package engine_test

import (
	"context"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"aks-egress/internal/engine"
)

// silent is a cloud that does what it is asked for the thing c, and answers with an error that says nothing about it.
type silent struct {
	engine.Cloud
	err   error
	crash func()
}

func (c silent) Providers() map[string]plugin.Provider {
	all := c.Cloud.Providers()
	for name, p := range all {
		all[name] = silentProvider{p, c}
	}
	return all
}

type silentProvider struct {
	plugin.Provider
	silent silent
}

func (p silentProvider) Create(ctx context.Context, r plugin.CreateRequest) (plugin.CreateResponse, error) {
	response, err := p.Provider.Create(ctx, r)
	if err != nil || r.Preview || r.Properties["name"].StringValue() != "c" {
		return response, err
	}
	if p.silent.crash != nil {
		p.silent.crash()
		<-ctx.Done()
	}
	return plugin.CreateResponse{}, p.silent.err
}

// A create whose answer never came, in a run that went on, is taken over by the next run.
func TestUp_UnansweredCreate(t *testing.T) {
	t.Parallel()
	for name, err := range map[string]error{
		"provider died": status.Error(codes.Unavailable, "error reading from server: EOF"),
		"timed out":     context.DeadlineExceeded,
		"canceled":      context.Canceled,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := testOptions(t, program(slowly(chain...)...))
			open := o.Cloud
			o.Cloud = func(path string) (engine.Cloud, error) {
				cloud, openErr := open(path)
				return silent{Cloud: cloud, err: err}, openErr
			}
			with(t, o, func(s *engine.Stack) { assert.False(t, s.Up(t.Context()).OK) })
			o.Cloud = open
			assertConverges(t, o)
		})
	}
}

// A simulated crash leaves what a kill leaves, and the next run puts it right.
func TestStack_Crash(t *testing.T) {
	t.Parallel()
	o := testOptions(t, program(slowly(chain...)...))
	open := o.Cloud
	var s *engine.Stack
	o.Cloud = func(path string) (engine.Cloud, error) {
		cloud, err := open(path)
		return silent{Cloud: cloud, crash: func() { s.Crash() }}, err
	}
	s, err := engine.Open(t.Context(), "dev", o)
	require.NoError(t, err)
	assert.False(t, s.Up(t.Context()).OK)
	require.NoError(t, s.Close())
	o.Cloud = open
	assertConverges(t, o)
}
