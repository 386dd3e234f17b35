package kubesim

import (
	"encoding/json"
	"fmt"
	"time"

	"aks-egress/internal/store"
)

// between is the simulated time from one opening of the clusters to the next, one for each command of the lab. What
// works every quarter of an hour has done so between two commands. Within a command the clock stands, and steps are
// counted from there.
const between = time.Hour

const (
	clockCollection = "kubernetes-clock"
	clockKey        = "now"
)

// tick moves the stored clock on. It never looks at the host's clock, so that the same commands meet the same times.
func tick(db *store.DB) (time.Time, error) {
	now := created.Time
	err := db.Each(clockCollection, func(key string, text json.RawMessage) error {
		var before time.Time
		if err := json.Unmarshal(text, &before); err != nil {
			return fmt.Errorf("store %s %s: %w", clockCollection, key, err)
		}
		now = before.Add(between)
		return nil
	})
	if err != nil {
		return now, err
	}
	return now, db.Put(clockCollection, clockKey, now)
}
