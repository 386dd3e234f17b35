package azuresim

import (
	"errors"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"
)

// How azure-native 2.90 repeats requests (its provider/pkg/azure/client_azcore.go): azcore's retry policy with a first
// delay of 20 s, and in addition 409 AnotherOperationInProgress.
const (
	maxTries      = 4 // azcore's default of 3 retries
	firstDelay    = 20 * time.Second
	longestDelay  = 120 * time.Second
	pollPut       = 10 * time.Second
	pollDelete    = 30 * time.Second
	defaultLimit  = 2 * time.Hour // of a create, an update or a delete without customTimeouts
	conflictRetry = "AnotherOperationInProgress"
)

// retriedStatuses are those of azcore's retry policy.
var retriedStatuses = []int{
	http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway,
	http.StatusServiceUnavailable, http.StatusGatewayTimeout,
}

// retryDelay tells whether a request is tried again after its try-th try (from 1), and after which time.
func retryDelay(err error, try int) (time.Duration, bool) {
	var refusal *armError
	if isPartial(err) || !errors.As(err, &refusal) {
		return 0, false
	}
	return delayAfter(refusal, retryAfter[refusal.row], try)
}

// delayAfter is retryDelay for an answer and the Retry-After that it has, if any. azcore gives up at once where Azure
// asks for more patience than the longest delay.
func delayAfter(refusal *armError, wanted time.Duration, try int) (time.Duration, bool) {
	if !retried(refusal) || try >= maxTries {
		return 0, false
	}
	if wanted > 0 {
		return wanted, wanted <= longestDelay
	}
	// (2^try - 1) * 20 s, times a random number in [0.8, 1.3), as azcore computes it.
	delay := time.Duration(1<<try-1) * firstDelay
	delay = time.Duration(float64(delay) * (rand.Float64()/2 + 0.8))
	return min(delay, longestDelay), true
}

// retried tells whether an answer is worth another try.
func retried(e *armError) bool {
	return slices.Contains(retriedStatuses, e.Status) || e.Status == http.StatusConflict && e.Code == conflictRetry
}
