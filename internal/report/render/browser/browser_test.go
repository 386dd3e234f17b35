package browser_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// missing skips a test for want of a tool; in CI it fails.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is missing, and CI must have it", what)
	}
	t.Skipf("%s is missing", what)
}

// script is a file of a package that npm ci installs in this folder.
func script(t *testing.T, path string) string {
	t.Helper()
	source, err := os.ReadFile(filepath.Join("node_modules", filepath.FromSlash(path)))
	if errors.Is(err, os.ErrNotExist) {
		missing(t, "node_modules/"+path+" (npm ci in internal/report/render/browser)")
	}
	require.NoError(t, err)
	return string(source)
}

// screen is how somebody looks at a page.
type screen struct {
	name   string
	width  int64
	scheme string // light or dark
	media  string // empty: the screen
}

// screens are all that the page is made for. The narrowest phone in use has 320 pixels.
var screens = []screen{
	{name: "light", width: 1440, scheme: "light"},
	{name: "dark", width: 1440, scheme: "dark"},
	{name: "tablet", width: 820, scheme: "light"},
	{name: "phone", width: 390, scheme: "dark"},
	{name: "small phone", width: 320, scheme: "light"},
	{name: "print", width: 720, scheme: "dark", media: "print"},
}

// tab is a page in Chromium with all that it complained of and asked the network for.
type tab struct {
	context.Context
	mutex sync.Mutex
	heard []string
}

var startBrowser = sync.OnceValues(func() (context.Context, error) {
	ctx, stop := chromedp.NewContext(context.Background(), chromedp.WithAllocatorOptions(
		chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
	))
	stopBrowser = stop
	return ctx, chromedp.Do(ctx)
})

// stopBrowser ends Chromium, if it runs.
var stopBrowser context.CancelFunc = func() {}

func TestMain(m *testing.M) {
	code := m.Run()
	stopBrowser()
	os.Exit(code)
}

// newTab opens a page with a document.
func newTab(t *testing.T, s screen, document []byte) *tab {
	t.Helper()
	browser, err := startBrowser()
	if errors.Is(err, exec.ErrNotFound) {
		missing(t, "Chromium or Chrome")
	}
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "report.html")
	require.NoError(t, os.WriteFile(file, document, 0o600))
	address := "file://" + filepath.ToSlash(file)

	ctx, closeTab := chromedp.NewContext(browser)
	t.Cleanup(closeTab)
	ctx, stop := context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(stop)
	page := &tab{Context: ctx}
	require.NoError(t, chromedp.Listen(ctx, page.listen(address)))
	_, err = chromedp.Call(ctx, network.Enable, network.EnableParams{})
	require.NoError(t, err)
	_, err = chromedp.Call(ctx, log.Enable, cdp.Empty{})
	require.NoError(t, err)
	_, err = chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Media: s.media, Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: s.scheme}},
	})
	require.NoError(t, err)
	require.NoError(t, chromedp.Do(ctx, chromedp.EmulateViewport(s.width, 900), chromedp.Navigate(address)))
	page.ask(t, "document.fonts.ready.then(() => [])")
	return page
}

// listen writes down every message, exception and request.
func (p *tab) listen(address string) func(any) {
	return func(event any) {
		p.mutex.Lock()
		defer p.mutex.Unlock()
		switch e := event.(type) {
		case *runtime.EventConsoleAPICalled:
			p.heard = append(p.heard, "console: "+string(e.Type))
			for _, argument := range e.Args {
				p.heard = append(p.heard, argument.Description+string(argument.Value))
			}
		case *runtime.EventExceptionThrown:
			p.heard = append(p.heard, "exception: "+e.ExceptionDetails.Text)
		case *log.EventEntryAdded:
			p.heard = append(p.heard, "log: "+e.Entry.Text)
		case *network.EventRequestWillBeSent:
			if url := e.Request.URL; url != address && !strings.HasPrefix(url, "data:") {
				p.heard = append(p.heard, "request: "+url)
			}
		}
	}
}

// complaints are what was heard so far.
func (p *tab) complaints() []string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return slices.Clone(p.heard)
}

// ask evaluates JavaScript that answers with a list of texts.
func (p *tab) ask(t *testing.T, expression string) []string {
	t.Helper()
	answer, err := chromedp.Run(p, chromedp.Evaluate[[]string](expression, chromedp.EvalAwaitPromise))
	require.NoError(t, err)
	return answer
}

// load runs a script's source, whatever it comes to.
func (p *tab) load(t *testing.T, source string) {
	t.Helper()
	require.NoError(t, chromedp.Do(p, chromedp.Evaluate[chromedp.Void](source+"\n;undefined")))
}

// picture writes a screenshot into the folder of AKS_EGRESS_SCREENSHOTS, if there is one.
func (p *tab) picture(t *testing.T, name string) {
	t.Helper()
	folder := os.Getenv("AKS_EGRESS_SCREENSHOTS")
	if folder == "" {
		return
	}
	png, err := chromedp.Run(p, chromedp.FullScreenshot(100))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(folder, strings.ReplaceAll(name, " ", "-")+".png"), png, 0o600))
}
