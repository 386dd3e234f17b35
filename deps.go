//go:build deps

// Package main: temporary, keeps the modules that packages under construction will import.
package main

import (
	_ "github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	_ "github.com/distribution/reference"
	_ "github.com/fatih/color"
	_ "github.com/gaissmai/bart"
	_ "github.com/gofrs/flock"
	_ "github.com/google/go-cmp/cmp"
	_ "github.com/jedib0t/go-pretty/v6/table"
	_ "github.com/pulumi/pulumi-azure-native-sdk/authorization/v2/v20220401"
	_ "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20240901"
	_ "github.com/pulumi/pulumi-azure-native-sdk/managedidentity/v2/v20230131"
	_ "github.com/pulumi/pulumi-azure-native-sdk/network/v2/v20240501"
	_ "github.com/pulumi/pulumi-azure-native-sdk/resources/v2/v20220901"
	_ "github.com/pulumi/pulumi-azure-native-sdk/v2"
	_ "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	_ "github.com/pulumi/pulumi/sdk/v3/go/auto"
	_ "github.com/santhosh-tekuri/jsonschema/v6"
	_ "github.com/spf13/cobra"
	_ "github.com/stretchr/testify/require"
	_ "go.etcd.io/bbolt"
	_ "golang.org/x/sync/errgroup"
	_ "golang.org/x/term"
	_ "google.golang.org/grpc"
	_ "gopkg.in/yaml.v3"
	_ "k8s.io/api/apps/v1"
	_ "k8s.io/apimachinery/pkg/runtime/serializer/json"
	_ "k8s.io/client-go/kubernetes/scheme"
	_ "k8s.io/client-go/tools/clientcmd"
	_ "k8s.io/pod-security-admission/policy"
	_ "mvdan.cc/sh/v3/interp"
	_ "pgregory.net/rapid"
	_ "sigs.k8s.io/yaml"
)
