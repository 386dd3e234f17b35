package workflows

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// azure are the variables that configure the preview.
var azure = map[string]string{
	"vars.AZURE_CLIENT_ID":       "00000000-0000-0000-0000-000000000001",
	"vars.AZURE_TENANT_ID":       "00000000-0000-0000-0000-000000000002",
	"vars.AZURE_SUBSCRIPTION_ID": "00000000-0000-0000-0000-000000000003",
	"vars.PULUMI_BACKEND_URL":    "azblob://state?storage_account=example",
	"vars.PULUMI_STACKS":         "udr natgw",
}

func TestPreviewOnlyWhereAzureIsConfigured(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change  map[string]string
		stacks  string // output; empty: no preview
		summary string
		fails   string
	}{
		"configured":    {stacks: `["udr","natgw"]`},
		"commas, lines": {change: map[string]string{"vars.PULUMI_STACKS": "udr, natgw\nlb"}, stacks: `["udr","natgw","lb"]`},
		"not at all": {
			change: map[string]string{
				"vars.AZURE_CLIENT_ID": "", "vars.AZURE_TENANT_ID": "", "vars.AZURE_SUBSCRIPTION_ID": "",
				"vars.PULUMI_BACKEND_URL": "", "vars.PULUMI_STACKS": "",
			},
			summary: "No preview on Azure: the variables AZURE_CLIENT_ID AZURE_TENANT_ID AZURE_SUBSCRIPTION_ID " +
				"PULUMI_BACKEND_URL PULUMI_STACKS are not set",
		},
		"in part": {
			change:  map[string]string{"vars.PULUMI_BACKEND_URL": ""},
			summary: "No preview on Azure: the variables PULUMI_BACKEND_URL are not set",
		},
		"no names":   {change: map[string]string{"vars.PULUMI_STACKS": " , "}, fails: "it must be names of stacks"},
		"no command": {change: map[string]string{"vars.PULUMI_STACKS": "udr $(id)"}, fails: "it must be names of stacks"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			needs(t, "bash", "jq")
			values := maps.Clone(azure)
			maps.Copy(values, c.change)
			r := newRunner(t, values)
			log, ok := r.job(readWorkflow(t, filepath.Join(folder, "egress-preview.yml")).Jobs["configured"])
			assert.Equal(t, c.fails == "", ok, log)
			assert.Contains(t, log, c.fails)
			assert.Equal(t, c.stacks, r.contexts["steps.configured.outputs.stacks"])
			assert.Contains(t, r.summary(), c.summary)
		})
	}
}

// fakePulumi shows with what it was started.
const fakePulumi = `
printf '%s|' "$@"
echo
echo "token $(cat "$AZURE_FEDERATED_TOKEN_FILE") $(stat -c %a "$AZURE_FEDERATED_TOKEN_FILE")"
echo "$ARM_USE_OIDC $ARM_CLIENT_ID $ARM_TENANT_ID $ARM_SUBSCRIPTION_ID $PULUMI_BACKEND_URL"
exit "${PULUMI_EXIT:-0}"
`

func TestPreviewStep(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		exit    string
		refuses bool // GitHub gives no token: id-token: write is missing
		want    int
	}{
		"fine":     {exit: "0"},
		"refused":  {exit: "255", want: 255},
		"no token": {refuses: true, want: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			needs(t, "bash", "curl", "jq")
			issuer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if c.refuses || r.Header.Get("Authorization") != "Bearer request-token" ||
					r.FormValue("audience") != "api://AzureADTokenExchange" {
					w.WriteHeader(http.StatusForbidden)
					return
				}
				answer(t, w, map[string]string{"value": "made-up-jwt"})
			}))
			t.Cleanup(issuer.Close)
			values := maps.Clone(azure)
			values["matrix.stack"] = "udr"
			r := newRunner(t, values)
			r.program("pulumi", fakePulumi)
			r.env["PULUMI_EXIT"] = c.exit
			r.env["ACTIONS_ID_TOKEN_REQUEST_URL"] = issuer.URL + "/token?api-version=2.0"
			r.env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = "request-token"
			preview := readWorkflow(t, filepath.Join(folder, "egress-preview.yml")).Jobs["preview"]

			log, code := r.step(preview, preview.find(t, "preview"))
			require.Equal(t, c.want, code, log)
			if c.refuses {
				assert.Contains(t, log, "::error::GitHub gives no token for Entra ID")
				return
			}
			assert.Contains(t, log, "preview|--stack|udr|--non-interactive|")
			assert.Contains(t, log, "token made-up-jwt 600")
			assert.Contains(t, log, "true "+azure["vars.AZURE_CLIENT_ID"]+" "+azure["vars.AZURE_TENANT_ID"]+" "+
				azure["vars.AZURE_SUBSCRIPTION_ID"]+" "+azure["vars.PULUMI_BACKEND_URL"])
			assert.Contains(t, r.summary(), "### pulumi preview: udr\n\n~~~~text\npreview|", "also when it is refused")
			assert.NoFileExists(t, filepath.Join(r.temp, "entra-token"))
		})
	}
}

// The CLI is the one that the lab runs, taken from where Pulumi releases it, once.
func TestPreviewInstallsTheVersionOfTheLab(t *testing.T) {
	t.Parallel()
	needs(t, "bash", "curl", "tar")
	source, err := os.ReadFile("../../internal/engine/version.go")
	require.NoError(t, err)
	version := string(regexp.MustCompile(`v\d+\.\d+\.\d+`).Find(source))
	asked := 0
	releases := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		assert.Equal(t, "/pulumi-"+version+"-linux-x64.tar.gz", r.URL.Path)
		_, _ = w.Write(tarball(t, "pulumi/pulumi", "#!/bin/sh\necho "+version+"\n"))
	}))
	t.Cleanup(releases.Close)
	r := newRunner(t, map[string]string{"matrix.stack": "udr"})
	require.NoError(t, os.MkdirAll(filepath.Join(r.folder, "internal", "engine"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(r.folder, "internal", "engine", "version.go"), source, 0o600))
	r.env["PULUMI_RELEASES"] = releases.URL
	preview := readWorkflow(t, filepath.Join(folder, "egress-preview.yml")).Jobs["preview"]
	for range 2 {
		log, code := r.step(preview, preview.find(t, "install"))
		require.Zero(t, code, log)
	}
	assert.Equal(t, 1, asked, "the second time it is in the cache")
	path, err := os.ReadFile(r.env["GITHUB_PATH"])
	require.NoError(t, err)
	assert.Contains(t, string(path), filepath.Join(r.folder, ".lab", "pulumi", "bin"))
}

// tarball is an archive with one program.
func tarball(t *testing.T, name, text string) []byte {
	t.Helper()
	var buffer bytes.Buffer
	compressed := gzip.NewWriter(&buffer)
	w := tar.NewWriter(compressed)
	require.NoError(t, w.WriteHeader(&tar.Header{Name: name, Mode: 0o755, Size: int64(len(text))}))
	_, err := w.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	require.NoError(t, compressed.Close())
	return buffer.Bytes()
}
