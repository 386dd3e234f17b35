package workflows

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"fmt"
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
	github := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"protection_rules": [{"type": "required_reviewers"}]}`))
	}))
	t.Cleanup(github.Close)
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
			needs(t, "bash", "curl", "jq")
			values := maps.Clone(azure)
			values["github.api_url"], values["github.repository"], values["github.token"] = github.URL, "me/it", "job-token"
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

// Without a reviewer there is no preview: whoever can push would have what the identity may do.
func TestPreviewNeedsAReviewer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer string
		ok     bool
	}{
		"a reviewer":     {`{"protection_rules": [{"type": "branch_policy"}, {"type": "required_reviewers"}]}`, true},
		"only branches":  {`{"protection_rules": [{"type": "branch_policy"}]}`, false},
		"no protection":  {`{"protection_rules": []}`, false},
		"no environment": {`{"message": "Not Found", "status": "404"}`, false},
		"no answer":      {``, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			needs(t, "bash", "curl", "jq")
			github := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				assert.Equal(t, "/repos/me/it/environments/egress-preview", r.URL.Path)
				assert.Equal(t, "Bearer job-token", r.Header.Get("Authorization"))
				_, _ = w.Write([]byte(c.answer))
			}))
			t.Cleanup(github.Close)
			values := maps.Clone(azure)
			maps.Copy(values, map[string]string{
				"github.api_url": github.URL, "github.repository": "me/it", "github.token": "job-token",
			})
			log, ok := newRunner(t, values).job(readWorkflow(t, filepath.Join(folder, "egress-preview.yml")).Jobs["configured"])
			assert.Equal(t, c.ok, ok, log)
			if !c.ok {
				assert.Contains(t, log, "::error::The environment egress-preview has no required reviewers")
			}
		})
	}
}

// The CLI is the one that the lab runs, and the one that Pulumi released: an archive with another checksum, or none, is
// not unpacked.
func TestPreviewInstallsWhatPulumiReleased(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("../../internal/engine/version.go")
	require.NoError(t, err)
	version := string(regexp.MustCompile(`v\d+\.\d+\.\d+`).Find(source))
	archive := "pulumi-" + version + "-linux-x64.tar.gz"
	released := tarball(t, "pulumi/pulumi", "#!/bin/sh\necho "+version+"\n")
	sum := fmt.Sprintf("%x", sha512.Sum512(released))
	other := fmt.Sprintf("%x", sha512.Sum512(nil))
	for name, c := range map[string]struct{ sums, says string }{
		"as released":       {sums: other + "  pulumi-" + version + "-darwin-x64.tar.gz\n" + sum + "  " + archive + "\n"},
		"with a folder":     {sums: sum + " *./" + archive + "\n"},
		"another archive":   {sums: other + "  " + archive + "\n", says: "is not what Pulumi released: its checksum differs"},
		"not in the list":   {sums: sum + "  x" + archive + "\n", says: "does not name " + archive},
		"no checksum there": {sums: "yes  " + archive + "\n", says: "does not name " + archive},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			needs(t, "bash", "curl", "tar", "awk", "sha512sum")
			web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch r.URL.Path {
				case "/sdk/" + archive:
					_, _ = w.Write(released)
				case "/download/" + version + "/SHA512SUMS":
					_, _ = w.Write([]byte(c.sums))
				default:
					t.Errorf("asked for %s", r.URL.Path)
				}
			}))
			t.Cleanup(web.Close)
			r := newRunner(t, map[string]string{"matrix.stack": "udr"})
			require.NoError(t, os.MkdirAll(filepath.Join(r.folder, "internal", "engine"), 0o755))
			require.NoError(t, os.WriteFile(filepath.Join(r.folder, "internal", "engine", "version.go"), source, 0o600))
			r.env["PULUMI_ARCHIVES"], r.env["PULUMI_RELEASES"] = web.URL+"/sdk", web.URL+"/download"
			preview := readWorkflow(t, filepath.Join(folder, "egress-preview.yml")).Jobs["preview"]
			log, code := r.step(preview, preview.find(t, "install"))
			bin := filepath.Join(r.folder, ".lab", "pulumi", "bin")
			if c.says != "" {
				assert.NotZero(t, code)
				assert.Contains(t, log, c.says)
				assert.NoDirExists(t, bin)
				return
			}
			require.Zero(t, code, log)
			assert.FileExists(t, filepath.Join(bin, "pulumi"))
			path, err := os.ReadFile(r.env["GITHUB_PATH"])
			require.NoError(t, err)
			assert.Contains(t, string(path), bin)
		})
	}
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
