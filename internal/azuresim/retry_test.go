package azuresim

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// transport answers every request alike, and counts.
type transport struct {
	status, seconds int
	code            string
	asked           int
}

func (t *transport) Do(r *http.Request) (*http.Response, error) {
	t.asked++
	answer := &http.Response{
		StatusCode: t.status, Header: http.Header{}, Request: r,
		Body: io.NopCloser(strings.NewReader(fmt.Sprintf(`{"error":{"code":%q}}`, t.code))),
	}
	if t.seconds > 0 {
		// A thousand times faster than Azure, as the delays below.
		answer.Header.Set("retry-after-ms", fmt.Sprint(t.seconds))
	}
	return answer, nil
}

// The real azcore, set up as azure-native 2.90 does but for the speed, tries as often as the simulation.
func TestRetry_AsAzcoreDoes(t *testing.T) {
	t.Parallel()
	for _, c := range []transport{
		{status: 429, code: "TooManyRequests"},
		{status: 429, code: "TooManyRequests", seconds: 30},
		{status: 429, code: "TooManyRequests", seconds: 120},
		{status: 429, code: "TooManyRequests", seconds: 121},
		{status: 429, code: "RetryableError"},
		{status: 500, code: "InternalServerError"},
		{status: 503, code: "ServiceUnavailable"},
		{status: 408, code: "RequestTimeout"},
		{status: 409, code: "AnotherOperationInProgress"},
		{status: 409, code: "OperationNotAllowed"},
		{status: 400, code: "InvalidRequestFormat"},
		{status: 404, code: "ResourceNotFound"},
		{status: 403, code: "LinkedAuthorizationFailed"},
	} {
		t.Run(fmt.Sprintf("%d %s %d", c.status, c.code, c.seconds), func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, triesOfAzcore(t, &c), triesHere(c))
		})
	}
}

func triesOfAzcore(t *testing.T, c *transport) int {
	t.Helper()
	options := &policy.ClientOptions{Transport: c}
	options.Retry.RetryDelay = firstDelay / 1000
	options.Retry.MaxRetryDelay = longestDelay / 1000
	options.Retry.ShouldRetry = func(resp *http.Response, err error) bool {
		var refused *azcore.ResponseError
		return err != nil || runtime.HasStatusCode(resp, 408, 429, 500, 502, 503, 504) ||
			runtime.HasStatusCode(resp, 409) && errors.As(runtime.NewResponseError(resp), &refused) &&
				refused.ErrorCode == "AnotherOperationInProgress"
	}
	pipeline := runtime.NewPipeline("test", "v0", runtime.PipelineOptions{}, options)
	request, err := runtime.NewRequest(t.Context(), http.MethodPut, "https://management.example/x")
	require.NoError(t, err)
	_, err = pipeline.Do(request)
	require.NoError(t, err)
	return c.asked
}

// triesHere is how often the simulated client tries.
func triesHere(c transport) int {
	row := &Refusal{Status: c.status, Code: c.code}
	answer := &armError{row: row, Status: c.status, Code: c.code}
	for try := 1; ; try++ {
		if _, again := delayAfter(answer, time.Duration(c.seconds)*time.Second, try); !again {
			return try
		}
	}
}

// The delays are 20 s, 60 s and 120 s, times [0.8, 1.3), and never above 120 s.
func TestRetry_Delays(t *testing.T) {
	t.Parallel()
	answer := refuseInternalError.because()
	for try, between := range map[int][2]time.Duration{
		1: {16 * time.Second, 26 * time.Second}, 2: {48 * time.Second, 78 * time.Second},
		3: {112 * time.Second, 120 * time.Second},
	} {
		for range 200 {
			delay, again := retryDelay(answer, try)
			require.True(t, again)
			assert.GreaterOrEqual(t, delay, between[0])
			assert.LessOrEqual(t, delay, between[1])
		}
	}
	delay, again := retryDelay(throttled(virtualNetworkToken), 1)
	assert.True(t, again)
	assert.Equal(t, 30*time.Second, delay, "Azure's own wish")
}
